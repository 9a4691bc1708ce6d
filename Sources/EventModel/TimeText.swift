public import ByteTools

/// A time as ECS events carry it: `2026-01-22T16:34:53.963Z`, RFC 3339, UTC, milliseconds.
///
/// - Shape: 24 bytes inline.
public struct TimeText: Sendable {
    public static let count = 24
    private var bytes: InlineArray<24, UInt8>

    /// - Parameter milliseconds: since 1970, UTC; years 0 to 9999.
    public init(milliseconds: Int64) {
        bytes = InlineArray(repeating: 0x2d)
        let (days, inDay) = TimeText.floorDivide(milliseconds, 86_400_000)
        let (year, month, day) = TimeText.civil(days: days)
        let seconds = inDay / 1000
        put(year / 100, at: 0)
        put(year % 100, at: 2)
        put(month, at: 5)
        put(day, at: 8)
        bytes[10] = 0x54
        put(seconds / 3600, at: 11)
        bytes[13] = 0x3a
        put(seconds / 60 % 60, at: 14)
        bytes[16] = 0x3a
        put(seconds % 60, at: 17)
        bytes[19] = 0x2e
        let milliseconds = inDay % 1000
        put(milliseconds / 10, at: 20)
        bytes[22] = UInt8(truncatingIfNeeded: milliseconds % 10) &+ 0x30
        bytes[23] = 0x5a
    }

    @inline(__always)
    public func write(to cursor: inout ByteCursor) {
        unsafe bytes.span.withUnsafeBufferPointer { unsafe cursor.put($0.baseAddress!, count: TimeText.count) }
    }

    package var text: String {
        unsafe bytes.span.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Two digits of a number below 100.
    private mutating func put(_ value: Int64, at start: Int) {
        let value = UInt32(truncatingIfNeeded: value)
        bytes[start] = UInt8(truncatingIfNeeded: value / 10) &+ 0x30
        bytes[start + 1] = UInt8(truncatingIfNeeded: value % 10) &+ 0x30
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
        let quotient = value >= 0 ? value / by : -((by - 1 - value) / by)
        return (quotient, value - quotient * by)
    }

    /// Days since 1970 to year, month and day in the proleptic Gregorian calendar: day 0 is 1970-01-01, day 20780
    /// is 2026-11-23. The year is taken to begin in March, so that the leap day is its last.
    private static func civil(days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let (era, dayOfEra) = floorDivide(shifted, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
