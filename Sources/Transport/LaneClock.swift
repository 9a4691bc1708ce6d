import NIOCore

/// When a lane last got on, and when it looks again.
///
/// - Ownership: one event loop.
struct LaneClock {
    /// The first wait before the peer's kernel is asked again, and the longest; it doubles in between.
    static let firstPoll = Duration.milliseconds(1)
    static let longestPoll = Duration.milliseconds(50)

    /// Counts connections, so that a late write of an old one is not taken for a new one's.
    private(set) var round = 0
    private var last = NIODeadline.now()
    private var poll = LaneClock.firstPoll
    private var timer: Scheduled<Void>?

    var sinceProgress: Duration { .nanoseconds((NIODeadline.now() - last).nanoseconds) }

    mutating func progress() {
        last = .now()
    }

    /// Everything has been sent: look soon whether it arrives.
    mutating func hurry() {
        poll = LaneClock.firstPoll
        cancel()
    }

    mutating func startRound() {
        round += 1
        cancel()
    }

    /// How long to wait before asking the kernel.
    var nextPoll: Duration { poll }

    /// Sets the timer, unless it is set.
    mutating func schedule(_ delay: Duration, on loop: any EventLoop, _ tick: @escaping @Sendable () -> Void) {
        guard timer == nil else { return }
        timer = loop.scheduleTask(in: TimeAmount(delay), tick)
    }

    mutating func fired() {
        timer = nil
        poll = min(poll * 2, LaneClock.longestPoll)
    }

    mutating func cancel() {
        timer?.cancel()
        timer = nil
    }
}
