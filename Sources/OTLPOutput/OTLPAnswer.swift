import EventModel

/// What the bodies of answers say: `ExportLogsServiceResponse` and `google.rpc.Status`, in protobuf or JSON.
///
/// - Source: opentelemetry-proto, `collector/logs/v1/logs_service.proto`; googleapis, `google/rpc/status.proto`.
enum OTLPAnswer {
    /// Records that were left out, and why; or nothing left out, and a warning.
    struct PartialSuccess: Equatable {
        var rejected: Int
        var message: [UInt8]

        /// The message, cut to 1024 bytes.
        var text: String { String(decoding: message.prefix(1024), as: UTF8.self) }
    }

    static func partialSuccess(_ body: [UInt8], _ encoding: OTLPSettings.Encoding) -> PartialSuccess? {
        switch encoding {
        case .proto:
            guard let inner = field(1, of: body[...])?.bytes else { return nil }
            return PartialSuccess(
                rejected: Int(truncatingIfNeeded: field(1, of: inner)?.number ?? 0),
                message: Array(field(2, of: inner)?.bytes ?? []))
        case .json:
            guard let part = JSONTree(body)?.object?["partialSuccess"]?.object else { return nil }
            let rejected = part["rejectedLogRecords"].flatMap {
                Int(String(decoding: $0.text ?? $0.compact, as: UTF8.self))
            }
            return PartialSuccess(rejected: rejected ?? 0, message: part["errorMessage"]?.text ?? [])
        }
    }

    /// The message of a status; nil when the body is none.
    static func statusMessage(_ body: [UInt8], _ encoding: OTLPSettings.Encoding) -> [UInt8]? {
        switch encoding {
        case .proto: field(2, of: body[...])?.bytes.map { Array($0) }
        case .json: JSONTree(body)?.object?["message"]?.text
        }
    }

    // MARK: Protobuf

    private struct Field {
        var number: UInt64?
        var bytes: ArraySlice<UInt8>?
    }

    /// The last field with this number; nil when there is none, or the bytes are no message.
    private static func field(_ wanted: UInt64, of message: ArraySlice<UInt8>) -> Field? {
        var rest = message
        var found: Field?
        while !rest.isEmpty {
            guard let tag = varint(&rest), tag >> 3 > 0 else { return nil }
            var field = Field()
            switch tag & 7 {
            case 0:
                guard let number = varint(&rest) else { return nil }
                field.number = number
            case 1 where rest.count >= 8: rest.removeFirst(8)
            case 5 where rest.count >= 4: rest.removeFirst(4)
            case 2:
                guard let count = varint(&rest), count <= UInt64(rest.count) else { return nil }
                field.bytes = rest.prefix(Int(count))
                rest.removeFirst(Int(count))
            default: return nil
            }
            if tag >> 3 == wanted { found = field }
        }
        return found
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= shift < 64 ? UInt64(byte & 0x7f) << shift : 0
            if byte < 0x80 { return value }
        }
        return nil
    }
}
