/// A point on the monotonic clock.
///
/// - Units: ns; only differences mean anything. Tests make their own.
package struct MonotonicTime: Sendable, Comparable, Hashable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

    package static func + (left: MonotonicTime, right: Duration) -> MonotonicTime {
        MonotonicTime(nanoseconds: left.nanoseconds.addingReportingOverflow(right.nanoseconds).partialValue)
    }

    package static func - (left: MonotonicTime, right: MonotonicTime) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }
}

extension Duration {
    /// Whole nanoseconds; 292 years at most.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue + attoseconds / 1_000_000_000
    }
}
