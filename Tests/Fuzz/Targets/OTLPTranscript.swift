import ByteTools

/// An export request in protobuf, written anew in OTLP's JSON: each message as a list of fields, the plain way.
///
/// - Source: opentelemetry-proto, `logs/v1/logs.proto`; the OTLP specification, "JSON Protobuf Encoding".
struct OTLPTranscript {
    private struct Malformed: Error {}
    private enum Value {
        case number(UInt64)
        case fixed(UInt64, bytes: Int)
        case bytes([UInt8])
    }
    private typealias Fields = [(number: UInt64, value: Value)]

    /// nil for what is no such message.
    static func json(of bytes: [UInt8]) -> [UInt8]? { try? Array(export(bytes).utf8) }

    // MARK: The wire

    private static func fields(_ bytes: [UInt8]) throws -> Fields {
        var rest = bytes[...]
        var fields: Fields = []
        while !rest.isEmpty {
            let tag = try varint(&rest)
            guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw Malformed() }
            switch tag & 7 {
            case 0: fields.append((tag >> 3, .number(try varint(&rest))))
            case 1: fields.append((tag >> 3, .fixed(try fixed(&rest, 8), bytes: 8)))
            case 5: fields.append((tag >> 3, .fixed(try fixed(&rest, 4), bytes: 4)))
            case 2:
                let count = try varint(&rest)
                guard count <= rest.count else { throw Malformed() }
                fields.append((tag >> 3, .bytes(Array(rest.prefix(Int(count))))))
                rest = rest.dropFirst(Int(count))
            default: throw Malformed()
            }
        }
        return fields
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<10 {
            guard let byte = rest.popFirst() else { throw Malformed() }
            // Bits beyond the 64th are dropped.
            value |= UInt64(byte & 0x7f) << UInt64(7 * index)
            if byte < 0x80 { return value }
        }
        throw Malformed()
    }

    private static func fixed(_ rest: inout ArraySlice<UInt8>, _ count: Int) throws -> UInt64 {
        guard rest.count >= count else { throw Malformed() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The messages in a field, each as the body writes it.
    private static func each(
        _ fields: Fields, _ number: UInt64, _ body: ([UInt8]) throws -> String
    ) rethrows -> [String] {
        try fields.compactMap { field in
            guard field.number == number, case .bytes(let bytes) = field.value else { return nil }
            return try body(bytes)
        }
    }

    // MARK: The messages

    private static func export(_ bytes: [UInt8]) throws -> String {
        object([("resourceLogs", list(try each(fields(bytes), 1, resourceLogs)))])
    }

    private static func resourceLogs(_ bytes: [UInt8]) throws -> String {
        let fields = try fields(bytes)
        let resources = try each(fields, 1) { object([("attributes", list(try each(self.fields($0), 1, pair)))]) }
        return object(
            resources.map { ("resource", $0) } + [("scopeLogs", list(try each(fields, 2, scopeLogs)))])
    }

    private static func scopeLogs(_ bytes: [UInt8]) throws -> String {
        let fields = try fields(bytes)
        let scopes = try each(fields, 1) { bytes in
            let scope = try self.fields(bytes)
            return object([
                ("name", each(scope, 1, quoted).last ?? "\"\""), ("version", each(scope, 2, quoted).last ?? "\"\""),
                ("attributes", list(try each(scope, 3, pair))),
            ])
        }
        return object(scopes.map { ("scope", $0) } + [("logRecords", list(try each(fields, 2, record)))])
    }

    private static func record(_ bytes: [UInt8]) throws -> String {
        var members: [(String, String)] = []
        for field in try fields(bytes) {
            switch (field.number, field.value) {
            case (1, .fixed(let time, bytes: 8)): members.append(("timeUnixNano", "\"\(time)\""))
            case (2, .number(let number)):
                members.append(("severityNumber", "\"\(Int64(truncatingIfNeeded: number))\""))
            case (3, .bytes(let text)): members.append(("severityText", quoted(text)))
            case (5, .bytes(let body)): members.append(("body", try value(body)))
            case (6, .bytes(let bytes)): members.append(("attributes", list([try pair(bytes)])))
            case (8, .fixed(let flags, bytes: 4)): members.append(("flags", "\(flags)"))
            case (9, .bytes(let id)): members.append(("traceId", hexadecimal(id)))
            case (10, .bytes(let id)): members.append(("spanId", hexadecimal(id)))
            case (11, .fixed(let time, bytes: 8)): members.append(("observedTimeUnixNano", "\"\(time)\""))
            case (12, .bytes(let name)): members.append(("eventName", quoted(name)))
            default: break
            }
        }
        return object(members)
    }

    private static func pair(_ bytes: [UInt8]) throws -> String {
        let fields = try fields(bytes)
        var last: [UInt8]?
        for field in fields { if field.number == 2, case .bytes(let bytes) = field.value { last = bytes } }
        return object([("key", each(fields, 1, quoted).last ?? "\"\""), ("value", try last.map(value) ?? "{}")])
    }

    /// Of the alternatives the last one counts, and no other is looked into; what is unknown counts for nothing.
    private static func value(_ bytes: [UInt8]) throws -> String {
        for field in try fields(bytes).reversed() {
            if let member = try alternative(field.number, field.value) { return object([member]) }
        }
        return object([])
    }

    private static func alternative(_ number: UInt64, _ value: Value) throws -> (String, String)? {
        switch (number, value) {
        case (1, .bytes(let text)): return ("stringValue", quoted(text))
        case (2, .number(let flag)): return ("boolValue", flag != 0 ? "true" : "false")
        case (3, .number(let number)): return ("intValue", "\"\(Int64(bitPattern: number))\"")
        case (4, .fixed(let bits, bytes: 8)):
            let real = Double(bitPattern: bits)
            return ("doubleValue", real.isFinite ? "\(real)" : "\"\(real)\"")
        case (5, .bytes(let inner)):
            return ("arrayValue", object([("values", list(try each(fields(inner), 1, self.value)))]))
        case (6, .bytes(let inner)):
            return ("kvlistValue", object([("values", list(try each(fields(inner), 1, pair)))]))
        case (7, .bytes(let data)): return ("bytesValue", "\"\(base64(data))\"")
        default: return nil
        }
    }

    // MARK: JSON

    private static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    private static func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ",") + "]" }

    /// Bytes that are no UTF-8 as the agent shows them.
    private static func quoted(_ text: [UInt8]) -> String {
        String(decoding: JSONEscape.quoted(bytes: VisibleText.of(text)), as: UTF8.self)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        "\"" + bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\""
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0...group.count { text.append(digits[bits >> (18 - 6 * index) & 63]) }
            text += String(repeating: "=", count: 3 - group.count)
        }
        return text
    }
}
