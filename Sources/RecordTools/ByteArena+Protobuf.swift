/// Protobuf's wire format: what two outputs need of it, written by hand straight into memory that is used again.
///
/// Generated code would make an object of every record and attribute, and a String of every text. Sizes are counted
/// before a message is written, so that each byte is written once.
///
/// | field | bytes |
/// |---|---|
/// | any | varint of (number « 3 \| type) |
/// | type 0, varint | seven bits a byte, lowest first; the top bit says that more follow |
/// | type 1, fixed64 | eight bytes, lowest first |
/// | type 2, bytes | varint of the count, then the bytes |
/// | type 5, fixed32 | four bytes, lowest first |
/// - Source: https://protobuf.dev/programming-guides/encoding/
extension ByteArena {
    /// - Sample: 1 for 127, 2 for 128, 10 for the largest.
    @inline(__always)
    package static func varintSize(_ value: UInt64) -> Int {
        (70 - (value | 1).leadingZeroBitCount) / 7
    }

    /// Bytes of a field of type 2, whose number is below 16, with a content of `count` bytes.
    @inline(__always)
    package static func fieldSize(_ count: Int) -> Int { 1 + varintSize(UInt64(count)) + count }

    @inline(__always)
    package func put(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            put(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        put(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    package func put(field number: UInt8, varint value: UInt64) {
        put(number << 3)
        put(varint: value)
    }

    /// The beginning of a field whose content of `count` bytes is written next.
    @inline(__always)
    package func put(field number: UInt8, count: Int) {
        put(number << 3 | 2)
        put(varint: UInt64(count))
    }

    package func put(field number: UInt8, _ bytes: UnsafeBufferPointer<UInt8>) {
        put(field: number, count: bytes.count)
        unsafe put(bytes)
    }

    package func put(field number: UInt8, fixed64 value: UInt64) {
        put(number << 3 | 1)
        for shift in stride(from: UInt64(0), to: 64, by: 8) { put(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    package func put(field number: UInt8, fixed32 value: UInt32) {
        put(number << 3 | 5)
        for shift in stride(from: UInt32(0), to: 32, by: 8) { put(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}
