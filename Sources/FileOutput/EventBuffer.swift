import ByteTools
import EventModel
import Publishing

/// The events of one delivery as lines, in memory that is used again.
///
/// - Shape: the bytes, and where each event ends (its line feed included).
/// - Ownership: one thread.
@safe
final class EventBuffer {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0
    private(set) var ends: [Int] = []
    private let counters: EventCounters?

    init(capacity: Int = 256 * 1024, counters: EventCounters?) {
        self.capacity = capacity
        self.counters = counters
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    }

    deinit { unsafe base.deallocate() }

    /// Replaces what is there by the events of a delivery.
    func encode(_ delivery: Delivery) {
        count = 0
        ends.removeAll(keepingCapacity: true)
        var encoder = EventEncoder(delivery.batch, counters: delivery.attempt == 0 ? counters : nil)
        var position = 0
        while position < delivery.events.count {
            var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(start: base + count, count: capacity - count))
            while position < delivery.events.count {
                let mark = cursor
                // One byte is kept for the line feed.
                guard encoder.encode(delivery.events[position], to: &cursor), cursor.room > 0 else {
                    cursor = mark
                    break
                }
                cursor.put(0x0a)
                position += 1
                ends.append(capacity - cursor.room)
            }
            count = capacity - cursor.room
            if position < delivery.events.count { grow() }
        }
    }

    private func grow() {
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity * 2, alignment: 16)
        unsafe larger.copyMemory(from: base, byteCount: count)
        unsafe base.deallocate()
        unsafe base = larger
        capacity *= 2
    }

    /// Calls `body` with a part of the bytes.
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        precondition(range.upperBound <= count)
        return unsafe body(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// How many events, from `first` on, end within the first `bytes` bytes.
    func events(from first: Int, within bytes: Int) -> Int {
        var low = first
        var high = ends.count
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= bytes { low = middle + 1 } else { high = middle }
        }
        return low - first
    }
}
