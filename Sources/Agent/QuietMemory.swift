import CShim
import Publishing

/// Lets a pipeline that has nothing to do give memory back: once when it has been quiet for a moment, and then only
/// after it had work again.
///
/// - Ownership: the pipeline's thread.
struct QuietMemory {
    /// How long nothing must have happened. The connection's own buffers are freed after a second.
    static let delay = Duration.seconds(3)
    /// Between two times; what is let go is read again page by page.
    static let pause = Duration.seconds(60)

    private var quietSince: MonotonicTime?
    private var releasedAt: MonotonicTime?
    private var isReleased = false

    /// There was work.
    mutating func busy() {
        quietSince = nil
        isReleased = false
    }

    /// There is nothing to do.
    /// - Returns: when this is to be called again; nil: there is no need.
    mutating func quiet(now: MonotonicTime, release: () -> Void = nt_release_memory) -> MonotonicTime? {
        if isReleased { return nil }
        let since = quietSince ?? now
        quietSince = since
        let due = max(since + QuietMemory.delay, releasedAt.map { $0 + QuietMemory.pause } ?? since)
        guard now >= due else { return due }
        release()
        isReleased = true
        releasedAt = now
        return nil
    }
}
