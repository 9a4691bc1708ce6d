import EventModel
import NIOCore
import NIOPosix
import Publishing
import Synchronization
import TestSupport
import Testing
import Transport

struct StreamLaneTests {
    /// Sends a full chunk for each event, and notes which memory it was given for it.
    struct CountingWire: StreamWire {
        let addresses: Addresses
        var reported = 0
        var chunkBytes: Int { 128 * 1024 }
        var isPolled: Bool { true }

        mutating func opened() {}
        mutating func encode(_ feed: EventFeed, into chunk: inout ByteBuffer) -> Int {
            chunk.writeRepeatingByte(0x78, count: 128 * 1024)
            addresses.note(chunk)
            feed.advance()
            return 1
        }
        mutating func taken(events: Int, sent: Int) {}
        mutating func received(_ bytes: inout ByteBuffer) throws(TransportError) -> Arrival {
            Arrival(events: 0, isProgress: false)
        }
        mutating func polled(acknowledged: Int) -> Arrival {
            let arrived = acknowledged / (128 * 1024) - reported
            reported += arrived
            return Arrival(events: arrived, isProgress: arrived > 0)
        }
    }

    final class Addresses: Sendable {
        let seen = Mutex<Set<UInt>>([])

        func note(_ chunk: ByteBuffer) {
            let address = unsafe chunk.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
            _ = seen.withLock { $0.insert(address) }
        }
    }

    @Test(.timeLimit(.minutes(5))) func `chunks are written into the same few buffers again and again`() async throws {
        let peer = try await TCPPeer()
        let addresses = Addresses()
        var settings = StreamLaneSettings(window: 4, timeout: .seconds(30))
        settings.spareTime = .seconds(3600)
        let lane = StreamLane(
            CountingWire(addresses: addresses), settings: settings,
            connector: Connector(),
            ring: HostRing([Endpoint(host: "127.0.0.1", port: peer.port)], lane: 0, loadBalance: false),
            loop: MultiThreadedEventLoopGroup.singleton.any(), counters: nil)
        let driver = LaneDriver(lane)
        var factory = BatchFactory()
        let batches = (0..<10).map { _ in factory.batch(BatchFactory.numbered(0..<20)) }
        let settlement = try await driver.settle(batches, window: 4)
        #expect(settlement.delivered == 200)
        #expect(addresses.seen.withLock { $0.count } <= 12, "the watermark allows five chunks at once")
        lane.close()
        await peer.shutdown()
    }
}
