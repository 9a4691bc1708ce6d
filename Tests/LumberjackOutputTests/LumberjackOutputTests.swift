import LumberjackOutput
import NIOPosix
import Publishing
import TestSupport
import Testing
import Transport

struct LumberjackOutputTests {
    private func driver(_ peer: LumberjackPeer, _ change: (inout LumberjackSettings) -> Void = { _ in }) throws
        -> LaneDriver
    {
        var settings = LumberjackSettings()
        settings.hosts = [Endpoint(host: "127.0.0.1", port: peer.port)]
        change(&settings)
        return LaneDriver(try LumberjackOutput(settings, group: MultiThreadedEventLoopGroup.singleton).makeLane(0))
    }

    @Test(.timeLimit(.minutes(5)), arguments: 0...9)
    func `large deliveries arrive whole and in order at every level`(level: Int) async throws {
        let peer = try await LumberjackPeer()
        let driver = try driver(peer) { $0.compressionLevel = level }
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<800, length: 500)
        let batches = stride(from: 0, to: 800, by: 200).map { factory.batch(Array(lines[$0..<($0 + 200)])) }
        let settlement = try await driver.settle(batches, window: 2)
        #expect(settlement.delivered == 800 && settlement.retries == 0)
        #expect(peer.journal.kept.elementsEqual(lines))
        driver.lane.close()
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5)), arguments: [0, 3])
    func `a line longer than a chunk arrives whole`(level: Int) async throws {
        let peer = try await LumberjackPeer()
        let driver = try driver(peer) { $0.compressionLevel = level }
        var factory = BatchFactory()
        var generator = SystemRandomNumberGenerator()
        // Does not compress.
        let noise = String(
            decoding: (0..<300_000).map { _ in UInt8.random(in: 35...90, using: &generator) }, as: UTF8.self)
        let lines = ["short", noise, "short again"]
        let settlement = try await driver.settle([factory.batch(lines)], window: 1)
        #expect(settlement.delivered == 3 && settlement.retries == 0)
        #expect(peer.journal.kept.elementsEqual(lines))
        driver.lane.close()
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `an event beyond the limit is rejected and the others are delivered`()
        async throws
    {
        let peer = try await LumberjackPeer()
        var settings = LumberjackSettings()
        settings.hosts = [Endpoint(host: "127.0.0.1", port: peer.port)]
        let output = try LumberjackOutput(
            settings, group: MultiThreadedEventLoopGroup.singleton, largestEvent: 20_000)
        let driver = LaneDriver(output.makeLane(0))
        var factory = BatchFactory()
        let batch = factory.batch(["one", String(repeating: "x", count: 20_000), "two"])
        let reply = await driver.deliver(batch)
        #expect(reply.verdicts == .each([.delivered, .rejected(reason: 0), .delivered]))
        #expect(reply.reasons.map(\.reason) == ["too_large"])
        #expect(peer.journal.kept == ["one", "two"])
        driver.lane.close()
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `partial acknowledgements and keep-alives are understood`() async throws {
        var options = LumberjackPeer.Options()
        options.partialAcknowledgements = 3
        options.keepAlives = 2
        let peer = try await LumberjackPeer(options: options)
        let driver = try driver(peer)
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<100)
        let settlement = try await driver.settle([factory.batch(lines)], window: 1)
        #expect(settlement.delivered == 100 && settlement.retries == 0)
        driver.lane.close()
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `what was acknowledged before the connection broke is not sent again`()
        async throws
    {
        let peer = try await LumberjackPeer()
        peer.journal.behave(.answersHalf, attempts: 1)
        let driver = try driver(peer)
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<100)
        let reply = await driver.deliver(factory.batch(lines))
        #expect(reply.verdicts == .prefix(delivered: 50))
        #expect(peer.journal.kept.elementsEqual(lines[..<50]))
        driver.lane.close()
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `a peer that hangs up after each window gets everything once`() async throws {
        var options = LumberjackPeer.Options()
        options.windowsPerConnection = 1
        let peer = try await LumberjackPeer(options: options)
        let driver = try driver(peer)
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<50)
        for start in stride(from: 0, to: 50, by: 10) {
            let settlement = try await driver.settle([factory.batch(Array(lines[start..<(start + 10)]))], window: 1)
            #expect(settlement.delivered == 10)
        }
        #expect(peer.journal.kept == lines)
        #expect(peer.connectionsTaken >= 5)
        driver.lane.close()
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `a connection is renewed after its time`() async throws {
        let peer = try await LumberjackPeer()
        let driver = try driver(peer) { $0.ttl = .nanoseconds(1) }
        var factory = BatchFactory()
        for number in 0..<3 { _ = try await driver.settle([factory.batch(["\(number)"])], window: 1) }
        #expect(peer.journal.kept == ["0", "1", "2"])
        driver.lane.close()
        await peer.shutdown()
    }

    @Test func `traits say what the settings ask for`() throws {
        var settings = LumberjackSettings()
        settings.hosts = [Endpoint(host: "a", port: 1), Endpoint(host: "::1", port: 2)]
        settings.workers = 2
        settings.loadBalance = true
        settings.pipelining = 0
        let traits = try LumberjackOutput(settings, group: MultiThreadedEventLoopGroup.singleton).traits
        #expect(traits.lanes == 4 && traits.window == 1)
        #expect(traits.endpoint == "a:1,[::1]:2")
    }

    @Test(.timeLimit(.minutes(5)), arguments: [true, false])
    func `a probe over TLS tells each step`(trusted: Bool) async throws {
        let peer = try await LumberjackPeer(tls: TestCertificates.server())
        var settings = LumberjackSettings()
        settings.hosts = [Endpoint(host: "127.0.0.1", port: peer.port)]
        var tls = TLSSettings()
        tls.certificateAuthorities = [trusted ? TestCertificates.authority : TestCertificates.otherAuthority]
        settings.tls = tls
        let output = try LumberjackOutput(settings, group: MultiThreadedEventLoopGroup.singleton)
        let report = try #require(await output.probe().first)
        #expect(report.isOK == trusted)
        let names = ["dns lookup", "dial up", "handshake", "talk to server"]
        #expect(report.steps.map(\.name) == Array(names.prefix(trusted ? 4 : 3)))
        #expect(!trusted || report.steps[2].detail.contains("TLS version: tlsv13"), "\(report.steps[2].detail)")
        await peer.shutdown()
    }
}
