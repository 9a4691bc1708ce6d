/// Keeps the order of a lane after a failure.
///
/// When deliveries are answered with retry, others may already be on their way, sent before the pipeline saw the answer.
/// They must not overtake: the gate turns them back. Which they are it knows by counting: a delivery says how many failed
/// answers the pipeline had seen (`Delivery.failuresSeen`), and one that was sent in ignorance of any is turned back, with
/// a failed answer of its own. So nothing depends on which batch comes next, or on whether the one that failed ever
/// comes again (it may be a dead letter by now).
package struct RetryGate {
    /// Answers with a failure that the lane has given.
    private var failures = 0

    package init() {}

    /// So many deliveries were answered with a failure.
    package mutating func failed(_ count: Int) { failures += count }

    /// Whether the delivery may be sent; if not, it is to be answered with `Reply.turnedBack`, which counts as a failure.
    package mutating func admits(_ delivery: Delivery) -> Bool {
        if delivery.failuresSeen == failures { return true }
        failures += 1
        return false
    }
}
