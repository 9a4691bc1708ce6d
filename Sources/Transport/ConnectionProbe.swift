package import NIOCore
import NIOSSL

/// What `needletail test output` found out about one host.
package struct ProbeReport: Sendable {
    /// One step on the way to the host.
    package struct Step: Sendable {
        /// `dns lookup`, `dial up`, `handshake`, `talk to server`.
        package let name: String
        /// What came of it: addresses, TLS version, or the error.
        package let detail: String
        package let isOK: Bool
        package let took: Duration

        package init(name: String, detail: String, isOK: Bool, took: Duration) {
            self.name = name
            self.detail = detail
            self.isOK = isOK
            self.took = took
        }
    }

    package let endpoint: Endpoint
    package var steps: [Step] = []

    package init(endpoint: Endpoint) {
        self.endpoint = endpoint
    }

    package var isOK: Bool { steps.allSatisfy(\.isOK) }
}

/// Goes to a host step by step, and says what happened in each.
package struct ConnectionProbe: Sendable {
    /// The protocol's first words on a fresh connection; returns what to report.
    package typealias Hello = @Sendable (any Channel) async throws -> String

    private let connector: Connector
    private let hello: Hello

    /// - Parameter hello: without one, the probe waits a moment whether the peer hangs up.
    package init(_ connector: Connector, hello: @escaping Hello = ConnectionProbe.staysOpen) {
        self.connector = connector
        self.hello = hello
    }

    package func run(_ hosts: [Endpoint], on loop: any EventLoop) async -> [ProbeReport] {
        var reports: [ProbeReport] = []
        for host in hosts { reports.append(await run(host, on: loop)) }
        return reports
    }

    private func run(_ endpoint: Endpoint, on loop: any EventLoop) async -> ProbeReport {
        var report = ProbeReport(endpoint: endpoint)
        let addresses = await step("dns lookup", &report) {
            try await connector.resolve(endpoint, on: loop).get()
        } detail: {
            $0.compactMap(\.ipAddress).joined(separator: ", ")
        }
        guard let addresses else { return report }
        // A look first: it teaches the TLS client what `ca_trusted_fingerprint` needs.
        let channel = await step("dial up", &report) {
            try await connector.prepare(endpoint, addresses, on: loop).get()
            return try await connector.dial(
                endpoint, addresses, on: loop, wire: { _ in },
                plain: { try $0.pipeline.syncOperations.addHandler(ErrorKeeper(loop: loop)) }
            ).get()
        } detail: {
            $0.remoteAddress?.description ?? "connected"
        }
        guard let channel else { return report }
        defer { channel.close(promise: nil) }
        if connector.tls != nil {
            let version = await step("handshake", &report) {
                try await channel.eventLoop.flatSubmit { connector.handshake(channel, endpoint, addresses) }.get()
                return try await channel.nioSSL_tlsVersion().get()
            } detail: {
                $0.map { "TLS version: \($0)" } ?? "done"
            }
            guard version != nil else { return report }
        }
        _ = await step("talk to server", &report, { try await hello(channel) }, detail: { $0 })
        return report
    }

    private func step<Value: Sendable>(
        _ name: String, _ report: inout ProbeReport, _ body: () async throws -> Value, detail: (Value) -> String
    ) async -> Value? {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let value = try await body()
            report.steps.append(.init(name: name, detail: detail(value), isOK: true, took: clock.now - start))
            return value
        } catch {
            let message = TransportError(error, fallback: .reset).message
            report.steps.append(.init(name: name, detail: message, isOK: false, took: clock.now - start))
            return nil
        }
    }

    /// The peer does not hang up at once, as one does that wants TLS, or another certificate, or another protocol.
    package static let staysOpen: Hello = { channel in
        let ended = try await channel.pipeline.handler(type: ErrorKeeper.self).map(\.ended).get()
        let promise = channel.eventLoop.makePromise(of: Void.self)
        let timer = channel.eventLoop.scheduleTask(in: .milliseconds(200)) { promise.succeed() }
        ended.cascadeFailure(to: promise)
        defer { timer.cancel() }
        try await promise.futureResult.get()
        return "connection stays open"
    }
}

/// Remembers how a connection ended.
final class ErrorKeeper: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<Void>
    /// Fails when the connection ends.
    var ended: EventLoopFuture<Void> { promise.futureResult }

    init(loop: any EventLoop) {
        promise = loop.makePromise()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(TransportError(error, fallback: .reset))
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent { hungUp() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) { hungUp() }
    func handlerRemoved(context: ChannelHandlerContext) { hungUp() }

    private func hungUp() {
        promise.fail(TransportError(.reset, "the peer closed the connection at once"))
    }
}
