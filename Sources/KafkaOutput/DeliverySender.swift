import CKafka
import EventModel
import Publishing

/// Encodes deliveries and hands them to the producer, on the thread of a lane.
@safe
final class DeliverySender {
    private let context: KafkaOutput.Context

    init(_ context: KafkaOutput.Context) { self.context = context }

    /// Sends all of a delivery; its reports come to `PendingDelivery.wasReported`.
    /// - Parameter mayGo: asked once the producer of the deliveries in front is known to be the same, or to have ended.
    /// - Returns: the answer if nothing was sent, and nothing will be reported.
    func send(_ pending: PendingDelivery, isClosed: () -> Bool, mayGo: () -> Reply?) -> Reply? {
        guard let set = pending.set else { return .retry(KafkaLane.closing) }
        let producer: KafkaProducer
        do {
            producer = try context.producers.current()
        } catch {
            return .retry(Reply.Failure(.status, error.message))
        }
        guard let number = producer.begin() else { return .retry(producer.failure ?? KafkaLane.closing) }
        if let reply = mayGo() {
            producer.end(number)
            return reply
        }
        var encoder = MessageEncoder(pending.delivery, context, producer)
        guard encoder.encodeAll(into: set) else {
            producer.end(number)
            return .retry(producer.failure ?? KafkaLane.closing)
        }
        pending.refusals = encoder.refusals
        pending.producer = producer
        pending.number = number
        hand(pending, set, producer, isClosed)
        return nil
    }

    /// Puts the messages into the queue; waits while it is full. A message that is not taken for another reason ends it,
    /// and the producer with it, so that nothing overtakes.
    private func hand(
        _ pending: PendingDelivery, _ set: MessageSet, _ producer: KafkaProducer, _ isClosed: () -> Bool
    ) {
        let count = UInt32(pending.count)
        unsafe ck_delivery_begin(set.handle, count, Unmanaged.passRetained(pending).toOpaque())
        var at: UInt32 = 0
        while at < count {
            let rounds = producer.rounds
            let canGoOn = !isClosed() && !producer.isRetired
            var refusal: Int32 = 0
            if canGoOn {
                at = unsafe context.headers.send(producer.handle, set.handle, at, count, error: &refusal)
                if refusal != 0, refusal != RD_KAFKA_RESP_ERR__QUEUE_FULL.rawValue { producer.refused(refusal) }
            }
            if at < count, !canGoOn || !producer.waitForRoom(since: rounds) {
                let error = RD_KAFKA_RESP_ERR__PURGE_QUEUE.rawValue
                unsafe ck_abandon(producer.handle, set.handle, at, count, error)
                at = count
            }
        }
        unsafe ck_release(producer.handle, set.handle)
    }
}
