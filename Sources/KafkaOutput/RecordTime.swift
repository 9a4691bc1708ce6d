/// The time of a record: the event's own, which stands at the very beginning of what the encoder writes.
enum RecordTime {
    /// Behind `{"@timestamp":"`.
    private static let start = 15
    /// `2026-01-22T16:34:53.963Z`.
    static let length = 24

    /// - Returns: ms since 1970; nil for an event that does not begin with its time (`codec.format`).
    static func milliseconds(of event: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard event.count > start + length + 1, unsafe event[2] == UInt8(ascii: "@"),
            unsafe event[start + 10] == UInt8(ascii: "T"), unsafe event[start + 23] == UInt8(ascii: "Z")
        else { return nil }
        @inline(__always) func digits(_ at: Int, _ count: Int) -> Int64 {
            var value: Int64 = 0
            for index in (start + at)..<(start + at + count) {
                value = unsafe value &* 10 &+ Int64(event[index] &- 0x30)
            }
            return value
        }
        let day = days(year: digits(0, 4), month: digits(5, 2), day: digits(8, 2))
        let seconds = day &* 86_400 &+ digits(11, 2) &* 3600 &+ digits(14, 2) &* 60 &+ digits(17, 2)
        return seconds &* 1000 &+ digits(20, 3)
    }

    /// The time as text; nil as above.
    static func text(of event: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard unsafe milliseconds(of: event) != nil else { return nil }
        return unsafe Array(event[start..<(start + length)])
    }

    /// Days since 1970-01-01; the year is taken to begin in March, so that the leap day is its last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
