/// Numbers of one to ten bytes, seven bits a byte, low ones first (LEB128): how columns are written.
extension [UInt8] {
    mutating func putVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func putVarint(_ value: Int) { putVarint(UInt64(value)) }

    /// Small numbers of either sign stay short: 0, -1, 1, -2 become 0, 1, 2, 3.
    mutating func putSigned(_ value: Int64) { putVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

    mutating func putText(_ text: Span<UInt8>) {
        putVarint(text.count)
        for at in text.indices { append(text[at]) }
    }
}

/// Reads what was written so; whatever the bytes are, it never reads outside of them.
struct ByteReader: ~Escapable {
    /// The bytes end early, or say something that cannot be.
    struct Malformed: Error {}

    private let bytes: Span<UInt8>
    private(set) var at = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }
    var rest: Int { bytes.count - at }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard at < bytes.count else { throw Malformed() }
        defer { at += 1 }
        return bytes[at]
    }

    mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while at < bytes.count, shift < 64 {
            let byte = bytes[at]
            at += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Malformed()
    }

    mutating func signed() throws(Malformed) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A number of things that take at least one byte each, or are at most `most`.
    mutating func count(most: Int) throws(Malformed) -> Int {
        let value = try varint()
        guard value <= UInt64(most) else { throw Malformed() }
        return Int(value)
    }

    mutating func take(_ count: Int) throws(Malformed) -> [UInt8] {
        guard count >= 0, rest >= count else { throw Malformed() }
        defer { at += count }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count { unsafe buffer[index] = bytes[at + index] }
            initialized = count
        }
    }

    mutating func text() throws(Malformed) -> [UInt8] { try take(count(most: rest)) }
}
