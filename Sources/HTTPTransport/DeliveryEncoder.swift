package import ByteTools
package import EventModel

/// The encoder of one delivery, which counts what it sees in a line once, however often the line is encoded.
package struct DeliveryEncoder {
    package let events: EventSelection
    package let batch: Batch
    private var counting: EventEncoder
    private var silent: EventEncoder
    private var counted: Int

    /// - Parameter counters: nil on a retry.
    package init(_ batch: Batch, _ events: EventSelection, counters: EventCounters?) {
        self.batch = batch
        self.events = events
        counting = EventEncoder(batch, counters: counters)
        silent = EventEncoder(batch)
        counted = 0
    }

    /// Writes the event at this position of the delivery.
    /// - Returns: false, and nothing written, when the cursor has not the room; come back with more.
    package mutating func encode(_ position: Int, to cursor: inout ByteCursor) -> Bool {
        let index = events[position]
        if position < counted { return silent.encode(index, to: &cursor) }
        guard counting.encode(index, to: &cursor) else { return false }
        counted = position + 1
        return true
    }
}
