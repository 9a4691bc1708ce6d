import AgentConfig
import EventModel
import LogStore
import LumberjackCodec
import LumberjackOutput
import NIOCore
import NIOPosix
import Publishing
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Collector

/// The server with our own output, which `LumberjackOutputTests` checks against other peers, and with bare frames.
struct LumberjackServerTests {
    private func driver(
        _ scene: ReceivingScene, _ change: (inout LumberjackSettings) -> Void = { _ in }
    ) throws -> LaneDriver {
        var settings = LumberjackSettings()
        settings.hosts = [Endpoint(host: "127.0.0.1", port: scene.lumberjackPort)]
        change(&settings)
        return LaneDriver(try LumberjackOutput(settings, group: MultiThreadedEventLoopGroup.singleton).makeLane(0))
    }

    private func messages(_ sink: MemorySink) -> [String] { sink.events.compactMap { EventText.message(of: $0) } }

    @Test(.timeLimit(.minutes(5)), arguments: [(0, 0), (3, 0), (3, 4), (9, 16)])
    func `everything arrives once and in order`(level: Int, pipelining: Int) async throws {
        try await ReceivingScene.run { scene in
            let driver = try driver(scene) {
                $0.compressionLevel = level
                $0.pipelining = pipelining
            }
            var factory = BatchFactory()
            let lines = BatchFactory.numbered(0..<2000, length: 300)
            let batches = stride(from: 0, to: 2000, by: 250).map { factory.batch(Array(lines[$0..<($0 + 250)])) }
            let settlement = try await driver.settle(batches, window: pipelining + 1)
            #expect(settlement.delivered == 2000 && settlement.retries == 0)
            #expect(messages(scene.sink) == lines)
            #expect(scene.intake.counters.counts[.lumberjack]?.events == 2000)
            driver.lane.close()
        }
    }

    @Test(.timeLimit(.minutes(5))) func `over TLS with client certificates`() async throws {
        try await ReceivingScene.run({ $0.tls = Self.server(requiresClient: true) }) { scene in
            let driver = try driver(scene) {
                var client = TLSSettings()
                client.certificateAuthorities = [TestCertificates.authority]
                client.certificate = TestCertificates.client
                client.key = TestCertificates.clientKey
                $0.tls = client
            }
            var factory = BatchFactory()
            let lines = BatchFactory.numbered(0..<500, length: 2000)
            let settlement = try await driver.settle([factory.batch(lines)], window: 1)
            #expect(settlement.delivered == 500)
            #expect(messages(scene.sink) == lines)
            driver.lane.close()
        }
    }

    @Test(.timeLimit(.minutes(5))) func `without a client certificate nobody gets in`() async throws {
        let ended = Mutex<ReceivingScene?>(nil)
        try await ReceivingScene.run({ $0.tls = Self.server(requiresClient: true) }) { scene in
            let driver = try driver(scene) {
                var client = TLSSettings()
                client.certificateAuthorities = [TestCertificates.authority]
                $0.tls = client
            }
            var factory = BatchFactory()
            let reply = await driver.deliver(factory.batch(["one"]))
            #expect(reply.verdict(at: 0) == .retry)
            #expect(scene.sink.events == [])
            driver.lane.close()
            ended.withLock { $0 = scene }
        }
        // The server has seen to all of its connections now; the client may know of the failure before it.
        let counts = try #require(ended.withLock { $0 }).intake.counters.counts
        #expect(counts[.lumberjack]?.failures ?? 0 >= 1)
    }

    static func server(requiresClient: Bool) -> TLSServerSettings {
        var settings = TLSServerSettings()
        settings.certificate = TestCertificates.server
        settings.key = TestCertificates.serverKey
        if requiresClient { settings.certificateAuthorities = [TestCertificates.authority] }
        return settings
    }

    @Test(.timeLimit(.minutes(5))) func `nothing is acknowledged before it is stored, and keep-alives come meanwhile`()
        async throws
    {
        let sink = MemorySink()
        sink.hold()
        try await ReceivingScene.run(sink: sink, { $0.keepAlive = .milliseconds(5) }) { scene in
            let client = try await FrameClient(port: scene.lumberjackPort)
            try await client.send(Frames.window(["{\"a\":1}", "{\"a\":2}"]))
            let alive = try await client.acknowledgements(2)
            #expect(alive == [0, 0])
            #expect(scene.sink.events == [])
            scene.sink.release()
            #expect(try await client.acknowledgement { $0 != 0 } == 2)
            #expect(scene.sink.events == ["{\"a\":1}", "{\"a\":2}"])
            await client.close()
        }
    }

    @Test(.timeLimit(.minutes(5))) func `what the store cannot take is tried until it can`() async throws {
        let sink = MemorySink()
        sink.fail(with: [.unavailable, .overloaded, .unavailable])
        try await ReceivingScene.run(sink: sink) { scene in
            let client = try await FrameClient(port: scene.lumberjackPort)
            try await client.send(Frames.window(["{\"a\":1}"]))
            #expect(try await client.acknowledgement { $0 != 0 } == 1)
            #expect(scene.sink.events == ["{\"a\":1}"] && scene.sink.appends == 4)
            #expect(scene.intake.counters.counts[.lumberjack]?.overloads == 3)
            await client.close()
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a client that has sent enough is not read from`() async throws {
        let sink = MemorySink()
        sink.hold()
        try await ReceivingScene.run(sink: sink, { $0.limits.memory = 1 << 20 }) { scene in
            let clients = [
                try await FrameClient(port: scene.lumberjackPort), try await FrameClient(port: scene.lumberjackPort),
            ]
            let event = "{\"message\":\"" + String(repeating: "x", count: 50_000) + "\"}"
            let window = Frames.window(Array(repeating: event, count: 400))
            for client in clients { client.begin(window) }
            await sink.appended(1)
            // 40 MB are on their way; what is held is the limit, what was on its way to it, and one batch of each.
            for _ in 0..<1000 {
                for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try await loop.submit {}.get() }
                #expect(scene.intake.budget.used < 2 * (LumberjackBatch.fullBytes + (4 << 20)))
            }
            sink.release()
            for client in clients { #expect(try await client.acknowledgement { $0 == 400 } == 400) }
            #expect(scene.sink.events.count == 800)
            for client in clients { await client.close() }
        }
    }

    @Test(.timeLimit(.minutes(5))) func `the budget is given back when clients go`() async throws {
        let sink = MemorySink()
        sink.hold()
        try await ReceivingScene.run(sink: sink) { scene in
            let client = try await FrameClient(port: scene.lumberjackPort)
            try await client.send(Frames.window(["{\"a\":1}"]) + Frames.window(["{\"a\":2}"]) + Frames.window(9))
            await sink.appended(1)
            #expect(scene.intake.budget.used > 0)
            await client.close()
            while scene.intake.counters.connections[.lumberjack] != 0 { await Task.yield() }
            #expect(scene.intake.budget.used == 0)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a client that sends nonsense is shut out and others are not`() async throws {
        try await ReceivingScene.run { scene in
            let good = try await FrameClient(port: scene.lumberjackPort)
            let bad = try await FrameClient(port: scene.lumberjackPort)
            bad.begin(Array("GET / HTTP/1.1\r\n\r\n".utf8))
            #expect(try await bad.isClosed())
            try await good.send(Frames.window(["{}"]))
            #expect(try await good.acknowledgement { $0 != 0 } == 1)
            #expect(scene.intake.counters.counts[.lumberjack]?.failures == 1)
            await good.close()
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a client that stops in the middle of a window is shut out`() async throws {
        try await ReceivingScene.run({ $0.limits.stallTimeout = .milliseconds(20) }) { scene in
            let client = try await FrameClient(port: scene.lumberjackPort)
            try await client.send(Frames.window(2) + Frames.event(1, "{}"))
            #expect(try await client.isClosed())
            #expect(scene.intake.counters.counts[.lumberjack]?.failures == 1)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `more clients than allowed are turned away`() async throws {
        try await ReceivingScene.run({ $0.limits.connections = 1 }) { scene in
            let first = try await FrameClient(port: scene.lumberjackPort)
            try await first.send(Frames.window(["{}"]))
            #expect(try await first.acknowledgement { $0 != 0 } == 1)
            let second = try await FrameClient(port: scene.lumberjackPort)
            #expect(try await second.isClosed())
            await first.close()
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a stop acknowledges what is on its way to the store`() async throws {
        let sink = MemorySink()
        sink.hold()
        try await ReceivingScene.run(sink: sink) { scene in
            let client = try await FrameClient(port: scene.lumberjackPort)
            // A whole window, and one event of a window of two.
            try await client.send(Frames.window(["{\"a\":1}"]) + Frames.window(2) + Frames.event(1, "{\"a\":2}"))
            await sink.appended(1)
            await scene.stop()
            scene.sink.release()
            #expect(try await client.isClosed())
            #expect(client.received.contains(1))
            #expect(scene.sink.events.first == "{\"a\":1}")
        }
    }

    @Test(.timeLimit(.minutes(5))) func `an event that is no JSON object is kept as a text`() async throws {
        try await ReceivingScene.run { scene in
            let client = try await FrameClient(port: scene.lumberjackPort)
            try await client.send(Frames.window(["{\"a\":1}", "no \"JSON\"", "{\"a\":\n2}", ""]))
            #expect(try await client.acknowledgement { $0 != 0 } == 4)
            #expect(
                scene.sink.events == [
                    "{\"a\":1}",
                    #"{"message":"no \"JSON\"","error":{"type":"json","message":"no object, at byte 0"}}"#,
                    "{\"a\": 2}",
                    #"{"message":"","error":{"type":"json","message":"no object, at byte 0"}}"#,
                ])
            #expect(scene.intake.counters.counts[.lumberjack]?.wrapped == 2)
            await client.close()
        }
    }
}
