/// Reads what Kafka's requests are made of: big-endian numbers, and texts behind their lengths.
///
/// - Errors: `KafkaWireError` where the bytes end too early or a length makes no sense.
/// - Source: https://kafka.apache.org/protocol#protocol_types
struct KafkaWireReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) { rest = Array(bytes)[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func int8() throws -> Int8 { Int8(truncatingIfNeeded: try number(1)) }
    mutating func int16() throws -> Int16 { Int16(truncatingIfNeeded: try number(2)) }
    mutating func int32() throws -> Int32 { Int32(truncatingIfNeeded: try number(4)) }
    mutating func int64() throws -> Int64 { try number(8) }

    mutating func string() throws -> String? {
        let count = Int(try int16())
        return count < 0 ? nil : String(decoding: try bytes(count), as: UTF8.self)
    }

    /// Bytes behind an int32 length.
    mutating func block() throws -> [UInt8]? {
        let count = Int(try int32())
        return count < 0 ? nil : try bytes(count)
    }

    mutating func array<Element>(_ element: (inout Self) throws -> Element) throws -> [Element] {
        let count = Int(try int32())
        guard count <= rest.count else { throw KafkaWireError() }
        return try (0..<max(0, count)).map { _ in try element(&self) }
    }

    /// Zigzag, seven bits a byte.
    mutating func varint() throws -> Int64 {
        var (value, shift) = (UInt64(0), UInt64(0))
        while true {
            let byte = UInt64(try bytes(1)[0])
            value |= (byte & 0x7f) << shift
            if byte < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(value & 1) }
            shift += 7
            guard shift < 64 else { throw KafkaWireError() }
        }
    }

    /// Bytes behind a varint length.
    mutating func smallBlock() throws -> [UInt8]? {
        let count = try varint()
        return count < 0 ? nil : try bytes(Int(count))
    }

    mutating func bytes(_ count: Int) throws -> [UInt8] {
        guard count >= 0, count <= rest.count else { throw KafkaWireError() }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    private mutating func number(_ count: Int) throws -> Int64 {
        try bytes(count).reduce(0) { $0 << 8 | Int64($1) }
    }
}

struct KafkaWireError: Error {}

/// Writes an answer.
struct KafkaWireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func int8(_ value: Int) { number(value, 1) }
    mutating func int16(_ value: Int) { number(value, 2) }
    mutating func int32(_ value: Int) { number(value, 4) }
    mutating func int64(_ value: Int) { number(value, 8) }

    mutating func string(_ value: String?) {
        guard let value else { return int16(-1) }
        int16(value.utf8.count)
        bytes += value.utf8
    }

    mutating func block(_ value: [UInt8]) {
        int32(value.count)
        bytes += value
    }

    mutating func array<Element>(_ elements: some Collection<Element>, _ write: (inout Self, Element) -> Void) {
        int32(elements.count)
        for element in elements { write(&self, element) }
    }

    private mutating func number(_ value: Int, _ count: Int) {
        for shift in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
    }
}
