import Glibc
import Publishing
import Synchronization
import SystemTools

/// Where a lane's thread puts deliveries. Called by that thread only.
protocol Sink: AnyObject {
    /// Writes deliveries, as far as it goes; one reply each, in their order.
    func write(_ deliveries: [Delivery]) -> [Reply]
    /// The lane is closed; nothing is written after this.
    func finish()
}

/// A lane on a thread of its own, which starts with the first delivery. All that has queued up meanwhile is handed to
/// the sink at once, so that it can be made durable by one fsync.
///
/// - Ownership: the thread alone replies, so replies come in order.
final class SinkLane: OutputLane, @unchecked Sendable {
    // Safety: `sink` is used by the lane's thread only; the rest is guarded by the mutex.
    private struct Item {
        let delivery: Delivery
        let reply: @Sendable (Reply) -> Void
    }
    private struct State {
        var queue: [Item] = []
        var running = false
        var closed = false
    }
    private let state = Mutex(State())
    private let wake = Signal()
    /// Sent when the lane is closed, for a sink that waits for its reader.
    private let stop: Signal
    private let sink: any Sink
    private let threadName: String

    init(threadName: String, stop: Signal, sink: any Sink) {
        self.threadName = threadName
        self.stop = stop
        self.sink = sink
    }

    func send(_ delivery: Delivery, reply: @escaping @Sendable (Reply) -> Void) {
        let (gone, starts) = state.withLock { state in
            if state.closed && !state.running { return (true, false) }
            state.queue.append(Item(delivery: delivery, reply: reply))
            let starts = !state.running
            state.running = true
            return (false, starts)
        }
        if gone { return reply(SinkLane.closedReply) }
        if starts {
            _ = NamedThread(threadName) {
                SinkLane.blockBrokenPipe()
                self.run()
            }
        }
        wake.send()
    }

    func close() {
        state.withLock { $0.closed = true }
        stop.send()
        wake.send()
    }

    static let closedReply = Reply.retry(Reply.Failure(.shutdown, "the output is closed"))

    private func run() {
        while true {
            let items = state.withLock { state -> [Item]? in
                if state.closed { return nil }
                let items = state.queue
                state.queue.removeAll(keepingCapacity: true)
                return items
            }
            guard let items else { return end() }
            if items.isEmpty {
                wake.wait()
            } else {
                let replies = sink.write(items.map(\.delivery))
                for (item, reply) in zip(items, replies) { item.reply(reply) }
            }
        }
    }

    /// Whoever hears that the lane is closed finds the file closed, and its lock free.
    private func end() {
        sink.finish()
        while true {
            let items = state.withLock { state in
                let items = state.queue
                state.queue.removeAll()
                if items.isEmpty { state.running = false }
                return items
            }
            if items.isEmpty { return }
            for item in items { item.reply(SinkLane.closedReply) }
        }
    }

    /// A reader that goes away is an error of write(2) on this thread, and not the end of the process.
    private static func blockBrokenPipe() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
