import EventModel
import NIOCore
package import NIOSSL
import Synchronization

/// A collector that reads events line by line over TCP, and misbehaves when told to.
///
/// Each piece that it reads is an attempt. `.takes` keeps the lines; `.stalls` throws the piece away and reads no more;
/// `.resets` keeps what it has read and resets the connection; `.answersGarbage` keeps the lines and talks back.
package final class TCPPeer: ContractPeer {
    package let journal = PeerJournal()
    private let server: PeerServer

    /// - Parameter whole: keep lines as they are, and not only the `message` of each.
    package init(
        tls: TLSConfiguration? = nil, port: Int = 0, receiveBuffer: Int? = 16 * 1024, whole: Bool = false
    ) async throws {
        let journal = journal
        server = try await PeerServer.listen(tls: tls, port: port, receiveBuffer: receiveBuffer) { channel in
            try channel.pipeline.syncOperations.addHandler(TCPPeerHandler(journal, whole: whole))
        }
    }

    package var port: Int { server.port }
    package var connectionsTaken: Int { server.connectionsTaken }
    package func shutdown() async { await server.close() }
    package func closeConnections() async { await server.closeConnections() }
}

private final class TCPPeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let journal: PeerJournal
    private let whole: Bool
    private var unread: [UInt8] = []

    init(_ journal: PeerJournal, whole: Bool) {
        self.journal = journal
        self.whole = whole
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let behaviour = journal.beginAttempt()
        if behaviour == .stalls {
            context.channel.setOption(.autoRead, value: false).whenComplete { _ in }
            return
        }
        unread += unwrapInboundIn(data).readableBytesView
        keepLines()
        switch behaviour {
        case .resets: context.channel.reset()
        case .answersGarbage, .answersTooMuch, .answersHalf:
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "what?\n")), promise: nil)
        default: break
        }
    }

    private func keepLines() {
        var lines: [String] = []
        var start = 0
        while let end = unread[start...].firstIndex(of: 0x0a) {
            let line = String(decoding: unread[start..<end], as: UTF8.self)
            lines.append(whole ? line : EventText.message(of: line) ?? "?")
            start = end + 1
        }
        unread.removeSubrange(..<start)
        if !lines.isEmpty { journal.keep(lines) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
