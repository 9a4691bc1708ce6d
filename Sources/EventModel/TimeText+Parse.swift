/// Reading times as other programs write them.
extension TimeText {
    /// Milliseconds since 1970 that can be written: the years 0 to 9999.
    package static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// Milliseconds since 1970 of an RFC 3339 or ISO 8601 time (`2026-01-22T16:34:53.963Z`, `…+01:00`, `…+0100`, any
    /// number of fraction digits); nil for anything else.
    package static func milliseconds(of text: [UInt8]) -> Int64? { milliseconds(of: text.span) }

    /// The same of bytes that belong to somebody else.
    package static func milliseconds(of text: Span<UInt8>) -> Int64? {
        guard let (seconds, nanoseconds) = parts(of: text, strictly: true) else { return nil }
        return seconds * 1000 + nanoseconds / 1_000_000
    }

    /// Nanoseconds since 1970 of a time as logs have it: RFC 3339, with a blank or `/` where Python, logback and Go's
    /// `log` have one, with `,` before the fraction, with or without a zone (UTC is taken then). Nil for anything else,
    /// and outside the years 1678 to 2261.
    package static func nanoseconds(of text: Span<UInt8>) -> Int64? {
        guard let (seconds, nanoseconds) = parts(of: text, strictly: false) else { return nil }
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow2) = whole.addingReportingOverflow(nanoseconds)
        return overflow || overflow2 ? nil : sum
    }

    private static func parts(of text: Span<UInt8>, strictly: Bool) -> (seconds: Int64, nanoseconds: Int64)? {
        var reader = TimeReader(text)
        guard let year = reader.number(4), reader.take(0x2d) || (!strictly && reader.take(0x2f)),
            let month = reader.number(2), reader.take(0x2d) || (!strictly && reader.take(0x2f)),
            let day = reader.number(2), reader.separator(strictly: strictly), let hour = reader.number(2),
            reader.take(0x3a), let minute = reader.number(2), reader.take(0x3a), let second = reader.number(2),
            let fraction = reader.fraction(), let zone = reader.zone(strictly: strictly), reader.isAtEnd,
            (1...12).contains(month), day >= 1, day <= daysIn(month, of: year), hour < 24, minute < 60,
            // A leap second is the one before it, seen for longer.
            second < 60 || (!strictly && second == 60)
        else { return nil }
        let days = days(year: year, month: month, day: day)
        return (((days * 24 + hour) * 60 + minute - zone) * 60 + min(second, 59), fraction)
    }

    private static func daysIn(_ month: Int64, of year: Int64) -> Int64 {
        let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        return month == 2 ? (isLeap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
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

private struct TimeReader: ~Escapable {
    private let text: Span<UInt8>
    private var at = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) { self.text = text }

    var isAtEnd: Bool { at == text.count }

    mutating func take(_ byte: UInt8) -> Bool {
        guard at < text.count, text[at] == byte else { return false }
        at += 1
        return true
    }

    /// Between day and hour.
    mutating func separator(strictly: Bool) -> Bool {
        take(0x54) || (!strictly && (take(0x20) || take(0x74)))
    }

    mutating func number(_ width: Int) -> Int64? {
        guard at + width <= text.count else { return nil }
        var value: Int64 = 0
        for index in at..<(at + width) {
            guard let digit = TimeReader.digit(text[index]) else { return nil }
            value = value * 10 + digit
        }
        at += width
        return value
    }

    /// Nanoseconds; 0 when there is no fraction.
    mutating func fraction() -> Int64? {
        guard take(0x2e) || take(0x2c) else { return 0 }
        var value: Int64 = 0
        var unit: Int64 = 1_000_000_000
        let start = at
        while at < text.count, let digit = TimeReader.digit(text[at]) {
            unit /= 10
            value += digit * unit
            at += 1
        }
        return at == start ? nil : value
    }

    /// Minutes east of Greenwich. Leniently, a blank may stand before it, a zone's name behind it, or none be there.
    mutating func zone(strictly: Bool) -> Int64? {
        if !strictly && isAtEnd { return 0 }
        if !strictly { _ = take(0x20) }
        if take(0x5a) || (!strictly && (take(0x7a) || word("UTC") || word("GMT"))) { return 0 }
        let isWest = take(0x2d)
        guard isWest || take(0x2b), let hours = number(2) else { return nil }
        _ = take(0x3a)
        guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        // Go's Time.String() says the zone twice: `+0000 UTC`.
        if !strictly && take(0x20) {
            while at < text.count, text[at] | 0x20 >= 0x61, text[at] | 0x20 <= 0x7a { at += 1 }
        }
        return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }

    private mutating func word(_ word: StaticString) -> Bool {
        guard text.count - at == word.utf8CodeUnitCount else { return false }
        for index in 0..<word.utf8CodeUnitCount {
            guard unsafe text[at + index] == word.utf8Start[index] else { return false }
        }
        at = text.count
        return true
    }

    private static func digit(_ byte: UInt8) -> Int64? {
        let digit = byte &- 0x30
        return digit < 10 ? Int64(digit) : nil
    }
}
