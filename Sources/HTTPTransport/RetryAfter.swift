/// The header field `Retry-After`: seconds, or a date in one of the three forms that HTTP knows.
///
/// - Source: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 and section 5.6.7.
package enum RetryAfter {
    /// A server can't stop an output for longer than this; it is asked again then.
    package static let maximum = Duration.seconds(3600)

    /// - Parameter now: seconds since 1970.
    /// - Returns: nil when the value is neither a number nor a date. A date that is past is zero.
    package static func parse(_ value: String, now: Int64) -> Duration? {
        let text = value.trimmed
        if let seconds = Int64(text) { return seconds >= 0 ? min(.seconds(seconds), maximum) : nil }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return maximum }
        guard let date = secondsSince1970(text) else { return nil }
        return min(.seconds(max(0, date - now)), maximum)
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`: all 784111777.
    static func secondsSince1970(_ text: String) -> Int64? {
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }
        guard words.count >= 5 else { return nil }
        guard let month = words.compactMap({ word in months.firstIndex { $0 == word } }).first,
            let clock = words.first(where: { $0.contains(":") })
        else { return nil }
        let numbers = words.compactMap { Int64($0) }
        let time = clock.split(separator: ":").compactMap { Int64($0) }
        guard numbers.count == 2, time.count == 3 else { return nil }
        var year = numbers[1]
        // Two digits: the year of this century, unless that is far in the future.
        if year < 100 { year += year < 70 ? 2000 : 1900 }
        guard (1...31).contains(numbers[0]), (1970...9999).contains(year), time[0] < 24, time[1] < 60, time[2] <= 60
        else { return nil }
        return days(year: year, month: Int64(month) + 1, day: numbers[0]) * 86_400 + time[0] * 3600 + time[1] * 60
            + time[2]
    }

    /// Days since 1970-01-01 in the Gregorian calendar; the year is taken to begin in March.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension String {
    /// Without spaces and tabs at both ends.
    var trimmed: String {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !blank($0) }), let last = lastIndex(where: { !blank($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
