import AgentConfig
import AsyncHTTPClient
import EventModel
import HTTPTypes
import LogStore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import TestSupport
import Transport

@testable import Collector

/// Listeners on free ports of loopback in front of a sink in memory.
struct ReceivingScene: Sendable {
    let sink: MemorySink
    let intake: Intake
    let lumberjackPort: Int
    let httpPort: Int
    /// Ends the listeners as a signal would.
    let stop: @Sendable () async -> Void

    struct Options: Sendable {
        var limits = CollectorLimits()
        var token: String?
        var tls: TLSServerSettings?
        var keepAlive = Duration.seconds(5)
        var drainLimit = Duration.seconds(5)
    }

    /// Runs `body` while the listeners listen.
    static func run(
        sink: MemorySink = MemorySink(), _ change: (inout Options) -> Void = { _ in },
        _ body: @Sendable (ReceivingScene) async throws -> Void
    ) async throws {
        var options = Options()
        change(&options)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let intake = Intake(sink: sink, budget: IntakeBudget(limit: options.limits.memory), logger: logger)
        let tls = try options.tls.map { try TLSServer($0) }
        let (ports, continuation) = AsyncStream.makeStream(of: (String, Int).self)
        let services = services(options, intake, tls, logger) { continuation.yield(($0, $1)) }
        var configuration = ServiceGroupConfiguration(services: services, logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(20)
        let group = ServiceGroup(configuration: configuration)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var known: [String: Int] = [:]
            for await (name, port) in ports {
                known[name] = port
                if known.count == 2 { break }
            }
            let scene = ReceivingScene(
                sink: sink, intake: intake, lumberjackPort: known["lumberjack"] ?? 0, httpPort: known["http"] ?? 0,
                stop: { await group.triggerGracefulShutdown() })
            do {
                try await body(scene)
            } catch {
                sink.release()
                await group.triggerGracefulShutdown()
                throw error
            }
            sink.release()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private static func services(
        _ options: Options, _ intake: Intake, _ tls: TLSServer?, _ logger: Logger,
        _ listening: @escaping @Sendable (String, Int) -> Void
    ) -> [any Service] {
        let group = MultiThreadedEventLoopGroup.singleton
        let receiver = HTTPReceiver(intake, options.limits)
        let probes = ElasticsearchProbes(bodyLimit: options.limits.body)
        let router = CollectorRouter.make(
            guard: RequestGuard(
                token: options.token.map { AccessToken(Secret($0)) }, isLoopback: true, intake: intake),
            front: [{ request, _ in probes.answer(request) }],
            routes: [BulkRoutes(receiver), OTLPRoutes(receiver), IngestRoutes(receiver)])
        return [
            LumberjackServer(
                CollectorListenerSettings(), limits: options.limits, intake: intake, tls: tls, group: group,
                drainLimit: options.drainLimit, keepAlive: options.keepAlive,
                onListening: { listening("lumberjack", $0) }),
            CollectorHTTPServer(
                CollectorListenerSettings(), limits: options.limits, tls: tls, router: router, group: group,
                logger: logger, onListening: { listening("http", $0) }),
        ]
    }
}

/// An answer, taken in whole.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension ReceivingScene {
    func ask(
        _ method: HTTPMethod = .POST, _ path: String, _ body: [UInt8] = [], headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(httpPort)\(path)")
        request.method = method
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers, body: Array(bytes.readableBytesView))
    }

    func ask(
        _ method: HTTPMethod = .POST, _ path: String, _ text: String, headers: [String: String] = [:]
    ) async throws -> Answer { try await ask(method, path, Array(text.utf8), headers: headers) }
}
