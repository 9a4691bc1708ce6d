package import AgentConfig
import HTTPTypes
package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
package import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization
package import Transport

/// Listens for HTTP clients for as long as `run()` runs.
///
/// - Errors: `run()` throws when the address cannot be listened on. On graceful shutdown it takes no more requests, and
///   answers those that it has.
package struct CollectorHTTPServer: Service {
    private let settings: CollectorListenerSettings
    private let limits: CollectorLimits
    private let tls: TLSServer?
    private let responder: RouterResponder<CollectorContext>
    private let group: any EventLoopGroup
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int) -> Void

    package init(
        _ settings: CollectorListenerSettings, limits: CollectorLimits, tls: TLSServer?,
        router: Router<CollectorContext>, group: any EventLoopGroup, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        self.settings = settings
        self.limits = limits
        self.tls = tls
        responder = router.buildResponder()
        self.group = group
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        let wasListening = Atomic(false)
        do {
            try await server { port in
                wasListening.store(true, ordering: .relaxed)
                onListening(port)
            }.run()
        } catch {
            if wasListening.load(ordering: .relaxed) { throw error }
            throw CollectorError.cannotListen(settings, "collector.http", error)
        }
    }

    private func server(_ listening: @escaping @Sendable (Int) -> Void) throws -> any Service {
        var quiet = logger
        quiet.logLevel = .error
        let http = HTTPServerBuilder.http1(configuration: .init(idleTimeout: TimeAmount(limits.idleTimeout)))
        let builder = try tls.map { try HTTPServerBuilder.tls(http, tlsConfiguration: $0.configuration) } ?? http
        let (limits, settings, logger, responder) = (limits, settings, quiet, responder)
        return try builder.buildServer(
            configuration: ServerConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
            eventLoopGroup: group, logger: logger
        ) { request, writer, channel in
            let context = CollectorContext(source: .init(channel: channel, logger: logger))
            if request.headers[.expect]?.lowercased() == "100-continue", CollectorHTTPServer.fits(request, limits) {
                try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            }
            var response: Response
            do {
                response = try await responder.respond(to: request, context: context)
            } catch let error as HTTPParserError {
                throw error
            } catch {
                response = RequestFailure(500, "exception", "the collector has a fault; its log says more").response
                logger.error("A request failed", metadata: ["error.message": "\(error)"])
            }
            let closes = response.headers[.connection] == "close"
            try await writer.write(response: response.head, body: response.body)
            // Whatever is still sent after a refusal is read and thrown away, for a moment; most clients go by then.
            if closes { channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) } }
        } onServerRunning: { channel in
            listening(channel.localAddress?.port ?? settings.port)
        }
    }

    private static func fits(_ request: Request, _ limits: CollectorLimits) -> Bool {
        request.headers[.contentLength].flatMap { Int($0) }.map { $0 <= limits.body } ?? true
    }
}
