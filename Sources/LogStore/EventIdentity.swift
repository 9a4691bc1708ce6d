/// The first part of an id that Needletail gives: 20 hex digits, of a file's identity and its generation.
struct StreamKey: Hashable, Sendable {
    let high: UInt64
    let low: UInt16

    /// Bytes of a key, as tables and columns keep it: big-endian.
    static let byteCount = 10

    init(high: UInt64, low: UInt16) {
        self.high = high
        self.low = low
    }

    /// nil unless there are ten bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == StreamKey.byteCount else { return nil }
        high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[8...].reduce(0) { $0 << 8 | UInt16($1) }
    }

    var bytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
            + [UInt8(truncatingIfNeeded: low >> 8), UInt8(truncatingIfNeeded: low)]
    }
}

/// How the store keeps the id of an event.
enum EventIdentity: Equatable {
    /// The event has no id, and is stored as often as it comes.
    case none
    /// `3f2a91c04be7d6150001-4711`: a number in a stream.
    case number(StreamKey, Int64)
    /// Any other id.
    case hash(UInt64, UInt64)

    private static let streamDigits = 20

    /// - Parameter key: of the hash; a secret of the store, so that nobody can make two ids that meet.
    init(_ id: UnsafeBufferPointer<UInt8>, key: SipHash.Key) {
        if id.isEmpty {
            self = .none
        } else if let (stream, number) = unsafe EventIdentity.stream(id) {
            self = .number(stream, number)
        } else {
            let (first, second) = unsafe SipHash.hash128(id, key: key)
            self = .hash(first, second)
        }
    }

    /// Only the one spelling of a number counts (no zeros in front, lower-case digits), so that two ids are never one.
    private static func stream(_ id: UnsafeBufferPointer<UInt8>) -> (StreamKey, Int64)? {
        guard id.count > streamDigits + 1, id.count <= streamDigits + 19, unsafe id[streamDigits] == 0x2d else {
            return nil
        }
        var high: UInt64 = 0
        var low: UInt16 = 0
        for at in 0..<streamDigits {
            let byte = unsafe id[at]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: return nil
            }
            if at < 16 { high = high << 4 | UInt64(digit) } else { low = low << 4 | UInt16(digit) }
        }
        var number: Int64 = 0
        for at in (streamDigits + 1)..<id.count {
            let digit = unsafe id[at] &- 0x30
            guard digit <= 9 else { return nil }
            number = number * 10 + Int64(digit)
        }
        if unsafe id[streamDigits + 1] == 0x30, id.count > streamDigits + 2 { return nil }
        return (StreamKey(high: high, low: low), number)
    }
}
