import Glibc

/// The wall clock, without Foundation.
enum AgentClock {
    /// ms since 1970, UTC.
    static func wallMilliseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
