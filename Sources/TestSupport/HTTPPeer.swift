package import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A real HTTP/1.1 server on loopback that keeps what is posted to it, and misbehaves when told to.
///
/// It decides at the head of each request: by `rule` where the test has set one, else by its journal.
package final class HTTPPeer: ContractPeer {
    package struct Request: Sendable, Equatable {
        package var method: String
        package var uri: String
        package var headers: [String: String]
        /// As it came over the wire.
        package var body: [UInt8] = []

        /// The body without its gzip, or nil when that is broken.
        package var plainBody: [UInt8]? {
            headers["content-encoding"] == "gzip" ? Gunzip.inflate(body) : body
        }

        /// The events of an NDJSON body or a JSON array, one a line.
        package var messages: [String] {
            let text = String(decoding: plainBody ?? [], as: UTF8.self)
            return text.split(separator: "\n").compactMap { EventText.message(of: $0) }
        }
    }

    package struct Answer: Sendable {
        package var status: Int
        package var headers: [String: String]
        package var body: [UInt8]
        /// The messages that the journal keeps; nil: those of the request, where the status is 2xx.
        package var kept: [String]?

        package init(_ status: Int, headers: [String: String] = [:], body: String = "", kept: [String]? = nil) {
            self.init(status, headers: headers, bytes: Array(body.utf8), kept: kept)
        }

        package init(_ status: Int, headers: [String: String] = [:], bytes: [UInt8], kept: [String]? = nil) {
            self.status = status
            self.headers = headers
            body = bytes
            self.kept = kept
        }

        var bytes: [UInt8] {
            // These two have neither a body nor a length.
            let isBare = status == 204 || status == 304
            var text = "HTTP/1.1 \(status) Answer\r\n" + (isBare ? "" : "content-length: \(body.count)\r\n")
            for (name, value) in headers { text += "\(name): \(value)\r\n" }
            return Array((text + "\r\n").utf8) + (isBare ? [] : body)
        }
    }

    /// How a protocol over HTTP says that it takes events, or will never take them.
    package struct Manners: Sendable {
        package var takes: Rule
        package var rejects: Rule

        package init(takes: @escaping Rule, rejects: @escaping Rule) {
            self.takes = takes
            self.rejects = rejects
        }
    }

    package typealias Rule = @Sendable (Request) -> Answer
    package let journal = PeerJournal()
    private let channel: any Channel
    private let state: Shared

    /// What the connections share with the test.
    final class Shared: Sendable {
        let requests = Mutex<[Request]>([])
        let rule = Mutex<Rule?>(nil)
        let manners = Mutex<Manners?>(nil)
        let children = Mutex<[any Channel]>([])
        /// The messages of a request, in the order in which they came.
        let messages: @Sendable (Request) -> [String]

        init(messages: @escaping @Sendable (Request) -> [String]) { self.messages = messages }
    }

    private init(channel: any Channel, state: Shared) {
        self.channel = channel
        self.state = state
    }

    /// - Parameters:
    ///   - port: 0: any that is free.
    ///   - messages: reads the bodies of a protocol that is neither NDJSON nor a JSON array.
    package static func start(
        port: Int = 0, prepare: (@Sendable (any Channel) -> EventLoopFuture<Void>)? = nil,
        messages: @escaping @Sendable (Request) -> [String] = { $0.messages }
    ) async throws -> HTTPPeer {
        let state = Shared(messages: messages)
        let journalBox = Mutex<PeerJournal?>(nil)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.so_rcvbuf), value: 64 * 1024)
            .childChannelInitializer { child in
                let ready = prepare?(child) ?? child.eventLoop.makeSucceededVoidFuture()
                return ready.flatMapThrowing {
                    guard let journal = journalBox.withLock({ $0 }) else { throw ChannelError.ioOnClosedChannel }
                    state.children.withLock { $0.append(child) }
                    try child.pipeline.syncOperations.addHandlers([
                        ByteToMessageHandler(HTTPRequestDecoder()), HTTPPeerHandler(journal: journal, state: state),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        let peer = HTTPPeer(channel: channel, state: state)
        journalBox.withLock { $0 = peer.journal }
        return peer
    }

    package var port: Int { channel.localAddress?.port ?? 0 }
    package var url: String { "http://127.0.0.1:\(port)/logs" }
    /// The same without a path.
    package var base: String { "http://127.0.0.1:\(port)" }
    /// All requests that came in whole.
    package var requests: [Request] { state.requests.withLock { $0 } }

    /// Answers every request by this rule from now on; what gets 2xx is kept.
    package func answer(by rule: Rule?) { state.rule.withLock { $0 = rule } }

    /// Behaves as its journal says, in the words of this protocol.
    package func behave(by manners: Manners) { state.manners.withLock { $0 = manners } }

    package func shutdown() async {
        try? await channel.close()
        for child in state.children.withLock({ $0 }) { try? await child.close() }
    }
}
