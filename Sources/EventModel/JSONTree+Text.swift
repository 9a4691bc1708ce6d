import ByteTools

/// From text to tree and back.
extension JSONTree {
    /// Deepest nesting that is read: what the line parser accepts, and the few levels of the event around it.
    package static let maximumDepth = 160

    /// Takes apart a JSON text; nil when it has not the shape of one. Numbers and words are kept without a look.
    package init?(_ text: some Collection<UInt8>) {
        var reader = JSONTreeReader(Array(text))
        guard let tree = reader.value(depth: 0), reader.isAtEnd else { return nil }
        self = tree
    }

    /// As compact JSON.
    package var compact: [UInt8] {
        var out: [UInt8] = []
        write(to: &out)
        return out
    }

    package func write(to out: inout [UInt8]) {
        switch self {
        case .scalar(let raw): out += raw
        case .array(let elements):
            out.append(0x5b)
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(0x2c) }
                element.write(to: &out)
            }
            out.append(0x5d)
        case .object(let object):
            out.append(0x7b)
            object.writeMembers(to: &out)
            out.append(0x7d)
        }
    }

    /// With line breaks and two blanks a level, as `codec.json.pretty` has it.
    package func writePretty(to out: inout [UInt8], level: Int = 0) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            out.append(0x5b)
            for (index, element) in elements.enumerated() {
                JSONTree.breakLine(&out, level: level + 1, comma: index > 0)
                element.writePretty(to: &out, level: level + 1)
            }
            JSONTree.breakLine(&out, level: level, comma: false)
            out.append(0x5d)
        case .object(let object) where !object.members.isEmpty:
            out.append(0x7b)
            for (index, member) in object.members.enumerated() {
                JSONTree.breakLine(&out, level: level + 1, comma: index > 0)
                out += JSONEscape.quoted(bytes: member.name)
                out += [0x3a, 0x20]
                member.value.writePretty(to: &out, level: level + 1)
            }
            JSONTree.breakLine(&out, level: level, comma: false)
            out.append(0x7d)
        default: write(to: &out)
        }
    }

    private static func breakLine(_ out: inout [UInt8], level: Int, comma: Bool) {
        if comma { out.append(0x2c) }
        out.append(0x0a)
        out.append(contentsOf: repeatElement(0x20, count: 2 * level))
    }
}

extension JSONObject {
    /// The members without the braces around them.
    package func writeMembers(to out: inout [UInt8]) {
        for (index, member) in members.enumerated() {
            if index > 0 { out.append(0x2c) }
            out += JSONEscape.quoted(bytes: member.name)
            out.append(0x3a)
            member.value.write(to: &out)
        }
    }
}

/// Reads one JSON text. Lenient where leniency does no harm: lines have been validated before.
private struct JSONTreeReader {
    private let text: [UInt8]
    private var at = 0

    init(_ text: [UInt8]) { self.text = text }

    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return at == text.count
        }
    }

    mutating func value(depth: Int) -> JSONTree? {
        skipSpace()
        guard depth <= JSONTree.maximumDepth, at < text.count else { return nil }
        switch text[at] {
        case 0x7b: return object(depth: depth)
        case 0x5b: return array(depth: depth)
        case 0x22: return string().map { .scalar($0) }
        default: return word()
        }
    }

    private mutating func object(depth: Int) -> JSONTree? {
        at += 1
        var members: [JSONObject.Member] = []
        if take(0x7d) { return .object(JSONObject()) }
        repeat {
            skipSpace()
            guard let key = string(), take(0x3a), let value = value(depth: depth + 1) else { return nil }
            members.append(.init(name: JSONText.unescaped(key[1..<(key.count - 1)]), value: value))
        } while take(0x2c)
        return take(0x7d) ? .object(JSONObject(members)) : nil
    }

    private mutating func array(depth: Int) -> JSONTree? {
        at += 1
        var elements: [JSONTree] = []
        if take(0x5d) { return .array([]) }
        repeat {
            guard let value = value(depth: depth + 1) else { return nil }
            elements.append(value)
        } while take(0x2c)
        return take(0x5d) ? .array(elements) : nil
    }

    /// A string with its quotes. One with half a surrogate pair is written anew, so that what leaves is Unicode.
    private mutating func string() -> [UInt8]? {
        guard at < text.count, text[at] == 0x22 else { return nil }
        let start = at
        at += 1
        while at < text.count, text[at] != 0x22 { at += text[at] == 0x5c ? 2 : 1 }
        guard at < text.count else { return nil }
        at += 1
        let inside = text[(start + 1)..<(at - 1)]
        if JSONText.hasLoneSurrogate(inside) { return JSONEscape.quoted(bytes: JSONText.unescaped(inside)) }
        return Array(text[start..<at])
    }

    private mutating func word() -> JSONTree? {
        let start = at
        while at < text.count, ![0x2c, 0x5d, 0x7d, 0x20, 0x09, 0x0a, 0x0d].contains(text[at]) { at += 1 }
        return at == start ? nil : .scalar(Array(text[start..<at]))
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard at < text.count, text[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while at < text.count, [0x20, 0x09, 0x0a, 0x0d].contains(text[at]) { at += 1 }
    }
}
