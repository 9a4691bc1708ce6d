/// How long to wait before the next attempt: full jitter over a doubling bound, so that ten thousand agents do not
/// come back at the same moment.
///
/// Formula: a random time in `0...min(maximum, initial * 2^attempt)`. With 1 s and 60 s the bounds are
/// 1, 2, 4, 8, 16, 32, 60, 60 … s. A server's `Retry-After` is the least that is waited.
package struct Backoff: Sendable {
    package let initial: Duration
    package let maximum: Duration
    /// Failures in a row.
    package private(set) var failures = 0

    package init(initial: Duration, maximum: Duration) {
        self.initial = initial
        self.maximum = maximum
    }

    package mutating func reset() { failures = 0 }

    /// The bound that the next wait is drawn below.
    package var bound: Duration {
        let doublings = min(failures, 30)
        return min(maximum, initial * (1 << doublings))
    }

    /// Counts a failure and draws the wait.
    package mutating func next(
        retryAfter: Duration?, using generator: inout some RandomNumberGenerator
    ) -> Duration {
        let limit = max(0, bound.nanoseconds)
        failures += 1
        let wait = Duration.nanoseconds(Int64.random(in: 0...limit, using: &generator))
        return max(wait, retryAfter ?? .zero)
    }
}
