/// A point on the monotonic clock.
///
/// - Units: ns; only differences mean anything. Tests make their own.
package struct MonotonicTime: Sendable, Comparable, Hashable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The end of time where the sum lies behind it.
    package static func + (left: MonotonicTime, right: Duration) -> MonotonicTime {
        let (sum, overflow) = left.nanoseconds.addingReportingOverflow(right.nanoseconds)
        guard overflow else { return MonotonicTime(nanoseconds: sum) }
        return MonotonicTime(nanoseconds: right < .zero ? .min : .max)
    }

    package static func - (left: MonotonicTime, right: MonotonicTime) -> Duration {
        .nanoseconds(left.nanoseconds) - .nanoseconds(right.nanoseconds)
    }
}

extension Duration {
    /// Whole nanoseconds; at most 292 years either way.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, tooMany) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard tooMany || overflow else { return sum }
        return seconds < 0 ? .min : .max
    }
}
