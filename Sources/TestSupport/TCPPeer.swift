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
    private let reading = Reading()
    private let server: PeerServer

    /// Who waits for messages to be kept.
    fileprivate final class Reading: Sendable {
        private let waiters = Mutex<[(wanted: Set<String>, continuation: CheckedContinuation<Void, Never>)]>([])

        func wait(for wanted: Set<String>, in journal: PeerJournal) async {
            await withCheckedContinuation { continuation in
                waiters.withLock { $0.append((wanted, continuation)) }
                moved(journal)
            }
        }

        func moved(_ journal: PeerJournal) {
            let ready = waiters.withLock { waiters in
                if waiters.isEmpty { return [CheckedContinuation<Void, Never>]() }
                let kept = journal.kept
                if waiters.allSatisfy({ $0.wanted.count > kept.count }) { return [] }
                let ready = waiters.filter { $0.wanted.isSubset(of: kept) }.map(\.continuation)
                waiters.removeAll { $0.wanted.isSubset(of: kept) }
                return ready
            }
            for continuation in ready { continuation.resume() }
        }
    }

    /// - Parameter whole: keep lines as they are, and not only the `message` of each.
    package init(
        tls: TLSConfiguration? = nil, port: Int = 0, receiveBuffer: Int? = nil, whole: Bool = false
    ) async throws {
        let journal = journal
        let reading = reading
        server = try await PeerServer.listen(tls: tls, port: port, receiveBuffer: receiveBuffer) { channel in
            try channel.pipeline.syncOperations.addHandler(TCPPeerHandler(journal, reading, whole: whole))
        }
    }

    package var port: Int { server.port }
    package var connectionsTaken: Int { server.connectionsTaken }
    package func catchUp(with messages: [String]) async { await reading.wait(for: Set(messages), in: journal) }
    package func shutdown() async { await server.close() }
    package func closeConnections() async { await server.closeConnections() }
}

private final class TCPPeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let journal: PeerJournal
    private let reading: TCPPeer.Reading
    private let whole: Bool
    private var unread: [UInt8] = []

    init(_ journal: PeerJournal, _ reading: TCPPeer.Reading, whole: Bool) {
        self.journal = journal
        self.reading = reading
        self.whole = whole
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let behaviour = journal.beginAttempt()
        if behaviour == .stalls {
            context.channel.setOption(.autoRead, value: false).whenComplete { _ in }
            return
        }
        let piece = unwrapInboundIn(data)
        let seen = unread.count
        unread += piece.readableBytesView
        // Most pieces of a long line end none.
        if piece.readableBytesView.contains(0x0a) { keepLines(from: seen) }
        switch behaviour {
        case .resets: context.channel.reset()
        case .answersGarbage, .answersTooMuch, .answersHalf:
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "what?\n")), promise: nil)
        default: break
        }
    }

    /// - Parameter seen: bytes in front of it have no line end.
    private func keepLines(from seen: Int) {
        var lines: [String] = []
        var start = 0
        while let end = unread[max(start, seen)...].firstIndex(of: 0x0a) {
            let line = String(decoding: unread[start..<end], as: UTF8.self)
            lines.append(whole ? line : EventText.message(of: line) ?? "?")
            start = end + 1
        }
        unread.removeSubrange(..<start)
        if lines.isEmpty { return }
        journal.keep(lines)
        reading.moved(journal)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
