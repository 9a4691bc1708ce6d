import Publishing
import TestSupport
import Testing

/// The waits, as numbers.
struct BackoffTests {
    @Test(arguments: zip(0..<9, [1, 2, 4, 8, 16, 32, 60, 60, 60]))
    func `the wait is drawn between nothing and a doubling bound`(_ failures: Int, _ seconds: Int) {
        func wait(_ generator: any RandomNumberGenerator) -> Duration {
            var generator = generator
            var backoff = Backoff(initial: .seconds(1), maximum: .seconds(60))
            for _ in 0..<failures { _ = backoff.next(retryAfter: nil, using: &generator) }
            #expect(backoff.bound == .seconds(seconds))
            return backoff.next(retryAfter: nil, using: &generator)
        }
        #expect(wait(ExtremeGenerator(longest: false)) == .zero)
        #expect(wait(ExtremeGenerator(longest: true)) == .seconds(seconds))
    }

    @Test func `the waits are spread over the whole range`() {
        var generator = SeededGenerator(seed: 7)
        let waits = (0..<400).map { _ in
            var backoff = Backoff(initial: .seconds(1), maximum: .seconds(60))
            return backoff.next(retryAfter: nil, using: &generator)
        }
        for quarter in 0..<4 {
            let range = Duration.milliseconds(250 * quarter)..<Duration.milliseconds(250 * (quarter + 1))
            #expect(waits.count { range.contains($0) } > 60)
        }
    }

    @Test func `a wait that the server names is the least`() {
        var longest = ExtremeGenerator(longest: true)
        var backoff = Backoff(initial: .seconds(1), maximum: .seconds(60))
        #expect(backoff.next(retryAfter: .seconds(90), using: &longest) == .seconds(90))
        #expect(backoff.next(retryAfter: .milliseconds(1), using: &longest) == .seconds(2))
    }

    @Test func `many failures do not overflow, and a reset starts anew`() {
        var generator = SeededGenerator(seed: 1)
        var backoff = Backoff(initial: .seconds(60), maximum: .seconds(3600))
        for _ in 0..<200 { _ = backoff.next(retryAfter: nil, using: &generator) }
        #expect(backoff.bound == .seconds(3600))
        backoff.reset()
        #expect(backoff.bound == .seconds(60))
    }

    @Test(arguments: [
        (0, Duration.seconds(1), 1_000_000_000), (Int64.max - 5, .seconds(1), .max), (.min + 5, .seconds(-1), .min),
        (0, .seconds(Int64.max), .max), (0, .seconds(Int64.min), .min), (5, .nanoseconds(-6), -1),
    ])
    func `time stops at its ends instead of running round`(_ start: Int64, _ wait: Duration, _ end: Int64) {
        #expect((MonotonicTime(nanoseconds: start) + wait).nanoseconds == end)
    }
}
