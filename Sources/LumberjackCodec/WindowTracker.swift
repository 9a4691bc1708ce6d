/// The windows that were sent on a connection and are not fully acknowledged, in order.
package struct WindowTracker {
    private var counts: [Int] = []
    /// Events of the first window that have been acknowledged.
    private var acknowledged = 0

    package init() {}

    package mutating func sent(window count: Int) { counts.append(count) }

    /// Takes an acknowledgement.
    /// - Returns: how many more events have arrived; 0 for a keep-alive.
    package mutating func acknowledge(_ sequence: UInt32) throws(LumberjackError) -> Int {
        guard let count = counts.first else {
            if sequence == 0 { return 0 }
            throw LumberjackError(.acknowledgement, "the server acknowledged \(sequence) events when none was out")
        }
        guard sequence <= count else {
            throw LumberjackError(
                .acknowledgement, "the server acknowledged \(sequence) events of a window of \(count)")
        }
        let news = Int(sequence) - acknowledged
        guard news > 0 else { return 0 }
        acknowledged += news
        if acknowledged == count {
            counts.removeFirst()
            acknowledged = 0
        }
        return news
    }
}
