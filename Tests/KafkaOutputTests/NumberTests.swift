import EventModel
import Publishing
import TestSupport
import Testing

@testable import KafkaOutput

/// Brokers that look at the numbers of an idempotent producer, and topics that say how large a batch may be.
@Suite struct NumberTests {
    @Test(.timeLimit(.minutes(4)), arguments: [1, 2, 3, 4])
    func `what was taken without an answer is there once, and a file stays in order`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let broker = try await KafkaBroker.start(topics: ["logs": .init(partitions: 3)])
        let scene = try BrokerScene(broker) {
            // Small batches, so that many are under way when one of them goes wrong.
            $0.properties.append(.init(name: "batch.num.messages", value: .init("20")))
        }
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<3000)
        for batches in factory.rounds(lines, upTo: 150, &random) {
            // NOT_LEADER_FOR_PARTITION, REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS
            broker.plan(
                (0..<(random.next() % 4)).map { _ in
                    let error = [6, 7, 19][Int(random.next() % 3)]
                    return random.next() % 2 == 0 ? .takesAndCuts : .refuses(error)
                })
            let settlement = try await scene.driver.settle(batches, window: 4)
            #expect(settlement.rejected.isEmpty)
        }
        let isAsSent = scene.messages == lines
        #expect(isAsSent)
        #expect(broker.repetitions > 0)
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a gap in the numbers ends the producer, and the next one sends what was not taken`() async throws {
        let broker = try await KafkaBroker.start()
        let scene = try BrokerScene(broker)
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<60)
        _ = try await scene.driver.settle([factory.batch(Array(lines[..<20]))], window: 1)
        // OUT_OF_ORDER_SEQUENCE_NUMBER: the broker has forgotten.
        broker.plan([.refuses(45)])
        let settlement = try await scene.driver.settle(
            [factory.batch(Array(lines[20..<40])), factory.batch(Array(lines[40...]))], window: 2)
        #expect(settlement.delivered == 40 && settlement.rejected.isEmpty)
        #expect(scene.messages == lines)
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)), arguments: [true, false])
    func `a topic's limit is learnt`(tellsLimit: Bool) async throws {
        let limit = 5000
        let broker = try await KafkaBroker.start(
            topics: ["logs": .init(maxMessageBytes: limit, tellsLimit: tellsLimit)])
        let scene = try BrokerScene(broker)
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<200, length: 100)
        let large = String(repeating: "x", count: 6000)
        let settlement = try await scene.driver.settle(
            [factory.batch(lines + [large]), factory.batch(["behind"])], window: 1)
        #expect(settlement.delivered == 201)
        #expect(settlement.rejected.map(\.reason) == ["too_large"])
        #expect(scene.messages == lines + ["behind"])
        #expect(broker.count(.configs) == 1)
        // Without the topic's word it is found by quarters.
        let learnt = scene.output.context.producers.batchLimit
        #expect(tellsLimit ? learnt == limit : learnt <= limit)
        await scene.end()
    }
}
