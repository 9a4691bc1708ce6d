/// The decimal digits of a number, kept where they can be copied more than once.
///
/// - Shape: 20 bytes inline; the digits are the last `count` of them.
public struct DecimalDigits {
    @usableFromInline var bytes: InlineArray<20, UInt8>
    public private(set) var count: Int

    /// Most digits that a 64-bit number has.
    public static let maximum = 20

    public init(_ value: UInt64) {
        bytes = InlineArray(repeating: 0)
        var rest = value
        var at = 20
        repeat {
            at -= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes[at] = UInt8(truncatingIfNeeded: digit) &+ 0x30
            rest = quotient
        } while rest != 0
        count = 20 - at
    }

    /// The digits, most significant first.
    public func write(to cursor: inout ByteCursor) {
        let start = bytes.span
        for index in (20 - count)..<20 { cursor.put(start[index]) }
    }
}

extension ByteCursor {
    public mutating func putDecimal(_ value: UInt64) {
        DecimalDigits(value).write(to: &self)
    }
}
