import TestSupport
import Testing

/// The real binary against Kafka brokers: librdkafka's mock cluster, read while it is written to.
@Suite(.timeLimit(.minutes(4)))
struct ProcessKafkaTests {
    private static func configure(_ scene: ProcessScene, _ cluster: KafkaCluster) {
        let hosts = cluster.hosts.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ", ")
        scene.configure(
            """
            output.kafka:
              hosts: [\(hosts)]
              topic: logs
              worker: 2
              bulk_max_size: 300
              backoff.init: 20ms
              backoff.max: 200ms
              delivery_timeout: 20s
              librdkafka.reconnect.backoff.max.ms: 200
              librdkafka.max.in.flight: 1
            """)
    }

    @Test func `brokers that come and go get every line, each file in its order`() async throws {
        try await ProcessScene.play { scene in
            let cluster = KafkaCluster(brokers: 3, topics: ["logs": 6])
            let heard = KafkaTally(cluster)
            Self.configure(scene, cluster)
            var logs = ProcessLogs(scene.logs, files: (0..<8).map { "\($0).log" })
            let agent = try scene.run()
            for round in 0..<10 {
                for file in 0..<logs.count { logs.append(file, 260) }
                // One broker after the other, and all three at once.
                let stopped = round == 5 ? [1, 2, 3] : [1 + round % 3]
                if round > 0 { for broker in stopped { cluster.stop(broker: broker) } }
                if round == 7 { cluster.refuse([19, 7, 6, 29]) }
                for file in 0..<logs.count { logs.append(file, 40) }
                for broker in stopped { cluster.start(broker: broker) }
                try heard.wait(for: logs.total)
            }
            #expect(agent.isRunning)
            #expect(try await agent.terminate() == 0)
            heard.drain()
            #expect(logs.total == 24_000)
            try heard.tally.checkAll(logs.written)
            logs.finish()
        }
    }

    @Test func `killed at random moments, nothing is lost and nothing comes twice by id`() async throws {
        try await ProcessScene.play { scene in
            let cluster = KafkaCluster(brokers: 1, topics: ["logs": 6])
            let heard = KafkaTally(cluster)
            Self.configure(scene, cluster)
            var random = SeededGenerator(processSeed: 7)
            var logs = ProcessLogs(scene.logs, files: (0..<8).map { "\($0).log" })
            for _ in 0..<8 {
                for file in 0..<logs.count { logs.append(file, 3124) }
                let agent = try scene.run()
                try heard.wait(
                    for: max(heard.tally.distinct + 1, logs.total - Int.random(in: 1...25_000, using: &random)))
                #expect(agent.isRunning)
                try await agent.destroy()
            }
            for file in 0..<logs.count { logs.append(file, 8) }
            let last = try scene.run()
            try heard.wait(for: logs.total)
            #expect(try await last.terminate() == 0)
            heard.drain()
            #expect(logs.total == 200_000)
            try heard.tally.checkAll(logs.written)
            logs.finish()
        }
    }

    @Test func `stopped by SIGTERM again and again, nothing comes twice`() async throws {
        try await ProcessScene.play { scene in
            let cluster = KafkaCluster(brokers: 1, topics: ["logs": 3])
            let heard = KafkaTally(cluster)
            Self.configure(scene, cluster)
            var logs = ProcessLogs(scene.logs, files: ["a.log", "b.log"])
            for _ in 0..<4 {
                for file in 0..<logs.count { logs.append(file, 1000) }
                let agent = try scene.run()
                try heard.wait(for: max(heard.tally.distinct + 1, logs.total - 1500))
                #expect(try await agent.terminate() == 0)
            }
            for file in 0..<logs.count { logs.append(file, 1) }
            let last = try scene.run()
            try heard.wait(for: logs.total)
            #expect(try await last.terminate() == 0)
            heard.drain()
            try heard.tally.checkAll(logs.written, exactlyOnce: true)
            logs.finish()
        }
    }
}

/// Reads a topic as it grows, and counts. The test's own thread reads.
private final class KafkaTally {
    private let reader: KafkaReader
    private(set) var tally = ProcessTally()

    init(_ cluster: KafkaCluster) { reader = KafkaReader(cluster) }

    /// Takes what there is. The header of each record says the same id as its event.
    func drain() {
        for record in reader.readToEnd() {
            let id = record.headers["event_id"] ?? "no id"
            #expect(record.value.contains("\"_id\":\"\(id)\""))
            tally.take(Array(record.value.utf8))
        }
    }

    func wait(for lines: Int) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while tally.distinct < lines {
            drain()
            if ContinuousClock.now > deadline {
                throw ProcessFailure(description: "\(tally.distinct) of \(lines) lines have come")
            }
        }
    }
}
