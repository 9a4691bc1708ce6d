import EventModel

/// Times as people write them in a query or on the command line.
package enum QueryTime {
    /// Nanoseconds since 1970 of a length of time before `now` (`90s`, `15m`, `2h`, `7d`, `1w`), `now`, a day, or a time with
    /// or without seconds and zone (UTC without); nil for anything else.
    package static func nanoseconds(_ text: some Collection<UInt8>, now: Int64) -> Int64? {
        let text = Array(text)
        if text.elementsEqual("now".utf8) { return now }
        if let length = length(text) { return now.subtractingReportingOverflow(length).partialValue }
        let whole = completed(text)
        return TimeText.nanoseconds(of: whole.span)
    }

    /// What is left out of a time is its beginning.
    private static func completed(_ text: [UInt8]) -> [UInt8] {
        switch text.count {
        case 10: text + "T00:00:00".utf8
        case 13: text + ":00:00".utf8
        case 16: text + ":00".utf8
        case 17 where text[16] == 0x5a: Array(text[..<16]) + ":00Z".utf8
        case 22 where text[16] == 0x2b || text[16] == 0x2d: Array(text[..<16]) + ":00".utf8 + text[16...]
        default: text
        }
    }

    private static func length(_ text: [UInt8]) -> Int64? {
        var amount: Int64 = 0
        var at = 0
        while at < text.count, (0x30...0x39).contains(text[at]), amount < 1_000_000_000 {
            amount = amount * 10 + Int64(text[at] - 0x30)
            at += 1
        }
        guard at > 0 else { return nil }
        let unit: Int64? =
            switch String(decoding: text[at...], as: UTF8.self) {
            case "ms": 1_000_000
            case "s": 1_000_000_000
            case "m", "min": 60_000_000_000
            case "h": 3_600_000_000_000
            case "d": 86_400_000_000_000
            case "w": 604_800_000_000_000
            default: nil
            }
        guard let unit else { return nil }
        let (length, overflow) = amount.multipliedReportingOverflow(by: unit)
        return overflow ? nil : length
    }
}
