package import NIOCore

/// What a protocol does on a `StreamLane`: how events become bytes, and how it learns that they have arrived.
///
/// A stream acknowledges in order, so all that the lane needs to know is how many events have arrived.
/// - Ownership: the lane's event loop.
package protocol StreamWire: SendableMetatype {
    /// Bytes of a chunk that the lane hands to `encode`.
    var chunkBytes: Int { get }
    /// Whether arrival is found out by asking the kernel (`poll`), and not from what the peer sends.
    var isPolled: Bool { get }

    /// A new connection: forget the last one.
    mutating func opened()

    /// Writes as many events as fit into the chunk.
    /// - Returns: how many. 0 with the feed not at its end: the chunk is too small for the next event.
    mutating func encode(_ feed: EventFeed, into chunk: inout ByteBuffer) -> Int

    /// The kernel has taken so many events more, and `sent` bytes of the connection in all. Only asked of a wire that is
    /// polled, once a delivery.
    mutating func taken(events: Int, sent: Int)

    /// Reads what the peer sent; what is not used stays in `bytes` and comes again with more.
    mutating func received(_ bytes: inout ByteBuffer) throws(TransportError) -> Arrival

    /// The peer's kernel has so many bytes of the connection.
    mutating func polled(acknowledged: Int) -> Arrival
}

/// News of what has arrived.
package struct Arrival: Equatable {
    /// Events that have arrived since the last news.
    package var events: Int
    /// The peer lives: the timeout starts anew.
    package var isProgress: Bool

    package init(events: Int, isProgress: Bool) {
        self.events = events
        self.isProgress = isProgress
    }
}
