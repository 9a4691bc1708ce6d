import EventModel
import NIOPosix
import Publishing
import TCPOutput
import TestSupport
import Testing
import Transport

struct TCPOutputTests {
    private func output(
        _ ports: [Int], delimiter: String = "\n", timeout: Duration = .seconds(30), loadBalance: Bool = false,
        counters: EventCounters? = nil
    ) throws -> TCPOutput {
        var settings = TCPSettings()
        settings.hosts = ports.map { Endpoint(host: "127.0.0.1", port: $0) }
        settings.timeout = timeout
        settings.lineDelimiter = delimiter
        settings.loadBalance = loadBalance
        return try TCPOutput(settings, group: MultiThreadedEventLoopGroup.singleton, counters: counters)
    }

    @Test(.timeLimit(.minutes(5))) func `large deliveries arrive whole, in order, whatever the socket takes`()
        async throws
    {
        let peer = try await TCPPeer()
        let driver = LaneDriver(try output([peer.port]).makeLane(0))
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<3000, length: 1000)
        let batches = stride(from: 0, to: 3000, by: 500).map { factory.batch(Array(lines[$0..<($0 + 500)])) }
        let settlement = try await driver.settle(batches, window: 4)
        #expect(settlement.delivered == 3000 && settlement.retries == 0)
        await peer.catchUp(with: lines)
        #expect(peer.journal.kept.elementsEqual(lines))
        driver.lane.close()
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `a line longer than a chunk arrives whole`() async throws {
        let peer = try await TCPPeer()
        let driver = LaneDriver(try output([peer.port]).makeLane(0))
        var factory = BatchFactory()
        let lines = ["short", String(repeating: "x", count: 300_000), "short again"]
        let settlement = try await driver.settle([factory.batch(lines)], window: 1)
        #expect(settlement.delivered == 3 && settlement.retries == 0)
        await peer.catchUp(with: lines)
        #expect(peer.journal.kept.elementsEqual(lines))
        driver.lane.close()
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `events end with the delimiter that was asked for`() async throws {
        let peer = try await TCPPeer(whole: true)
        let driver = LaneDriver(try output([peer.port], delimiter: "|\r\n").makeLane(0))
        var factory = BatchFactory()
        _ = try await driver.settle([factory.batch(["one", "two"])], window: 1)
        await peer.journal.attempt(1)
        await peer.shutdown()
        #expect(peer.journal.kept.count == 2)
        #expect(peer.journal.kept.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}|\r") })
        driver.lane.close()
    }

    @Test(.timeLimit(.minutes(5))) func `bytes that the peer's kernel has not acknowledged are not settled`()
        async throws
    {
        let peer = try await TCPPeer(receiveBuffer: 4096)
        peer.journal.behave(.stalls)
        let driver = LaneDriver(try output([peer.port], timeout: .seconds(3600)).makeLane(0))
        var factory = BatchFactory()
        let batch = factory.batch(BatchFactory.numbered(0..<4000, length: 1000))
        let number = driver.send(Delivery(all: batch))
        await peer.journal.attempt(1)
        // The whole of it is in our kernel's queue or our memory; the peer's buffer holds a few kilobytes of it.
        await peer.closeConnections()
        let reply = await driver.reply(to: number)
        #expect(reply.verdicts == .all(.retry))
        #expect(reply.failure?.label == .reset)
        driver.lane.close()
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `a lane goes to the next host when one is down`() async throws {
        let gone = ReservedPort()
        defer { withExtendedLifetime(gone) {} }
        let peer = try await TCPPeer()
        let driver = LaneDriver(try output([gone.port, peer.port]).makeLane(0))
        var factory = BatchFactory()
        let settlement = try await driver.settle([factory.batch(["line"])], window: 1)
        #expect(settlement.delivered == 1)
        #expect(settlement.retries == 1)
        #expect(settlement.failures.first?.label == .connect)
        driver.lane.close()
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `after the peer ended an idle connection a new one is made`() async throws {
        let peer = try await TCPPeer()
        let driver = LaneDriver(try output([peer.port]).makeLane(0))
        var factory = BatchFactory()
        _ = try await driver.settle([factory.batch(["one"])], window: 1)
        await peer.catchUp(with: ["one"])
        await peer.closeConnections()
        let settlement = try await driver.settle([factory.batch(["two"])], window: 1)
        #expect(settlement.delivered == 1)
        await peer.catchUp(with: ["two"])
        #expect(peer.journal.keptOnce == ["one", "two"])
        #expect(peer.connectionsTaken == 2)
        driver.lane.close()
        await peer.shutdown()
    }

    @Test func `lanes are workers, times hosts with load balance`() throws {
        #expect(try output([1, 2, 3]).traits.lanes == 1)
        #expect(try output([1, 2, 3], loadBalance: true).traits.lanes == 3)
        #expect(try output([1]).traits.endpoint == "127.0.0.1:1")
    }

    @Test(.timeLimit(.minutes(5))) func `the probe tells each step`() async throws {
        let peer = try await TCPPeer()
        let good = try await output([peer.port]).probe()
        #expect(good.map(\.isOK) == [true])
        #expect(good[0].steps.map(\.name) == ["dns lookup", "dial up", "talk to server"])
        await peer.shutdown()
        let gone = ReservedPort()
        let bad = try await output([gone.port]).probe()
        #expect(bad[0].steps.map(\.isOK) == [true, false])
        #expect(bad[0].steps.last?.detail == "connection refused: nothing listens there")
    }
}
