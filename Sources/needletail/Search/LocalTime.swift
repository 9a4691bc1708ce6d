import Glibc
import SystemTools

/// A time as the clock on the wall shows it.
package struct LocalTime: Equatable {
    /// `2026-11-23`.
    package let day: String
    /// `08:44:12.123`.
    package let clock: String

    /// - Parameter nanoseconds: since 1970.
    package init(_ nanoseconds: Int64) {
        let milliseconds = nanoseconds >= 0 ? nanoseconds / 1_000_000 : -((999_999 - nanoseconds) / 1_000_000)
        let inSecond = ((milliseconds % 1000) + 1000) % 1000
        var seconds = time_t((milliseconds - inSecond) / 1000)
        var parts = unsafe tm()
        _ = unsafe localtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { LocalTime.padded(Int(number), 2) }
        day =
            unsafe LocalTime.padded(Int(parts.tm_year) + 1900, 4) + "-" + two(parts.tm_mon + 1) + "-"
            + two(parts.tm_mday)
        clock =
            unsafe two(parts.tm_hour) + ":" + two(parts.tm_min) + ":" + two(parts.tm_sec) + "."
            + LocalTime.padded(Int(inSecond), 3)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Nanoseconds since 1970.
    package static var now: Int64 { Clocks.wall }
}
