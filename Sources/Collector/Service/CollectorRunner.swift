package import AgentConfig
import LogStore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Transport
import UnixSignals

/// Runs the collector from its settings to its orderly end.
///
/// - Signals: SIGINT and SIGTERM end it: nothing more is accepted, what is in flight is stored and acknowledged, the store
///   is closed last. `collector.shutdown_timeout` bounds the wait for clients.
package enum CollectorRunner {
    /// - Parameters:
    ///   - insecure: others may reach the listeners without TLS or without showing who they are (`--insecure`).
    ///   - front: makes what answers beside the receiving routes: the API and the page.
    /// - Throws: `CollectorError` with what to do about it.
    package static func run(
        _ settings: CollectorSettings, insecure: Bool = false, host: CollectorHost,
        front: @Sendable (CollectorParts) -> [FrontAnswer] = CollectorRoutesOfAll.front
    ) async throws(CollectorError) {
        let problems = CollectorExposure.problems(settings)
        if !insecure, !problems.isEmpty { throw CollectorError(.configuration, problems.joined(separator: "\n")) }
        for problem in problems { host.logger.warning("insecure", metadata: ["reason": "\(problem)"]) }
        let tls = try CollectorTLS(settings)
        // Whoever stops a collector that has just begun gets an orderly end, too.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let parts: CollectorParts
        do {
            parts = try CollectorParts(settings, logger: host.logger)
        } catch {
            throw CollectorError(.store, "\(error)")
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(2, min(4, System.coreCount)))
        let failure = await serve(parts, tls, front(parts), host, signals, group)
        await parts.store.close()
        try? await group.shutdownGracefully()
        if let failure { throw failure }
    }

    private static func serve(
        _ parts: CollectorParts, _ tls: CollectorTLS, _ front: [FrontAnswer], _ host: CollectorHost,
        _ signals: UnixSignalsSequence, _ group: any EventLoopGroup
    ) async -> CollectorError? {
        let settings = parts.settings
        let start = CollectorStart(settings) { addresses in
            parts.listening.note(addresses)
            host.logger.info("started", metadata: addresses.logFields)
            host.ready(addresses)
        }
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: ReportingService(parts: parts, host: host, group: group))
        ]
        if settings.http.enabled {
            let router = CollectorRoutesOfAll.router(parts, front)
            services.append(
                .init(
                    service: CollectorHTTPServer(
                        settings.http, limits: settings.limits, tls: tls.http, router: router, group: group,
                        logger: host.logger, onListening: start.http)))
        }
        if settings.lumberjack.enabled {
            services.append(
                .init(
                    service: LumberjackServer(
                        settings.lumberjack, limits: settings.limits, intake: parts.intake, tls: tls.lumberjack,
                        group: group, drainLimit: settings.shutdownTimeout, onListening: start.lumberjack)))
        }
        services.append(
            .init(service: SignalService(signals: signals), successTerminationBehavior: .gracefullyShutdownGroup))
        var quiet = host.logger
        quiet.logLevel = .error
        var configuration = ServiceGroupConfiguration(services: services, logger: quiet)
        configuration.maximumGracefulShutdownDuration = settings.shutdownTimeout + .seconds(5)
        do {
            try await ServiceGroup(configuration: configuration).run()
            return nil
        } catch let error as CollectorError {
            return error
        } catch {
            // Clients that did not let go in time; what they had sent is stored, or they send it again.
            host.logger.warning("stopped late", metadata: ["error.message": "\(error)"])
            return nil
        }
    }
}

/// Certificates and keys of the listeners, read before anything else happens.
struct CollectorTLS: Sendable {
    let lumberjack: TLSServer?
    let http: TLSServer?

    init(_ settings: CollectorSettings) throws(CollectorError) {
        lumberjack = try CollectorTLS.server(settings.lumberjack, "collector.lumberjack.")
        http = try CollectorTLS.server(settings.http, "collector.http.")
    }

    private static func server(
        _ listener: CollectorListenerSettings, _ prefix: String
    ) throws(CollectorError) -> TLSServer? {
        guard listener.enabled, let tls = listener.tls, tls.enabled else { return nil }
        do {
            return try TLSServer(tls, prefix: prefix)
        } catch {
            throw CollectorError(.configuration, error.message)
        }
    }
}

/// Waits until all listeners listen.
private final class CollectorStart: Sendable {
    private let settings: CollectorSettings
    private let state: Mutex<(addresses: CollectorAddresses, missing: Int)>
    private let whenAll: @Sendable (CollectorAddresses) -> Void

    init(_ settings: CollectorSettings, whenAll: @escaping @Sendable (CollectorAddresses) -> Void) {
        self.settings = settings
        self.whenAll = whenAll
        var addresses = CollectorAddresses()
        addresses.dataPath = settings.dataPath
        state = Mutex((addresses, [settings.lumberjack, settings.http].count { $0.enabled }))
    }

    var lumberjack: @Sendable (Int) -> Void {
        { [self] port in
            let listener = settings.lumberjack
            note {
                $0.lumberjack = CollectorStart.place(listener.host, port)
                $0.lumberjackUsesTLS = listener.usesTLS
            }
        }
    }

    var http: @Sendable (Int) -> Void {
        { [self] port in
            let listener = settings.http
            note { $0.http = (listener.usesTLS ? "https://" : "http://") + CollectorStart.place(listener.host, port) }
        }
    }

    private func note(_ change: (inout CollectorAddresses) -> Void) {
        let ready = state.withLock { state -> CollectorAddresses? in
            change(&state.addresses)
            state.missing -= 1
            return state.missing == 0 ? state.addresses : nil
        }
        if let ready { whenAll(ready) }
    }

    private static func place(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
