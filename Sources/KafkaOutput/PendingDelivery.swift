import CKafka
import EventModel
import Publishing

/// A delivery between its arrival at a lane and its answer.
///
/// - Ownership: `set`, `producer` and `refusals` belong to the lane's thread until the messages are sent, then to
///   whoever learns of the last report; `result` is guarded by the lane's monitor.
final class PendingDelivery: @unchecked Sendable {
    // Safety: see above.
    let delivery: Delivery
    let reply: @Sendable (Reply) -> Void
    private let lane: KafkaLane
    var set: MessageSet?
    var producer: KafkaProducer?
    /// The producer's number of this delivery.
    var number = 0
    /// Events that were not sent at all: position and why.
    var refusals: [(position: Int, rejection: Reply.Rejection)] = []

    /// What to answer, once it is known.
    var result: Reply?
    /// The gate has counted the answer's failure already.
    var isCounted = false

    init(_ delivery: Delivery, lane: KafkaLane, reply: @escaping @Sendable (Reply) -> Void) {
        self.delivery = delivery
        self.lane = lane
        self.reply = reply
    }

    var count: Int { delivery.events.count }

    /// The last message was reported.
    func wasReported() { lane.reported(self) }

    /// What the reports come to.
    /// - Parameter learn: called when a topic refused a batch that may have held several events.
    func verdict(learn: (KafkaProducer, _ topic: OpaquePointer) -> Void) -> Reply {
        guard let set, let producer else { return .retry(.init(.shutdown, "nothing was sent")) }
        if unsafe ck_delivery_failed(set.handle) == 0, refusals.isEmpty { return .delivered }
        var verdicts = [Reply.Verdict](repeating: .delivered, count: count)
        var reasons: [Reply.Rejection] = []
        func reject(_ position: Int, _ rejection: Reply.Rejection) {
            if reasons.last != rejection { reasons.append(rejection) }
            verdicts[position] = .rejected(reason: reasons.count - 1)
        }
        var failure: Reply.Failure?
        var refusing: OpaquePointer?
        for position in 0..<count {
            let error = unsafe set.messages[position].error
            if error == 0 { continue }
            let rule = ReportRule(error)
            switch rule {
            case .delivered: break
            case .rejected(let reason):
                reject(position, .init(reason: reason, answer: producer.library.text(error)))
            case .tooLarge where unsafe set.messages[position].wireBytes >= producer.batchLimit:
                reject(position, .init(reason: "too_large", answer: producer.library.text(error)))
            case .tooLarge, .retry:
                if rule == .tooLarge { unsafe refusing = set.messages[position].topic }
                verdicts[position] = .retry
                failure = failure ?? self.failure(error, producer)
            }
        }
        for refusal in refusals { reject(refusal.position, refusal.rejection) }
        if let refusing = unsafe refusing { unsafe learn(producer, refusing) }
        if verdicts.allSatisfy({ $0 == .retry }), let failure { return .retry(failure) }
        return Reply(.each(verdicts), failure: failure, reasons: reasons)
    }

    /// What was turned back with others tells what happened to those.
    private func failure(_ error: Int32, _ producer: KafkaProducer) -> Reply.Failure {
        let label = ReportRule.label(error)
        if label == .reset, let failure = producer.failure { return failure }
        return Reply.Failure(label, "\(producer.library.name(error)): \(producer.library.text(error))")
    }
}

extension ck_message {
    /// What the message takes in a batch at least: without it no other fits beside it.
    var wireBytes: Int { unsafe Int(value_length) + Int(key_length) }
}
