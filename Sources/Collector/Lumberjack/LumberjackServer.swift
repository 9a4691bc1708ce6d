package import AgentConfig
import Logging
package import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Synchronization
package import Transport

/// Listens for Lumberjack clients for as long as `run()` runs.
///
/// - Shape: one channel for each client, on the loops of the group.
/// - Errors: `run()` throws when the address cannot be listened on. On graceful shutdown it stops reading, acknowledges
///   what is on its way to the store, and closes the rest after `drainLimit`.
package struct LumberjackServer: Service {
    private let settings: CollectorListenerSettings
    private let limits: CollectorLimits
    private let intake: Intake
    private let tls: TLSServer?
    private let group: any EventLoopGroup
    private let timing: LumberjackTiming
    private let drainLimit: Duration
    private let onListening: @Sendable (_ port: Int) -> Void

    package init(
        _ settings: CollectorListenerSettings, limits: CollectorLimits, intake: Intake, tls: TLSServer?,
        group: any EventLoopGroup, drainLimit: Duration = .seconds(10), keepAlive: Duration = .seconds(5),
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        self.settings = settings
        self.limits = limits
        self.intake = intake
        self.tls = tls
        self.group = group
        self.drainLimit = drainLimit
        self.onListening = onListening
        timing = LumberjackTiming(
            keepAlive: TimeAmount(keepAlive), stall: TimeAmount(limits.stallTimeout),
            idle: TimeAmount(limits.idleTimeout))
    }

    package func run() async throws {
        let connections = OpenConnections(limit: limits.connections)
        let server = try await bind(connections)
        onListening(server.localAddress?.port ?? settings.port)
        try? await gracefulShutdown()
        try? await server.close()
        await connections.drain(within: drainLimit)
    }

    private func bind(_ connections: OpenConnections) async throws -> any Channel {
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.autoRead, value: false)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try install(channel, connections) }
                }
                .bind(host: settings.host, port: settings.port).get()
        } catch {
            throw CollectorError.cannotListen(settings, "collector.lumberjack", error)
        }
    }

    private func install(_ channel: any Channel, _ connections: OpenConnections) throws {
        let address = channel.remoteAddress?.ipAddress ?? "unknown"
        guard let id = connections.add(channel) else {
            intake.counters.update(.lumberjack) { $0.failures += 1 }
            intake.log.warning(
                "A Lumberjack client was shut out",
                ["client.address": "\(address)", "reason": "more than collector.limits.connections"])
            return channel.close(promise: nil)
        }
        if let tls { try channel.pipeline.syncOperations.addHandler(tls.handler()) }
        try channel.pipeline.syncOperations.addHandler(
            LumberjackConnection(
                id: id, intake: intake, client: Client(.lumberjack, address: address), eventLimit: limits.event,
                timing: timing, isSecured: tls != nil))
    }
}

/// The connections of a listener.
private final class OpenConnections: Sendable {
    private struct State {
        var next: UInt64 = 0
        var open: [UInt64: any Channel] = [:]
    }
    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// - Returns: a number of its own, or nil when there are too many.
    func add(_ channel: any Channel) -> UInt64? {
        let id = state.withLock { state -> UInt64? in
            guard state.open.count < limit else { return nil }
            state.next += 1
            state.open[state.next] = channel
            return state.next
        }
        guard let id else { return nil }
        channel.closeFuture.whenComplete { _ in _ = self.state.withLock { $0.open.removeValue(forKey: id) } }
        return id
    }

    /// Asks all to end, waits, and closes those that have not.
    func drain(within limit: Duration) async {
        let open = state.withLock { Array($0.open.values) }
        for channel in open { channel.pipeline.fireUserInboundEventTriggered(LumberjackEvent.stop) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for channel in open { try? await channel.closeFuture.get() } }
            group.addTask {
                try? await Task.sleep(for: limit)
                for channel in open { channel.close(promise: nil) }
            }
            await group.next()
            group.cancelAll()
        }
    }
}
