import LumberjackCodec
import NIOCore
package import NIOSSL
import Synchronization

/// A Lumberjack server that keeps what it gets, and misbehaves when told to.
///
/// Each window is an attempt. `.takes` keeps and acknowledges it; `.refuses` hangs up; `.answersHalf` keeps the first
/// half, acknowledges it, and hangs up; `.answersTooMuch` acknowledges one more than there was.
package final class LumberjackPeer: ContractPeer {
    package let journal = PeerJournal()
    private let server: PeerServer

    package struct Options: Sendable {
        /// Acknowledge after each so many events of a window, too; 0: at its end only.
        package var partialAcknowledgements = 0
        /// Keep-alives (acknowledgements of 0) in front of each acknowledgement.
        package var keepAlives = 0
        /// Hang up after so many windows; 0: never.
        package var windowsPerConnection = 0
        /// Keep whole events, and not only their `message`.
        package var wholeEvents = false

        package init() {}
    }

    package init(tls: TLSConfiguration? = nil, port: Int = 0, options: Options = Options()) async throws {
        let journal = journal
        server = try await PeerServer.listen(tls: tls, port: port) { channel in
            try channel.pipeline.syncOperations.addHandler(LumberjackPeerHandler(journal, options))
        }
    }

    package var port: Int { server.port }
    package var connectionsTaken: Int { server.connectionsTaken }
    package func shutdown() async { await server.close() }
    package func closeConnections() async { await server.closeConnections() }
}

private final class LumberjackPeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let journal: PeerJournal
    private let options: LumberjackPeer.Options
    private var decoder = LumberjackDecoder()
    private var collected = Collected()
    private var windows = 0
    private var isDeaf = false

    private struct Collected: LumberjackSink {
        let whole: Bool
        var counts: [Int] = []
        var messages: [String] = []
        init(whole: Bool = false) { self.whole = whole }
        mutating func window(count: Int) { counts.append(count) }
        mutating func event(sequence: UInt32, _ bytes: Span<UInt8>) {
            let text = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
            messages.append(whole ? text : EventText.message(of: text) ?? "?")
        }
        mutating func acknowledgement(_ sequence: UInt32) {}
    }

    init(_ journal: PeerJournal, _ options: LumberjackPeer.Options) {
        self.journal = journal
        self.options = options
        collected = Collected(whole: options.wholeEvents)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDeaf else { return }
        do throws(LumberjackError) {
            try decoder.decode(Array(unwrapInboundIn(data).readableBytesView), &collected)
        } catch {
            journal.keep(["decoder: \(error)"])
            return context.close(promise: nil)
        }
        while let count = collected.counts.first, collected.messages.count >= count, !isDeaf {
            collected.counts.removeFirst()
            let messages = Array(collected.messages[..<count])
            collected.messages.removeFirst(count)
            take(messages, journal.beginAttempt(), context)
        }
    }

    private func take(_ messages: [String], _ behaviour: PeerBehaviour, _ context: ChannelHandlerContext) {
        isDeaf = behaviour != .takes
        switch behaviour {
        case .takes: keep(messages, context)
        case .refuses, .rejects: context.close(promise: nil)
        case .stalls: context.channel.setOption(.autoRead, value: false).whenComplete { _ in }
        case .staysSilent: break
        case .resets: context.channel.reset()
        case .answersHalf:
            let half = messages.count / 2
            journal.keep(Array(messages[..<half]))
            acknowledge(half, context)
            context.close(promise: nil)
        case .answersGarbage: context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 400")), promise: nil)
        case .answersTooMuch: acknowledge(messages.count + 1, context)
        }
    }

    private func keep(_ messages: [String], _ context: ChannelHandlerContext) {
        journal.keep(messages)
        if options.partialAcknowledgements > 0 {
            for part in stride(
                from: options.partialAcknowledgements, to: messages.count, by: options.partialAcknowledgements)
            {
                acknowledge(part, context)
            }
        }
        for _ in 0..<options.keepAlives { acknowledge(0, context) }
        acknowledge(messages.count, context)
        windows += 1
        if windows == options.windowsPerConnection {
            isDeaf = true
            context.close(promise: nil)
        }
    }

    private func acknowledge(_ sequence: Int, _ context: ChannelHandlerContext) {
        let bytes = LumberjackFrame.acknowledgement(UInt32(sequence))
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
