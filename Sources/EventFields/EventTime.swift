import EventModel

/// When an event happened, however its service writes it.
package enum EventTime {
    /// Nanoseconds since 1970 of a number (seconds, milliseconds, microseconds or nanoseconds, by its size; with a fraction
    /// and an exponent or without) or of a text (`TimeText.nanoseconds`); nil when it is neither.
    package static func nanoseconds(of text: Span<UInt8>) -> Int64? {
        guard text.count > 0 else { return nil }
        // A date has a separator behind its year; a number has not.
        if text.count > 4, text[4] == 0x2d || text[4] == 0x2f { return TimeText.nanoseconds(of: text) }
        return number(text)
    }

    /// Below it a number is no time: 1973 in seconds, or how long something took.
    private static let least: UInt64 = 100_000_000

    private static func number(_ text: Span<UInt8>) -> Int64? {
        var digits: UInt64 = 0
        /// Where the point is, counted from the last digit kept.
        var scale = 0
        var at = 0
        var seen = false
        var afterPoint = false
        while at < text.count {
            let byte = text[at]
            if byte == 0x2e, !afterPoint {
                afterPoint = true
            } else if byte &- 0x30 < 10 {
                seen = true
                // Nineteen digits are a time in nanoseconds; what follows them can only be a fraction of one.
                if digits < 1_000_000_000_000_000_000 {
                    digits = digits * 10 + UInt64(byte &- 0x30)
                    scale -= afterPoint ? 1 : 0
                } else if !afterPoint {
                    return nil
                }
            } else {
                break
            }
            at += 1
        }
        guard seen, let exponent = exponent(text, &at), at == text.count else { return nil }
        return nanoseconds(digits, scale: scale + exponent)
    }

    /// `e+09` and the like, 0 where there is none.
    private static func exponent(_ text: Span<UInt8>, _ at: inout Int) -> Int? {
        guard at < text.count, text[at] | 0x20 == 0x65 else { return 0 }
        at += 1
        var isNegative = false
        if at < text.count, text[at] == 0x2b || text[at] == 0x2d {
            isNegative = text[at] == 0x2d
            at += 1
        }
        guard let value = Severity.number(in: text.extracting(at...)), value <= 40 else { return nil }
        at = text.count
        return isNegative ? -value : value
    }

    /// `digits` times ten to the power of `scale`, in the unit that its size points to.
    private static func nanoseconds(_ digits: UInt64, scale: Int) -> Int64? {
        guard let whole = shifted(digits, by: scale), whole >= least else { return nil }
        let power =
            switch whole {
            case ..<100_000_000_000: 9
            case ..<100_000_000_000_000: 6
            case ..<100_000_000_000_000_000: 3
            default: 0
            }
        return shifted(digits, by: scale + power).flatMap { Int64(exactly: $0) }
    }

    private static func shifted(_ value: UInt64, by power: Int) -> UInt64? {
        var value = value
        if power < 0 {
            for _ in 0..<min(-power, 20) { value /= 10 }
            return value
        }
        for _ in 0..<power {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
        }
        return value
    }
}
