import EventModel
import Publishing
import SystemTools

/// A lane: deliveries are encoded and handed to librdkafka by a thread of its own, and answered in their order when
/// the last report of each has come.
///
/// - Ownership: the thread sends; replies are given by whoever finds the oldest delivery settled, one at a time.
final class KafkaLane: OutputLane, @unchecked Sendable {
    // Safety: what changes is in the monitor; `sender` is the thread's.
    private struct State: @unchecked Sendable {
        // Safety: its objects are handed from one owner to the next through the monitor.
        /// Not answered yet, oldest first.
        var order: [PendingDelivery] = []
        /// Not sent yet.
        var queue: [PendingDelivery] = []
        /// To be used again.
        var spare: [MessageSet] = []
        var gate = RetryGate()
        var lastFailure = KafkaLane.closing
        var isRunning = false
        var isClosed = false
        var isAnswering = false
    }

    private let monitor = Monitor(State())
    private let context: KafkaOutput.Context
    private let index: Int

    static let closing = Reply.Failure(.shutdown, "the output is shutting down")
    /// Message sets that are kept while there is something to send, and how long they are after that.
    private static let spareSets = 4
    private static let spareTime: Int64 = 1_000_000_000

    init(_ index: Int, _ context: KafkaOutput.Context) {
        self.index = index
        self.context = context
        context.producers.laneOpened()
    }

    func send(_ delivery: Delivery, reply: @escaping @Sendable (Reply) -> Void) {
        let pending = PendingDelivery(delivery, lane: self, reply: reply)
        let (starts, refusal) = monitor.change { state -> ((Bool, Reply?), wake: Bool) in
            guard !state.isClosed else { return ((false, .turnedBack(KafkaLane.closing)), wake: false) }
            state.order.append(pending)
            guard state.gate.admits(delivery) else {
                pending.result = .turnedBack(state.lastFailure)
                pending.isCounted = true
                return ((false, nil), wake: false)
            }
            state.queue.append(pending)
            let starts = !state.isRunning
            state.isRunning = true
            return ((starts, nil), wake: true)
        }
        if let refusal { return reply(refusal) }
        if starts { _ = NamedThread("kafka lane \(index)") { self.run() } }
        answer()
    }

    func close() {
        let closes = monitor.change { state in
            guard !state.isClosed else { return (false, wake: false) }
            state.isClosed = true
            for pending in state.order where pending.result == nil { pending.result = .retry(KafkaLane.closing) }
            state.queue = []
            return (true, wake: true)
        }
        guard closes else { return }
        context.producers.laneClosed()
        answer()
    }

    // MARK: Answers

    /// The last report of a delivery has come.
    func reported(_ pending: PendingDelivery) {
        let result = unsafe pending.verdict { unsafe context.producers.learn(refusedBy: $0, $1) }
        settle(pending, result)
        pending.producer?.end(pending.number)
    }

    private func settle(_ pending: PendingDelivery, _ result: Reply) {
        monitor.change { state in
            if pending.result == nil {
                pending.result = result
                if let failure = result.failure {
                    state.lastFailure = failure
                    // Counted before the producer can end, so that nothing behind it goes to the next one.
                    if !pending.isCounted { state.gate.failed(1) }
                }
            }
            if let set = pending.set, !state.isClosed, state.spare.count < KafkaLane.spareSets {
                set.clear()
                state.spare.append(set)
            }
            pending.set = nil
            return ((), wake: false)
        }
        answer()
    }

    /// Answers what is settled, unless another thread is at it, which will see this too.
    private func answer() {
        var isFirst = true
        while let (pending, result) = next(isFirst) {
            isFirst = false
            pending.reply(result)
        }
    }

    private func next(_ isFirst: Bool) -> (PendingDelivery, Reply)? {
        monitor.withLock { state in
            if isFirst, state.isAnswering { return nil }
            guard let pending = state.order.first, let result = pending.result else {
                state.isAnswering = false
                return nil
            }
            state.order.removeFirst()
            state.isAnswering = true
            return (pending, result)
        }
    }

    // MARK: The thread

    private func run() {
        let sender = DeliverySender(context)
        while let (pending, set) = take() {
            pending.set = set ?? MessageSet(capacity: max(pending.count, context.traits.maxEvents))
            if let reply = sender.send(pending, isClosed: { self.isClosed }, mayGo: { self.mayGo(pending) }) {
                settle(pending, reply)
            }
        }
    }

    /// Whether nothing in front of a delivery has failed since it was admitted; otherwise its answer.
    private func mayGo(_ pending: PendingDelivery) -> Reply? {
        monitor.withLock { state in
            if state.gate.admits(pending.delivery) { return nil }
            pending.isCounted = true
            return .turnedBack(state.lastFailure)
        }
    }

    private var isClosed: Bool { monitor.withLock { $0.isClosed } }

    /// The next delivery to send; nil when the lane is closed. Memory that is not used for a while is freed.
    private func take() -> (PendingDelivery, MessageSet?)? {
        let idleSince = Clocks.monotonic
        return monitor.wait { state in
            if state.isClosed { return .done(nil) }
            guard !state.queue.isEmpty else {
                guard !state.spare.isEmpty else { return .wait(until: nil) }
                let deadline = idleSince + KafkaLane.spareTime
                if Clocks.monotonic < deadline { return .wait(until: deadline) }
                state.spare = []
                return .wait(until: nil)
            }
            let pending = state.queue.removeFirst()
            let fitting = state.spare.lastIndex { $0.capacity >= pending.count }
            return .done((pending, fitting.map { state.spare.remove(at: $0) }))
        }
    }
}
