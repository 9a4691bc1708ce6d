import EventModel
import Publishing
import TestSupport
import Testing

@testable import KafkaOutput

/// A file's lines stay in order, and nothing is there that was not asked for.
@Suite struct OrderTests {
    @Test(.timeLimit(.minutes(4)), arguments: [1, 2, 3])
    func `the order of a file survives errors, retries and brokers that come and go`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let scene = try KafkaScene(brokers: 3, topics: ["logs": 4])
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<2000)
        for batches in factory.rounds(lines, upTo: 120, &random) {
            switch random.next() % 5 {
            case 0: scene.cluster.refuse([19, 7, 20])
            case 1: scene.cluster.refuse([29])
            case 2: scene.cluster.setLeader(of: 0, in: "logs", to: 1 + Int(random.next() % 3))
            case 3:
                scene.cluster.stop(broker: 2)
                scene.cluster.start(broker: 2)
            default: break
            }
            let settlement = try await scene.driver.settle(batches, window: 4)
            #expect(settlement.rejected.isEmpty)
        }
        let records = scene.records()
        #expect(Set(records.map(\.partition)).count == 1)
        var seen: Set<String> = []
        let once = records.map(\.message).filter { seen.insert($0).inserted }
        #expect(once == lines)
        #expect(records.allSatisfy { $0.headers["event_id"]?.hasPrefix("test-1-") == true })
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `what was not reported at the end is read again and is there once`() async throws {
        let scene = try KafkaScene()
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<90)
        _ = try await scene.driver.settle([factory.batch(["warm"])], window: 1)
        scene.cluster.stop(broker: 1)
        let batches = (0..<3).map { factory.batch(Array(lines[($0 * 30)..<($0 * 30 + 30)])) }
        let numbers = batches.map { scene.driver.send(Delivery(all: $0)) }
        await scene.end()
        for number in numbers { #expect(await scene.driver.reply(to: number).verdicts == .all(.retry)) }
        scene.cluster.start(broker: 1)
        let next = try KafkaScene.output(scene.cluster)
        let driver = LaneDriver(next.makeLane(0))
        #expect(try await driver.settle(batches, window: 3).delivered == 90)
        #expect(scene.messages == ["warm"] + lines)
        driver.lane.close()
        await next.shutdown()
    }

    @Test(.timeLimit(.minutes(2)))
    func `lanes share a producer, and each keeps its order`() async throws {
        let scene = try KafkaScene(topics: ["logs": 3]) { $0.workers = 3 }
        let drivers = [scene.driver] + (1..<3).map { LaneDriver(scene.output.makeLane($0)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (lane, driver) in drivers.enumerated() {
                group.addTask {
                    var factory = BatchFactory(path: "/var/log/\(lane).log")
                    let batches = (0..<20).map { part in
                        factory.batch((0..<50).map { "\(lane) \(part * 50 + $0)" })
                    }
                    let settlement = try await driver.settle(batches, window: 4)
                    #expect(settlement.delivered == 1000)
                }
            }
            try await group.waitForAll()
        }
        let messages = scene.messages
        for lane in 0..<3 {
            #expect(messages.filter { $0.hasPrefix("\(lane) ") } == (0..<1000).map { "\(lane) \($0)" })
        }
        for driver in drivers.dropFirst() { driver.lane.close() }
        await scene.end()
    }
}
