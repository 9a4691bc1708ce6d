import Synchronization

/// When a search is to end, with what it has by then. Can be ended from another thread.
package final class Deadline: Sendable {
    private let end: ContinuousClock.Instant?
    private let isCancelled = Atomic(false)

    /// - Parameter duration: from now on; nil: as long as it takes.
    package init(_ duration: Duration? = nil) {
        end = duration.map { ContinuousClock.now + $0 }
    }

    package func cancel() { isCancelled.store(true, ordering: .relaxed) }

    package var isOver: Bool {
        if isCancelled.load(ordering: .relaxed) { return true }
        guard let end else { return false }
        return ContinuousClock.now >= end
    }
}
