import EventModel
import Publishing
import Synchronization
import TestSupport
import Testing
import Transport

@testable import KafkaOutput

/// What counts as delivered, and what happens to the rest.
@Suite struct DeliveryTests {
    @Test(.timeLimit(.minutes(2)))
    func `an event is delivered on its report and not when it is queued`() async throws {
        let scene = try KafkaScene()
        var factory = BatchFactory()
        _ = try await scene.driver.settle([factory.batch(["warm"])], window: 1)
        scene.cluster.stop(broker: 1)
        let isBack = Mutex(false)
        let wasBack = Mutex<Bool?>(nil)
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            scene.driver.lane.send(Delivery(all: factory.batch(["one", "two"]))) { reply in
                wasBack.withLock { $0 = isBack.withLock { $0 } && reply == .delivered }
                done.resume()
            }
            // Long enough for the messages to be queued: a reader gives up meanwhile.
            _ = KafkaReader(scene.cluster).readToEnd(patience: 300)
            isBack.withLock { $0 = true }
            scene.cluster.start(broker: 1)
        }
        #expect(wasBack.withLock { $0 } == true)
        #expect(scene.messages == ["warm", "one", "two"])
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `too few replicas are waited for, and nothing comes twice`() async throws {
        let scene = try KafkaScene(brokers: 3, topics: ["logs": 2])
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<300)
        // NOT_ENOUGH_REPLICAS, NOT_LEADER_FOR_PARTITION, REQUEST_TIMED_OUT.
        scene.cluster.refuse([19, 6, 19, 7, 19])
        let settlement = try await scene.driver.settle([factory.batch(lines)], window: 1)
        #expect(settlement == .init(delivered: 300))
        #expect(scene.messages == lines)
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a partition moves to another broker and nothing is lost or repeated`() async throws {
        let scene = try KafkaScene(brokers: 3)
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<400)
        for (index, broker) in [1, 2, 3, 1].enumerated() {
            scene.cluster.setLeader(of: 0, in: "logs", to: broker)
            let batch = factory.batch(Array(lines[(index * 100)..<(index * 100 + 100)]))
            #expect(await scene.driver.deliver(batch) == .delivered)
        }
        #expect(scene.messages == lines)
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a full local queue holds up and drops nothing`() async throws {
        let scene = try KafkaScene {
            $0.properties.append(.init(name: "queue.buffering.max.messages", value: Secret("7")))
        }
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<1000)
        let batches = stride(from: 0, to: 1000, by: 250).map { factory.batch(Array(lines[$0..<($0 + 250)])) }
        let settlement = try await scene.driver.settle(batches, window: 4)
        #expect(settlement == .init(delivered: 1000))
        #expect(scene.messages == lines)
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `an event that is too large for the producer is rejected alone`() async throws {
        let scene = try KafkaScene { $0.maxMessageBytes = 10_000 }
        var factory = BatchFactory()
        let large = String(repeating: "x", count: 20_000)
        let settlement = try await scene.driver.settle([factory.batch(["before", large, "behind"])], window: 1)
        #expect(settlement.delivered == 2 && settlement.retries == 0)
        #expect(settlement.rejected.map(\.reason) == ["too_large"])
        #expect(settlement.rejected[0].answer.contains("Message size too large"))
        #expect(scene.messages == ["before", "behind"])
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a batch that a topic finds too large goes again in smaller ones`() async throws {
        let scene = try KafkaScene()
        var factory = BatchFactory()
        scene.cluster.refuse([10])
        let settlement = try await scene.driver.settle([factory.batch(["first", "second", "third"])], window: 1)
        #expect(settlement.delivered == 3 && settlement.retries == 1 && settlement.rejected.isEmpty)
        #expect(scene.messages == ["first", "second", "third"])
        #expect(scene.output.context.producers.batchLimit == 250_000)
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `an event that a topic finds too large all alone is rejected`() async throws {
        let scene = try KafkaScene()
        var factory = BatchFactory()
        scene.cluster.refuse([Int32](repeating: 10, count: 30))
        let settlement = try await scene.driver.settle([factory.batch(["one", "two"])], window: 1)
        // Batches of 1,000,000, 250,000, … bytes, until one is smaller than an event.
        #expect(settlement.rejected.map(\.reason) == ["too_large", "too_large"])
        #expect(settlement.retries >= 5)
        scene.cluster.stopRefusing()
        #expect(await scene.driver.deliver(factory.batch(["three"])) == .delivered)
        #expect(scene.messages == ["three"])
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `one that is refused for good takes its reason to the dead letters, and its neighbours arrive`() async throws {
        let scene = try KafkaScene(topics: ["logs": 1])
        var factory = BatchFactory()
        scene.cluster.refuse([87])
        let refused = try await scene.driver.settle([factory.batch(["never"])], window: 1)
        #expect(refused.rejected.map(\.reason) == ["kafka_invalid_record"])
        let taken = try await scene.driver.settle([factory.batch(["ever"])], window: 1)
        #expect(taken.delivered == 1)
        #expect(scene.messages == ["ever"])
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a broker that is not there is said to be not there`() async throws {
        let port = ReservedPort()
        let scene = try KafkaScene { $0.hosts = [.init(host: "127.0.0.1", port: port.port)] }
        var factory = BatchFactory()
        let reply = await scene.driver.deliver(factory.batch(["one"]))
        #expect(reply.verdicts == .all(.retry))
        #expect(reply.failure?.label == .connect)
        #expect(reply.failure?.message.contains("Connection refused") == true, "\(reply)")
        await scene.end()
    }
}
