/// The decimal digits of a number, kept where they can be copied more than once.
///
/// - Shape: 40 bytes, meant to stay in registers: up to three groups of at most eight digits as text, the first digit
///   of a group in its lowest byte. Only the first group that is there may be shorter than eight.
public struct DecimalDigits {
    @usableFromInline let groups: (UInt64, UInt64, UInt64)
    @usableFromInline let firstCount: Int
    /// How many digits there are.
    public let count: Int

    /// Most digits that a 64-bit number has.
    public static let maximum = 20
    /// Room that `write` needs, however few digits there are.
    public static let room = 24

    /// - Sample: 7 is one group, "7"; 123456789 is two, "1" and "23456789".
    @inlinable @inline(__always)
    public init(_ value: UInt64) {
        let low = value % 100_000_000
        var rest = value / 100_000_000
        let lastGroup = DecimalDigits.eight(low)
        guard rest != 0 else {
            firstCount = DecimalDigits.significant(lastGroup)
            groups = (DecimalDigits.text(lastGroup, firstCount), 0, 0)
            count = firstCount
            return
        }
        let middleGroup = DecimalDigits.eight(rest % 100_000_000)
        rest /= 100_000_000
        guard rest != 0 else {
            firstCount = DecimalDigits.significant(middleGroup)
            groups = (DecimalDigits.text(middleGroup, firstCount), DecimalDigits.text(lastGroup, 8), 0)
            count = firstCount + 8
            return
        }
        let firstGroup = DecimalDigits.eight(rest)
        firstCount = DecimalDigits.significant(firstGroup)
        groups = (
            DecimalDigits.text(firstGroup, firstCount), DecimalDigits.text(middleGroup, 8),
            DecimalDigits.text(lastGroup, 8)
        )
        count = firstCount + 16
    }

    /// The eight digits of a number below 100,000,000, one a byte, the first in the lowest: split in the middle three
    /// times, all parts at once. A quotient is a product with the reciprocal, which is exact for numbers this small.
    @inlinable @inline(__always)
    static func eight(_ value: UInt64) -> UInt64 {
        let half = value / 10_000
        let fours = half | (value &- half &* 10_000) &<< 32
        let hundreds = (fours &* 10_486) &>> 20 & 0x0000_007f_0000_007f
        let twos = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = (twos &* 103) &>> 10 & 0x000f_000f_000f_000f
        return tens | (twos &- tens &* 10) &<< 8
    }

    /// Digits without leading zeros, one at least.
    @inlinable @inline(__always)
    static func significant(_ digits: UInt64) -> Int { 8 &- min(7, digits.trailingZeroBitCount / 8) }

    /// The last `count` digits as text.
    @inlinable @inline(__always)
    static func text(_ digits: UInt64, _ count: Int) -> UInt64 {
        (digits | 0x3030_3030_3030_3030) &>> UInt64(truncatingIfNeeded: 8 &* (8 &- count))
    }

    /// The digits, most significant first. The cursor has `room` bytes, however few there are.
    @inline(__always)
    public func write(to cursor: inout ByteCursor) {
        cursor.put(word: groups.0, keeping: firstCount)
        if count > 8 { cursor.put(word: groups.1, keeping: 8) }
        if count > 16 { cursor.put(word: groups.2, keeping: 8) }
    }
}

extension ByteCursor {
    /// A number in decimal digits; the cursor has `DecimalDigits.room` bytes.
    @inline(__always)
    public mutating func putDecimal(_ value: UInt64) {
        DecimalDigits(value).write(to: &self)
    }
}
