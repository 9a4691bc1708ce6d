import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// One connection of `HTTPPeer`: parsed requests come in, and raw bytes go out, so that they can be wrong.
final class HTTPPeerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let journal: PeerJournal
    private let state: HTTPPeer.Shared
    private var request: HTTPPeer.Request?
    private var behaviour = PeerBehaviour.takes

    init(journal: PeerJournal, state: HTTPPeer.Shared) {
        self.journal = journal
        self.state = state
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let buffer): request?.body += Array(buffer.readableBytesView)
        case .end: end(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var headers: [String: String] = [:]
        for (name, value) in head.headers { headers[name.lowercased()] = value }
        request = HTTPPeer.Request(method: head.method.rawValue, uri: head.uri, headers: headers)
        behaviour = journal.beginAttempt()
        switch behaviour {
        case .stalls:
            request = nil
            context.channel.setOption(.autoRead, value: false).whenFailure { _ in }
        case .resets:
            request = nil
            reset(context)
        default: break
        }
    }

    private func reset(_ context: ChannelHandlerContext) {
        let channel = context.channel
        let lingerless = linger(l_onoff: 1, l_linger: 0)
        guard let options = channel as? any SocketOptionProvider else { return }
        options.setSoLinger(lingerless).whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    private func end(_ context: ChannelHandlerContext) {
        guard let request else { return }
        self.request = nil
        state.requests.withLock { $0.append(request) }
        if request.method == "CONNECT" { return openTunnel(context) }
        if let rule = state.rule.withLock({ $0 }) {
            return give(rule(request), to: request, context)
        }
        answer(request, context)
    }

    /// Plays the proxy and what lies behind it: the tunnel's requests are parsed anew on the same connection.
    private func openTunnel(_ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
        let channel = context.channel
        pipeline.removeHandler(decoder).flatMapThrowing { [self] in
            let handler = ByteToMessageHandler(HTTPRequestDecoder())
            try channel.pipeline.syncOperations.addHandler(handler, position: .before(self))
        }.whenSuccess {
            channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connected\r\n\r\n"), promise: nil)
        }
    }

    private func answer(_ request: HTTPPeer.Request, _ context: ChannelHandlerContext) {
        let manners = state.manners.withLock { $0 }
        switch behaviour {
        case .takes: give(manners?.takes(request) ?? HTTPPeer.Answer(200, body: "{}"), to: request, context)
        case .refuses: write(HTTPPeer.Answer(503, body: "later").bytes, context)
        case .rejects: give(manners?.rejects(request) ?? HTTPPeer.Answer(410, body: "never"), to: request, context)
        case .answersHalf:
            write(Array("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"taken\":".utf8), context, close: true)
        case .answersGarbage: write([0, 1, 2, 0xff] + Array("HTTP? no.\r\n\r\n".utf8), context, close: true)
        case .answersTooMuch:
            journal.keep(state.messages(request))
            write(Array("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".utf8), context)
            pour(context.channel)
        case .stalls, .staysSilent, .resets: break
        }
    }

    private func give(_ answer: HTTPPeer.Answer, to request: HTTPPeer.Request, _ context: ChannelHandlerContext) {
        if let kept = answer.kept {
            journal.keep(kept)
        } else if 200..<300 ~= answer.status {
            journal.keep(state.messages(request))
        }
        write(answer.bytes, context)
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext, close: Bool = false) {
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).whenComplete { _ in
            if close { channel.close(promise: nil) }
        }
    }

    /// Chunks without an end, until the other side has had enough.
    private func pour(_ channel: any Channel) {
        let chunk = ByteBuffer(bytes: Array("4000\r\n".utf8) + [UInt8](repeating: 0x61, count: 0x4000) + [0x0d, 0x0a])
        channel.writeAndFlush(chunk).whenSuccess { [self] in pour(channel) }
    }
}

extension HTTPPeerHandler: @unchecked Sendable {
    // Safety: a handler is only called on the event loop of its channel, and `pour` touches none of its state.
}
