/// The decimal digits of a number, kept where they can be copied more than once.
///
/// - Shape: 40 bytes inline; the digits end in the middle, so that twenty bytes can always be copied.
public struct DecimalDigits {
    @usableFromInline var bytes: InlineArray<40, UInt8>
    public private(set) var count: Int

    /// Most digits that a 64-bit number has.
    public static let maximum = 20

    public init(_ value: UInt64) {
        bytes = InlineArray(repeating: 0)
        var rest = value
        var at = 20
        while rest >= 100 {
            at -= 2
            let quotient = rest / 100
            let pair = rest &- quotient &* 100
            let tens = (pair &* 103) >> 10  // pair / 10, for pairs below 178
            bytes[at] = UInt8(truncatingIfNeeded: tens) &+ 0x30
            bytes[at &+ 1] = UInt8(truncatingIfNeeded: pair &- tens &* 10) &+ 0x30
            rest = quotient
        }
        repeat {
            at -= 1
            bytes[at] = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
            rest /= 10
        } while rest != 0
        count = 20 - at
    }

    /// The digits, most significant first. The cursor has room for `maximum` bytes, however few there are.
    public func write(to cursor: inout ByteCursor) {
        unsafe bytes.span.withUnsafeBufferPointer { digits in
            unsafe cursor.put(digits.baseAddress! + (20 - count), copying: DecimalDigits.maximum, keeping: count)
        }
    }
}

extension ByteCursor {
    public mutating func putDecimal(_ value: UInt64) {
        DecimalDigits(value).write(to: &self)
    }
}
