/// `codec.format.string`: a text with fields of the event in it.
///
/// - `%{[message]}`, `%{[log.file.path]}`, `%{[log][file][path]}`: the field's text; objects and arrays as JSON.
/// - `%{[field]:default}`: the default where the field is missing; without one nothing is written.
/// - `%{+yyyy.MM.dd}`: the event's time in UTC (`TimePattern`).
package struct FormatRenderer: EventRenderer {
    enum Piece: Sendable, Equatable {
        case literal([UInt8])
        case field(path: [[UInt8]], fallback: [UInt8])
        case time(TimePattern)
    }

    let pieces: [Piece]

    package init(format: String) throws(EventModelError) {
        var pieces: [Piece] = []
        var rest = Substring(format)
        while let start = rest.range(ofOpening: "%{") {
            if start > rest.startIndex { pieces.append(.literal(Array(rest[..<start].utf8))) }
            rest = rest[rest.index(start, offsetBy: 2)...]
            guard let end = rest.firstIndex(of: "}") else {
                throw EventModelError(.badFormat, "codec.format.string: “%{” without its “}” in \(format)")
            }
            pieces.append(try FormatRenderer.piece(rest[..<end], of: format))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.literal(Array(rest.utf8))) }
        self.pieces = pieces
    }

    /// The raw line is all that is asked for; without a parser no event need be made.
    package var isMessageOnly: Bool {
        pieces == [.field(path: [Array("message".utf8)], fallback: [])]
    }

    package func render(event: [UInt8], line: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        guard let object = JSONTree(event)?.object else { return event }
        return fill(from: object).text
    }

    /// The text for one event, and whether a field was missing that has no default.
    package func fill(from event: JSONObject) -> (text: [UInt8], isComplete: Bool) {
        var out: [UInt8] = []
        var isComplete = true
        for piece in pieces {
            switch piece {
            case .literal(let text): out += text
            case .field(let path, let fallback):
                guard let value = event[path: path], !value.isNull else {
                    out += fallback
                    if fallback.isEmpty { isComplete = false }
                    continue
                }
                out += value.text ?? value.compact
            case .time(let pattern): pattern.write(event["@timestamp"]?.text ?? [], to: &out)
            }
        }
        return (out, isComplete)
    }

    /// The text, when it is the same for all events.
    package var constant: [UInt8]? {
        var out: [UInt8] = []
        for piece in pieces {
            guard case .literal(let text) = piece else { return nil }
            out += text
        }
        return out
    }

    /// The text for an event of this time, when nothing else of it is asked for.
    /// - Parameter time: as in `@timestamp`.
    package func fill(time: [UInt8]) -> [UInt8]? {
        var out: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .literal(let text): out += text
            case .time(let pattern): pattern.write(time, to: &out)
            case .field: return nil
            }
        }
        return out
    }

    private static func piece(_ inside: Substring, of format: String) throws(EventModelError) -> Piece {
        if inside.first == "+" { return .time(try TimePattern(String(inside.dropFirst()))) }
        var path: [[UInt8]] = []
        var rest = inside
        while rest.first == "[", let end = rest.firstIndex(of: "]") {
            path += rest[..<end].dropFirst().split(separator: ".").map { Array($0.utf8) }
            rest = rest[rest.index(after: end)...]
        }
        guard !path.isEmpty, rest.isEmpty || rest.first == ":" else {
            throw EventModelError(
                .badFormat, "codec.format.string: “%{\(inside)}” in \(format) is neither %{[field]} nor %{+yyyy.MM.dd}"
            )
        }
        return .field(path: path, fallback: Array(rest.dropFirst().utf8))
    }
}

extension Substring {
    /// Where `opening`, of two characters, first stands.
    fileprivate func range(ofOpening opening: String) -> Index? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(opening) { return at }
            at = index(after: at)
        }
        return nil
    }
}
