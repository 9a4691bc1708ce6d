import Glibc
import HTTPTypes
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Answers `/metrics`, `/stats` and `/healthz` for as long as `run()` runs. Nothing of it exists before that.
///
/// - Shape: one thread of its own, made for the first server, asleep between requests.
/// - Errors: `run()` throws when the address can't be listened on. It returns on graceful shutdown or cancellation.
package struct StatusServer: Service {
    /// Never shut down: connections that were just closed still schedule on it when the server has returned.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private let address: StatusAddress
    private let status: @Sendable () -> AgentStatus
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int?) -> Void

    /// - Parameters:
    ///   - status: makes the snapshot for each request; called on the server's thread, and must not block.
    ///   - onListening: called once, with the port that was bound (nil for a unix socket).
    package init(
        address: StatusAddress, logger: Logger, onListening: @escaping @Sendable (_ port: Int?) -> Void = { _ in },
        status: @escaping @Sendable () -> AgentStatus
    ) {
        self.address = address
        self.status = status
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        if !address.isLocal {
            logger.warning("The status server can be asked by other hosts", metadata: ["http.host": "\(address)"])
        }
        let status = status
        var quiet = logger
        quiet.logLevel = .error
        let server = try HTTPServerBuilder.http1(configuration: .init(idleTimeout: .seconds(30))).buildServer(
            configuration: ServerConfiguration(address: address.bindAddress, serverName: nil),
            eventLoopGroup: StatusServer.group,
            logger: quiet
        ) { request, writer, _ in
            let reply = StatusReply.answer(method: request.method.rawValue, path: request.uri.path, status: status)
            var head = HTTPResponse(status: HTTPResponse.Status(code: reply.code))
            head.headerFields[.contentType] = reply.contentType
            head.headerFields[.contentLength] = String(reply.body.utf8.count)
            head.headerFields[.cacheControl] = "no-store"
            if request.method == .head {
                try await writer.writeResponse(head)
            } else {
                let body = ResponseBody(byteBuffer: ByteBuffer(string: reply.body))
                try await writer.write(response: head, body: body)
            }
        } onServerRunning: { channel in
            if case .unix(let path) = address { _ = unsafe chmod(path, 0o660) }
            onListening(channel.localAddress?.port)
        }
        try await server.run()
        if case .unix(let path) = address { _ = unsafe unlink(path) }
    }
}

extension StatusAddress {
    fileprivate var bindAddress: BindAddress {
        switch self {
        case .tcp(let host, let port): .hostname(host, port: port)
        case .unix(let path): .unixDomainSocket(path: path)
        }
    }
}
