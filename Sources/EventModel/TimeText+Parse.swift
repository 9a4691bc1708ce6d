/// Reading times as other programs write them.
extension TimeText {
    /// Milliseconds since 1970 that can be written: the years 0 to 9999.
    package static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// Milliseconds since 1970 of an RFC 3339 or ISO 8601 time (`2026-01-22T16:34:53.963Z`, `…+01:00`, `…+0100`, any
    /// number of fraction digits); nil for anything else.
    package static func milliseconds(of text: [UInt8]) -> Int64? {
        unsafe text.withUnsafeBufferPointer { unsafe milliseconds(of: $0) }
    }

    /// The same of bytes that belong to somebody else.
    package static func milliseconds(of text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var reader = unsafe TimeReader(text)
        guard let year = reader.number(4), reader.take(0x2d), let month = reader.number(2), reader.take(0x2d),
            let day = reader.number(2), reader.take(0x54), let hour = reader.number(2), reader.take(0x3a),
            let minute = reader.number(2), reader.take(0x3a), let second = reader.number(2),
            let fraction = reader.fraction(), let zone = reader.zone(), reader.isAtEnd,
            (1...12).contains(month), day >= 1, day <= daysIn(month, of: year), hour < 24, minute < 60, second < 60
        else { return nil }
        let days = days(year: year, month: month, day: day)
        return ((days * 24 + hour) * 60 + minute - zone) * 60_000 + second * 1000 + fraction
    }

    private static func daysIn(_ month: Int64, of year: Int64) -> Int64 {
        let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970, counted in years that begin in March. 2026-01-22 is day 20475.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let era = marchYear >= 0 ? marchYear / 400 : -1
        let yearOfEra = marchYear - era * 400
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

@safe
private struct TimeReader {
    private let text: UnsafeBufferPointer<UInt8>
    private var at = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { unsafe self.text = text }

    var isAtEnd: Bool { unsafe at == text.count }

    /// The digit that stands here, which is passed over.
    private mutating func digit() -> Int64? {
        guard unsafe at < text.count else { return nil }
        let byte = unsafe text[at]
        guard (0x30...0x39).contains(byte) else { return nil }
        at += 1
        return Int64(byte - 0x30)
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard unsafe at < text.count && text[at] == byte else { return false }
        at += 1
        return true
    }

    mutating func number(_ width: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Milliseconds; 0 when there is no fraction.
    mutating func fraction() -> Int64? {
        guard take(0x2e) || take(0x2c) else { return 0 }
        guard let first = digit() else { return nil }
        var value = first * 100
        var worth: Int64 = 10
        while let digit = digit() {
            value += digit * worth
            worth /= 10
        }
        return value
    }

    /// Minutes east of Greenwich.
    mutating func zone() -> Int64? {
        if take(0x5a) { return 0 }
        let isWest = take(0x2d)
        guard isWest || take(0x2b), let hours = number(2) else { return nil }
        _ = take(0x3a)
        guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }
}
