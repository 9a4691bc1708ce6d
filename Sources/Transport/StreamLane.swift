package import EventModel
package import NIOCore
package import Publishing

/// How a `StreamLane` behaves.
package struct StreamLaneSettings: Sendable {
    /// Deliveries in flight, `OutputTraits.window`.
    package var window: Int
    /// How long the peer may make no progress.
    package var timeout: Duration
    /// Connections are renewed after this time, between deliveries; zero: never.
    package var ttl = Duration.zero
    /// A lane with nothing to send for this long frees the buffers it does not need at once.
    package var spareTime = Duration.seconds(1)
    /// Whether the first events of a delivery count as delivered when the connection breaks in its middle. A kernel's word
    /// is not enough for that: what the peer's process had not read is lost with it.
    package var settlesPrefix = true
    /// Why an event that cannot be sent is rejected.
    package var refusal = Reply.Rejection(reason: "too_large", answer: "the event is larger than the protocol allows")

    package init(window: Int, timeout: Duration) {
        self.window = window
        self.timeout = timeout
    }
}

/// A lane over one byte stream: Lumberjack and TCP.
///
/// Everything happens on one event loop: encoding too, chunk by chunk, so that the bytes are still in the processor's
/// cache when the kernel copies them. Encoding stops while the socket takes no more.
package final class StreamLane<Wire: StreamWire>: OutputLane, LaneLinkOwner, @unchecked Sendable {
    // Safety: `send` and `close` hop to `loop`; everything else is on it, which each entry asserts.
    let loop: any EventLoop
    let settings: StreamLaneSettings
    let counters: EventCounters?
    let link: LaneLink
    var wire: Wire
    var queue: [StreamPending] = []
    /// Chunks that the kernel has not taken yet, oldest first.
    var chunks: [StreamChunk] = []
    var pool: ChunkPool
    var gate = RetryGate()
    var isClosed = false
    private var isPumping = false
    var isTrimDue = false
    var unread = ByteBuffer()
    /// Events that the kernel has taken and the wire was not told of: it is asked for arrivals once a delivery, as each
    /// question costs as much as encoding some fifty events.
    var untold = 0
    var lastFailure = Reply.Failure(.shutdown, "the output is shutting down")
    var clock = LaneClock()

    package init(
        _ wire: Wire, settings: StreamLaneSettings, connector: Connector, ring: HostRing, loop: any EventLoop,
        counters: EventCounters?
    ) {
        self.wire = wire
        self.settings = settings
        self.loop = loop
        self.counters = counters
        link = LaneLink(connector: connector, ring: ring, loop: loop)
        pool = ChunkPool(capacity: wire.chunkBytes)
        link.owner = self
    }

    package func send(_ delivery: Delivery, reply: @escaping @Sendable (Reply) -> Void) {
        loop.execute { self.enqueue(delivery, reply) }
    }

    package func close() {
        loop.execute { self.shutDown() }
    }

    // MARK: On the loop

    private func enqueue(_ delivery: Delivery, _ reply: @escaping @Sendable (Reply) -> Void) {
        guard !isClosed, gate.admits(delivery) else { return reply(.turnedBack(lastFailure)) }
        if queue.isEmpty { clock.progress() }
        queue.append(StreamPending(feed: EventFeed(delivery, counters: counters), reply: reply))
        pump()
        settle()
        watch()
    }

    private func shutDown() {
        guard !isClosed else { return }
        isClosed = true
        link.drop()
        answerAll(Reply.Failure(.shutdown, "the output is shutting down"))
    }

    /// Encodes and sends as long as there is something to send and the socket takes it.
    ///
    /// A write can come back at once with `taken` or `linkWritable`; those find the pump running and leave the rest to it.
    func pump() {
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        while let index = queue.firstIndex(where: { !$0.feed.isAtEnd }) {
            guard link.phase == .open else { return link.connect() }
            guard link.isWritable else { return }
            if isRenewalDue, queue[index].feed.position == 0 {
                guard index == 0 else { return }
                link.renew()
            } else if let chunk = nextChunk(queue[index].feed) {
                send(chunk)
            }
        }
        // The end of the last delivery may have been refused.
        if chunks.isEmpty, untold > 0 { tell() }
    }

    private var isRenewalDue: Bool {
        link.isUsed && ((settings.ttl > .zero && link.age >= settings.ttl) || link.isHomeDue)
    }

    /// A chunk of encoded events; nil when the rest of the delivery cannot be sent.
    private func nextChunk(_ feed: EventFeed) -> StreamChunk? {
        var chunk = pool.take()
        while !feed.isAtEnd {
            let events = wire.encode(feed, into: &chunk)
            if events > 0 {
                return StreamChunk(buffer: chunk, events: events, endsDelivery: feed.isAtEnd)
            }
            if feed.isAtEnd { break }
            // The next event is larger than a chunk. Six bytes for one is the worst case; see `JSONEscape.room`.
            let wanted = max(2 * chunk.capacity, 6 * feed.lineLength + 64 * 1024)
            if wanted > StreamLane.largestChunk {
                feed.refuse()
            } else {
                pool.giveBack(chunk)
                chunk = pool.take(capacity: wanted)
            }
        }
        pool.giveBack(chunk)
        return nil
    }

    private func send(_ chunk: StreamChunk) {
        chunks.append(chunk)
        let promise = loop.makePromise(of: Void.self)
        let round = clock.round
        promise.futureResult.whenSuccess { self.taken(round) }
        link.write(chunk.buffer, promise: promise)
    }

    private static var largestChunk: Int { 1 << 31 }

    /// The kernel has taken the oldest chunk.
    private func taken(_ round: Int) {
        guard round == clock.round, !chunks.isEmpty else { return }
        let endsDelivery = chunks[0].endsDelivery
        untold += chunks[0].events
        // Nobody else may hold the buffer then, or clearing it for reuse would make a new one.
        pool.giveBack(chunks.removeFirst().buffer)
        clock.progress()
        if endsDelivery { tell() }
    }

    /// Tells the wire what the kernel has taken, and asks what has arrived.
    private func tell() {
        guard wire.isPolled else { return untold = 0 }
        wire.taken(events: untold, sent: link.bytesSent)
        untold = 0
        // No pumping from here: the channel, which called, still holds the buffers that it has written.
        let wasPumping = isPumping
        isPumping = true
        poll()
        isPumping = wasPumping
        if chunks.isEmpty, !queue.isEmpty {
            clock.hurry()
            watch()
        }
    }
}

// These are not nested in the lane: a generic type's parts are looked up at run time, again and again.

/// A delivery that has not been answered.
struct StreamPending {
    let feed: EventFeed
    var acknowledged = 0
    let reply: @Sendable (Reply) -> Void

    var isSettled: Bool { feed.isAtEnd && acknowledged == feed.sendable }
}

struct StreamChunk {
    let buffer: ByteBuffer
    let events: Int
    let endsDelivery: Bool
}
