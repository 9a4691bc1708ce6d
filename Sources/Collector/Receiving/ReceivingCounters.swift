import LogStore
import Synchronization

/// What came in, by protocol, since the start.
package struct ReceivingCounts: Sendable, Equatable {
    /// Events that clients sent and that are stored now, those that had come before included.
    package var events = 0
    /// Their bytes as JSON.
    package var bytes = 0
    package var batches = 0
    /// Events that were stored before.
    package var duplicates = 0
    /// Events that the store did not take: larger than allowed, or broken.
    package var refused = 0
    /// Events that were no JSON objects, and are kept as texts.
    package var wrapped = 0
    /// Requests and connections that were shut out or answered with an error.
    package var failures = 0
    /// Times that a client was told to wait: 429 over HTTP, a window that had to be stored again.
    package var overloads = 0

    package init() {}

    mutating func add(_ events: IncomingSummary, _ stored: [StoredAs]) {
        self.events += events.count
        bytes += events.bytes
        batches += 1
        wrapped += events.wrapped
        for outcome in stored {
            switch outcome {
            case .stored: break
            case .duplicate: duplicates += 1
            case .tooLarge, .invalid: refused += 1
            }
        }
    }
}

/// What the counters want to know of a batch after it is gone.
struct IncomingSummary: Sendable {
    var count: Int
    var bytes: Int
    var wrapped: Int
}

/// The counts of all protocols; one lock, taken once a batch.
package final class ReceivingCounters: Sendable {
    private let state = Mutex<[CollectorProtocol: ReceivingCounts]>([:])
    private let open = Mutex<[CollectorProtocol: Int]>([:])

    package init() {}

    /// By protocol; those that nobody has used are missing.
    package var counts: [CollectorProtocol: ReceivingCounts] { state.withLock { $0 } }

    /// Connections that are open now. HTTP ones are all counted as bulk's.
    package var connections: [CollectorProtocol: Int] { open.withLock { $0 } }

    func update(_ protocol: CollectorProtocol, _ change: (inout ReceivingCounts) -> Void) {
        state.withLock { change(&$0[`protocol`, default: ReceivingCounts()]) }
    }

    func connected(_ protocol: CollectorProtocol) { open.withLock { $0[`protocol`, default: 0] += 1 } }
    func disconnected(_ protocol: CollectorProtocol) { open.withLock { $0[`protocol`, default: 0] -= 1 } }
}
