import CShim
import NIOCore
import NIOPosix

/// The end of a lane's pipeline: plain bytes in and out.
final class LinkHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private weak let link: LaneLink?
    private let round: Int
    private(set) var context: ChannelHandlerContext?

    init(_ link: LaneLink, _ round: Int) {
        self.link = link
        self.round = round
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        link?.received(&bytes, round)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { link?.writable(round) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let link, link.phase == .open else { return context.close(promise: nil) }
        link.lost(TransportError(error, fallback: .reset), round)
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard let link, link.phase == .open else { return }
        link.lost(TransportError(.reset, "the peer closed the connection"), round)
    }
}

/// Next to the socket: counts what is handed to the kernel, TLS records and all, and sees the end of the stream first.
final class WireHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private weak let link: LaneLink?
    private let round: Int
    private var context: ChannelHandlerContext?
    private var handed = 0

    init(_ link: LaneLink, _ round: Int) {
        self.link = link
        self.round = round
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        handed += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent {
            link?.ended(round)
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Bytes that the kernel has taken since the connection was made.
    var bytesSent: Int {
        let buffered = try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)
        return handed - (buffered ?? handed)
    }

    /// Bytes that the peer's kernel has acknowledged; nil once the connection is down.
    var bytesAcknowledged: Int? {
        guard let context else { return nil }
        let sent = bytesSent
        let open = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            Int(nt_unacknowledged($0))
        }
        guard let waiting = open, waiting >= 0 else { return nil }
        return sent - waiting
    }
}
