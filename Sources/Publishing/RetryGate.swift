import EventModel

/// Keeps the order of a lane after a failure.
///
/// When deliveries are answered with retry, others may already be on their way, sent before the pipeline saw the answer.
/// They must not overtake: the gate turns them back until the first of those that failed comes again. The pipeline has
/// at most a window of deliveries out, which bounds how many can be on their way, so the gate opens by itself when
/// the failed batch never comes back (it went to the dead letters).
package struct RetryGate {
    private let window: Int
    private var failedBatch: Batch?
    private var failedAttempt = 0
    private var stragglers = 0

    /// - Parameter window: `OutputTraits.window`.
    package init(window: Int) {
        self.window = window
    }

    /// These deliveries were answered with retry, in this order.
    package mutating func failed(first: Delivery, count: Int) {
        failedBatch = first.batch
        failedAttempt = first.attempt
        stragglers = window - count
        if stragglers <= 0 { open() }
    }

    /// Whether the delivery may be sent; if not, it is to be answered with retry.
    package mutating func admits(_ delivery: Delivery) -> Bool {
        guard let batch = failedBatch else { return true }
        if stragglers <= 0 || (delivery.batch === batch && delivery.attempt > failedAttempt) {
            open()
            return true
        }
        stragglers -= 1
        return false
    }

    private mutating func open() {
        failedBatch = nil
        stragglers = 0
    }
}
