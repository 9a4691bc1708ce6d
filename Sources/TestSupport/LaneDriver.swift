package import EventModel
package import Publishing
import Synchronization

/// Sends deliveries on a lane and awaits the replies, as a pipeline does; notes every breach of the lane's contract.
package final class LaneDriver: Sendable {
    private struct State {
        var sent = 0
        var failures = 0
        var replies: [Int: Reply] = [:]
        var next = 0
        var waiters: [Int: CheckedContinuation<Reply, Never>] = [:]
        var breaches: [String] = []
    }
    private let state = Mutex(State())
    package let lane: any OutputLane

    package init(_ lane: any OutputLane) { self.lane = lane }

    /// Replies that came twice or out of order.
    package var breaches: [String] { state.withLock { $0.breaches } }

    /// Deliveries that have not been answered.
    package var outstanding: Int { state.withLock { $0.sent - $0.replies.count } }

    /// Sends, and returns the number to ask for the reply by.
    @discardableResult
    package func send(_ delivery: Delivery) -> Int {
        var delivery = delivery
        let number = state.withLock { state in
            state.sent += 1
            delivery.failuresSeen = state.failures
            return state.sent - 1
        }
        lane.send(delivery) { [self] in answered(number, $0) }
        return number
    }

    package func reply(to number: Int) async -> Reply {
        await withCheckedContinuation { continuation in
            let reply = state.withLock { state in
                if state.replies[number] == nil { state.waiters[number] = continuation }
                return state.replies[number]
            }
            if let reply { continuation.resume(returning: reply) }
        }
    }

    /// Sends all of a batch once and awaits the reply.
    package func deliver(_ batch: Batch) async -> Reply { await reply(to: send(Delivery(all: batch))) }

    private func answered(_ number: Int, _ reply: Reply) {
        let waiter = state.withLock { state in
            if state.replies[number] != nil {
                state.breaches.append("delivery \(number) was answered twice: \(reply)")
                return nil as CheckedContinuation<Reply, Never>?
            }
            if number != state.next { state.breaches.append("delivery \(number) was answered before \(state.next)") }
            state.next = max(state.next, number) + 1
            if reply.failure != nil { state.failures += 1 }
            state.replies[number] = reply
            return state.waiters.removeValue(forKey: number)
        }
        waiter?.resume(returning: reply)
    }
}

extension LaneDriver {
    /// What became of some batches in the end.
    package struct Settlement: Sendable, Equatable {
        package var delivered = 0
        package var rejected: [Reply.Rejection] = []
        /// Deliveries that had to be sent again.
        package var retries = 0
        package var failures: [Reply.Failure] = []

        package init(delivered: Int = 0) {
            self.delivered = delivered
        }
    }

    /// Sends batches, `window` at a time, and again what is to be retried, until every event is settled.
    /// - Throws: `ContractBreach` after `attempts` rounds without an event being settled.
    package func settle(_ batches: [Batch], window: Int, attempts: Int = 100) async throws -> Settlement {
        var settlement = Settlement()
        var queue = batches.map { Delivery(all: $0) }
        var fruitless = 0
        while !queue.isEmpty {
            let round = Array(queue.prefix(max(1, window)))
            let numbers = round.map { send($0) }
            var again: [Delivery] = []
            for (delivery, number) in zip(round, numbers) {
                let reply = await reply(to: number)
                let left = settlement.note(delivery, reply)
                if !again.isEmpty, left?.events.count != delivery.events.count {
                    throw ContractBreach("a delivery was taken although one before it is to be retried")
                }
                if let left { again.append(left) }
            }
            fruitless = again.map(\.events) == round.map(\.events) ? fruitless + 1 : 0
            if fruitless == attempts {
                throw ContractBreach("no progress in \(attempts) attempts: \(settlement.failures.last as Any)")
            }
            queue.replaceSubrange(0..<round.count, with: again)
        }
        return settlement
    }
}

extension LaneDriver.Settlement {
    /// Counts what was settled; returns what is left to be sent.
    fileprivate mutating func note(_ delivery: Delivery, _ reply: Reply) -> Delivery? {
        var left: [Int32] = []
        for position in 0..<delivery.events.count {
            switch reply.verdict(at: position) {
            case .delivered: delivered += 1
            case .rejected(let reason): rejected.append(reply.reasons[reason])
            case .retry: left.append(Int32(delivery.events[position]))
            }
        }
        if left.isEmpty { return nil }
        retries += 1
        if let failure = reply.failure { failures.append(failure) }
        let events = left.count == delivery.events.count ? delivery.events : .list(left)
        return Delivery(batch: delivery.batch, events: events, attempt: delivery.attempt + 1)
    }
}
