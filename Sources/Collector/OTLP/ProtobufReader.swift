/// What came is no protobuf, or not the message that it should be.
struct ProtobufError: Error, Sendable, Equatable {
    var message: String
    /// Byte of the body.
    var at: Int
}

/// Reads the fields of one protobuf message from the wire, without making objects of them.
///
/// Written by hand because an export request holds thousands of small messages (a key and a value each) of which only
/// their bytes are wanted: generated classes would allocate several objects for each and copy every string, only to be
/// written out as JSON and thrown away. Four wire types and one message tree are all there is to it.
///
/// - Shape: an index into a shared array; every length is checked against the message's end before it is used.
/// - Source: protobuf.dev, "Encoding". Groups (wire types 3 and 4) do not occur in OTLP and are errors.
struct ProtobufReader {
    enum Value: Equatable {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        /// Where the bytes, or the message inside, stand.
        case bytes(Range<Int>)
    }

    let bytes: [UInt8]
    private var at: Int
    private let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        at = range.lowerBound
        end = range.upperBound
    }

    /// The next field; nil at the end of the message.
    mutating func next() throws(ProtobufError) -> (number: UInt64, value: Value)? {
        guard at < end else { return nil }
        let tag = try varint()
        let number = tag >> 3
        guard number > 0, number < 1 << 29 else { throw failure("a field with the number \(number)") }
        switch tag & 7 {
        case 0: return (number, .varint(try varint()))
        case 1: return (number, .fixed64(try fixed(8)))
        case 2:
            let length = try varint()
            guard length <= UInt64(end - at) else { throw failure("a field of \(length) bytes in a message that ends") }
            defer { at += Int(length) }
            return (number, .bytes(at..<(at + Int(length))))
        case 5: return (number, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
        default: throw failure("a field of wire type \(tag & 7)")
        }
    }

    private mutating func varint() throws(ProtobufError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 70, by: 7) {
            guard at < end else { throw failure("the message ends in a number") }
            let byte = bytes[at]
            at += 1
            value |= UInt64(byte & 0x7f) << UInt64(min(shift, 63))
            if byte < 0x80 { return value }
        }
        throw failure("a number of more than ten bytes")
    }

    private mutating func fixed(_ count: Int) throws(ProtobufError) -> UInt64 {
        guard end - at >= count else { throw failure("the message ends in a number") }
        defer { at += count }
        return (0..<count).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
    }

    private func failure(_ message: String) -> ProtobufError { ProtobufError(message: message, at: at) }
}
