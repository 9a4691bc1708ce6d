import NIOCore
import NIOSSL
import NIOTLS

/// Tells when the TLS handshake is over, one way or the other.
final class HandshakeWaiter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<Void>
    var finished: EventLoopFuture<Void> { promise.futureResult }
    private var isDone = false

    init(loop: any EventLoop) {
        promise = loop.makePromise()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(TLSUserEvent.handshakeCompleted) = event as? TLSUserEvent, !isDone {
            isDone = true
            promise.succeed()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isDone else { return context.fireErrorCaught(error) }
        isDone = true
        promise.fail(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { fail() }

    private func fail() {
        guard !isDone else { return }
        isDone = true
        promise.fail(TransportError(.tls, "the peer closed the connection during the TLS handshake"))
    }
}
