import EventModel

/// A time as answers have it: RFC 3339, UTC, with nanoseconds.
package enum TimeStamp {
    /// `2026-11-23T08:44:12.123456789Z`. What lies outside of the years 0 to 9999 is shown as their end.
    package static func text(_ nanoseconds: Int64) -> String {
        let (seconds, rest) = split(nanoseconds)
        let whole = TimeText(milliseconds: seconds * 1000).text
        let digits = String(rest)
        return whole.prefix(20) + String(repeating: "0", count: 9 - digits.utf8.count) + digits + "Z"
    }

    private static func split(_ nanoseconds: Int64) -> (seconds: Int64, rest: Int64) {
        let rest = nanoseconds % 1_000_000_000
        return rest < 0
            ? (nanoseconds / 1_000_000_000 - 1, rest + 1_000_000_000) : (nanoseconds / 1_000_000_000, rest)
    }
}
