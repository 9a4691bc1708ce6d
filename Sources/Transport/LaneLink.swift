package import NIOCore
package import Publishing
import Synchronization

/// What a lane hears of its connection. All calls come on the lane's event loop.
package protocol LaneLinkOwner: AnyObject {
    func linkOpened()
    func linkReceived(_ bytes: inout ByteBuffer)
    /// The socket takes more again.
    func linkWritable()
    /// The peer ended the connection; its last acknowledgements can still be read. `linkLost` follows.
    func linkEnding()
    /// The attempt to connect failed, or the connection broke. The link is idle again.
    func linkLost(_ failure: Reply.Failure)
}

/// The connection of one lane: made when first needed, to the hosts of its ring in turn.
///
/// - Ownership: one event loop; every call and callback is on it.
package final class LaneLink {
    package enum Phase: Equatable { case idle, connecting, open }

    package private(set) var phase = Phase.idle
    package weak var owner: (any LaneLinkOwner)?
    private let connector: Connector
    private let loop: any EventLoop
    private var ring: HostRing
    private var handler: LinkHandler?
    private var wire: WireHandler?
    /// Number of the attempt, so that what an older one reports is not taken for the current one's.
    private var round = 0
    private var openedAt = NIODeadline.uptimeNanoseconds(0)

    package init(connector: Connector, ring: HostRing, loop: any EventLoop) {
        self.connector = connector
        self.ring = ring
        self.loop = loop
    }

    package var endpoint: Endpoint { ring.current }

    /// Starts to connect, if there is no connection yet.
    package func connect() {
        loop.assertInEventLoop()
        guard phase == .idle else { return }
        phase = .connecting
        round += 1
        let round = round
        let link = NIOLoopBound(self, eventLoop: loop)
        connector.connect(
            to: ring.current, on: loop,
            wire: { try $0.pipeline.syncOperations.addHandler(WireHandler(link.value, round)) },
            plain: { try $0.pipeline.syncOperations.addHandler(LinkHandler(link.value, round)) }
        ).whenComplete { result in
            switch result {
            case .success(let channel): link.value.opened(channel, round)
            case .failure(let error): link.value.lost(TransportError(error, fallback: .connect), round)
            }
        }
    }

    private func opened(_ channel: any Channel, _ round: Int) {
        let sync = channel.pipeline.syncOperations
        guard round == self.round, phase == .connecting else { return channel.close(promise: nil) }
        guard channel.isActive, let handler = try? sync.handler(type: LinkHandler.self),
            let wire = try? sync.handler(type: WireHandler.self)
        else {
            channel.close(promise: nil)
            return lost(TransportError(.reset, "the peer closed the connection at once"), round)
        }
        self.handler = handler
        self.wire = wire
        phase = .open
        isUsed = false
        openedAt = .now()
        ring.worked()
        owner?.linkOpened()
    }

    // MARK: While open

    package var isWritable: Bool { handler?.context?.channel.isWritable ?? false }

    /// Sends a chunk; the promise succeeds when the kernel has taken all of it.
    package func write(_ chunk: ByteBuffer, promise: EventLoopPromise<Void>) {
        guard let handler, let context = handler.context else { return promise.fail(ChannelError.ioOnClosedChannel) }
        isUsed = true
        context.writeAndFlush(handler.wrapOutboundOut(chunk), promise: promise)
    }

    /// Whether anything has been sent on the connection.
    package private(set) var isUsed = false

    /// Bytes that the kernel has taken, TLS records included.
    package var bytesSent: Int { wire?.bytesSent ?? 0 }

    /// How many of them the peer's kernel has acknowledged; nil once the connection is down.
    package var bytesAcknowledged: Int? { wire?.bytesAcknowledged }

    /// How long the connection has been open.
    package var age: Duration { .nanoseconds((NIODeadline.now() - openedAt).nanoseconds) }

    /// Whether the lane should go back to its own host (see `HostRing`).
    package var isHomeDue: Bool { ring.isHomeDue(now: LaneLink.now) }

    // MARK: Ends

    /// Gives the connection up because of a failure: the next attempt goes to the next host.
    package func fail(_ failure: Reply.Failure) {
        guard phase != .idle else { return }
        ring.failed(now: LaneLink.now)
        drop()
        owner?.linkLost(failure)
    }

    /// Ends a connection that works, to make a new one: to the lane's own host if that is due.
    package func renew() {
        if isHomeDue { ring.goHome() }
        drop()
    }

    /// Closes without a word to the owner.
    package func drop() {
        round += 1
        phase = .idle
        let context = handler?.context
        handler = nil
        wire = nil
        context?.close(promise: nil)
    }

    private static var now: Duration { .nanoseconds(Int64(NIODeadline.now().uptimeNanoseconds)) }

    // MARK: From the handlers

    func received(_ bytes: inout ByteBuffer, _ round: Int) {
        guard round == self.round, phase == .open else { return }
        owner?.linkReceived(&bytes)
    }

    func writable(_ round: Int) {
        guard round == self.round, phase == .open else { return }
        owner?.linkWritable()
    }

    func ended(_ round: Int) {
        guard round == self.round, phase == .open else { return }
        owner?.linkEnding()
        lost(TransportError(.reset, "the peer closed the connection"), round)
    }

    func lost(_ error: TransportError, _ round: Int) {
        guard round == self.round, phase != .idle else { return }
        fail(error.at(ring.current).failure)
    }
}
