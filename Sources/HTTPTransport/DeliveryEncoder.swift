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

    /// Writes the id of the event at this position.
    /// - Returns: false, and nothing written, when the cursor has not the room.
    package mutating func writeEventID(_ position: Int, to cursor: inout ByteCursor) -> Bool {
        let index = events[position]
        if position < counted { return silent.writeEventID(index, to: &cursor) }
        return counting.writeEventID(index, to: &cursor)
    }

    /// The event at this position in memory of its own, for what must look at it.
    package mutating func event(_ position: Int) -> [UInt8] {
        var capacity = 16 * 1024
        while true {
            var isWhole = false
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(buffer))
                let room = cursor.room
                isWhole = encode(position, to: &cursor)
                count = room - cursor.room
            }
            if isWhole { return bytes }
            capacity *= 4
        }
    }
}
