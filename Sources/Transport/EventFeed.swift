package import ByteTools
package import EventModel
package import Publishing

/// The events of one delivery, encoded one after the other as buffers have room.
///
/// - Shape: an object, one per delivery: a struct of this size would be copied, with all it refers to, at every look
///   that another target takes at it.
/// - Ownership: one event loop.
package final class EventFeed {
    package let delivery: Delivery
    private var encoder: EventEncoder
    /// Events of the delivery.
    private let count: Int
    /// Index in the batch of the first event, and of all of them where they do not follow each other.
    private let first: Int
    private let list: [Int32]?
    /// Position in the delivery's selection of the event that comes next.
    package private(set) var position = 0
    /// Positions of events that the protocol cannot carry.
    package private(set) var refused: [Int] = []

    /// - Parameter counters: of the pipeline; they count at the first attempt only.
    package init(_ delivery: Delivery, counters: EventCounters?) {
        self.delivery = delivery
        count = delivery.events.count
        switch delivery.events {
        case .range(let range): (first, list) = (range.lowerBound, nil)
        case .list(let indices): (first, list) = (0, indices)
        }
        encoder = EventEncoder(delivery.batch, counters: delivery.attempt == 0 ? counters : nil)
    }

    package var isAtEnd: Bool { position == count }

    /// Bytes of the raw line that comes next.
    package var lineLength: Int { delivery.batch.lines[delivery.events[position]].length }

    /// Events that were or will be sent.
    package var sendable: Int { delivery.events.count - refused.count }

    /// Writes the next event without moving on; false, and nothing written, when there is not the room.
    package func encode(to cursor: inout ByteCursor) -> Bool {
        if let list { return encoder.encode(Int(list[position]), to: &cursor) }
        return encoder.encode(first + position, to: &cursor)
    }

    /// The event has been written; on to the next one.
    package func advance() { position += 1 }

    /// The event cannot be sent; on to the next one.
    package func refuse() {
        refused.append(position)
        position += 1
    }

    /// The answer when the first `acknowledged` of the events that can be sent have arrived.
    /// - Parameter failure: why the others did not; nil when all have arrived.
    func reply(acknowledged: Int, failure: Reply.Failure?, refusal: Reply.Rejection) -> Reply {
        guard !refused.isEmpty else {
            guard let failure else { return .delivered }
            return acknowledged == 0 ? .retry(failure) : Reply(.prefix(delivered: acknowledged), failure: failure)
        }
        var verdicts: [Reply.Verdict] = []
        var left = acknowledged
        var next = refused[...]
        for position in 0..<delivery.events.count {
            if next.first == position {
                verdicts.append(.rejected(reason: 0))
                next.removeFirst()
            } else {
                verdicts.append(left > 0 ? .delivered : .retry)
                left -= 1
            }
        }
        return Reply(.each(verdicts), failure: failure, reasons: [refusal])
    }
}
