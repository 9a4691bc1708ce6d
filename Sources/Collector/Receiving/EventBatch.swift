import Glibc
package import LogStore

/// Events on their way from a listener to the store, one behind the other.
package struct EventBatch: Sendable {
    package private(set) var bytes: [UInt8] = []
    package private(set) var ends: [Int] = []
    private var ids: [String?] = []
    private var hasIDs = false

    package init() {}

    /// Events that one request may hold; what is kept for each counts, too.
    static let requestLimit = 200_000

    package var count: Int { ends.count }
    package var byteCount: Int { bytes.count }
    package var isEmpty: Bool { ends.isEmpty }

    mutating func append(_ event: UnsafeBufferPointer<UInt8>, id: String? = nil) {
        unsafe bytes.append(contentsOf: event)
        noteEnd(id)
    }

    package mutating func append(_ event: [UInt8], id: String? = nil) {
        bytes += event
        noteEnd(id)
    }

    mutating func append(_ event: ArraySlice<UInt8>, id: String? = nil) {
        bytes += event
        noteEnd(id)
    }

    /// Adds an event that `write` appends piece by piece.
    mutating func append(writing write: (inout [UInt8]) -> Void) {
        write(&bytes)
        noteEnd(nil)
    }

    private mutating func noteEnd(_ id: String?) {
        ends.append(bytes.count)
        if id != nil, !hasIDs {
            hasIDs = true
            ids = Array(repeating: nil, count: ends.count - 1)
        }
        if hasIDs { ids.append(id) }
    }

    /// Checks every event, wraps those that are no JSON objects, and empties the batch.
    /// - Returns: what the store takes, and how many events were wrapped.
    package mutating func finish(received: Int64 = EventBatch.now()) -> (events: IncomingEvents, wrapped: Int) {
        let wrapped = EventCheck.makeValid(&bytes, &ends)
        let events = IncomingEvents(bytes: bytes, ends: ends, ids: hasIDs ? ids : nil, received: received)
        self = EventBatch()
        return (events, wrapped)
    }

    /// ns since 1970.
    package static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
