import EventFields
import EventModel
import RecordTools

/// The value of one label: texts and fields of the event, one behind the other.
///
/// A name that the collector's table knows stands for what all libraries call it: `%{[service.name]}` finds `service_name`
/// as well, `%{[log.level]}` finds `level`. Any other is the path of a value, with `fields.` in front of it or not.
struct LabelTemplate: Sendable {
    enum Piece: Sendable, Equatable {
        case literal([UInt8])
        case role(EventRole, fallback: [UInt8])
        /// Index in `paths`.
        case path(Int, fallback: [UInt8])
    }

    let name: [UInt8]
    let pieces: [Piece]

    /// Whether the value is the same for all events.
    var isConstant: Bool {
        pieces.allSatisfy { piece in
            if case .literal = piece { return true }
            return false
        }
    }

    private static let roles: [String: EventRole] = [
        "service.name": .service, "host.name": .host, "log.level": .level, "trace.id": .trace, "span.id": .span,
        "log.file.path": .file, "event.id": .eventID, "message": .message,
    ]

    /// - Parameter paths: gets the paths that are no role.
    /// - Throws: `EventModelError` for what is no template.
    init(_ label: LokiSettings.Label, paths: inout [[UInt8]]) throws(EventModelError) {
        name = LabelTemplate.sanitized(label.name)
        var pieces: [Piece] = []
        var rest = Array(label.value.utf8)[...]
        var literal: [UInt8] = []
        while let byte = rest.first {
            guard rest.starts(with: Array("%{[".utf8)) else {
                literal.append(byte)
                rest.removeFirst()
                continue
            }
            guard let close = rest.firstIndex(of: UInt8(ascii: "]")),
                let end = rest[close...].firstIndex(of: UInt8(ascii: "}")),
                end == close + 1 || rest[close + 1] == UInt8(ascii: ":"), close > rest.startIndex + 3
            else {
                throw EventModelError(
                    .badFormat,
                    "label \(label.name): \(label.value) is neither a text nor %{[field]} or %{[field]:default}")
            }
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = []
            let field = Array(rest[(rest.startIndex + 3)..<close])
            let fallback = end == close + 1 ? [] : Array(rest[(close + 2)..<end])
            if let role = LabelTemplate.roles[String(decoding: field, as: UTF8.self)] {
                pieces.append(.role(role, fallback: fallback))
            } else {
                let known = paths.firstIndex(of: field)
                if known == nil { paths.append(field) }
                pieces.append(.path(known ?? paths.count - 1, fallback: fallback))
            }
            rest = rest[(end + 1)...]
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        self.pieces = pieces
    }

    /// Letters, digits and underscores, with no digit in front (Prometheus' data model).
    static func sanitized(_ name: String) -> [UInt8] {
        var bytes = name.utf8.map { byte in
            byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5f ? byte : 0x5f
        }
        if bytes.isEmpty || bytes[0] &- 0x30 < 10 { bytes.insert(0x5f, at: 0) }
        return bytes
    }
}
