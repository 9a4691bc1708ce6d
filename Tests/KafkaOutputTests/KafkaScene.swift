import EventModel
import Logging
import Publishing
import TestSupport
import Transport

@testable import KafkaOutput

/// A mock cluster and an output that ships to it.
final class KafkaScene: Sendable {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let cluster: KafkaCluster
    let output: KafkaOutput
    let driver: LaneDriver

    init(
        brokers: Int = 1, topics: [String: Int] = ["logs": 1], template: EventTemplate = BatchFactory.template,
        adjust: (inout KafkaSettings) -> Void = { _ in }
    ) throws {
        cluster = KafkaCluster(brokers: brokers, topics: topics)
        output = try KafkaScene.output(cluster, adjust)
        driver = LaneDriver(output.makeLane(0))
    }

    static func output(_ cluster: KafkaCluster, _ adjust: (inout KafkaSettings) -> Void = { _ in }) throws
        -> KafkaOutput
    {
        var settings = KafkaSettings()
        settings.hosts = cluster.hosts.split(separator: ",").compactMap {
            let parts = $0.split(separator: ":")
            return Endpoint(host: String(parts[0]), port: Int(parts[1]) ?? 0)
        }
        settings.topic = "logs"
        // A broker refuses what comes behind a batch that failed, by its numbers; the mock does not look at them.
        settings.properties = [
            .init(name: "reconnect.backoff.max.ms", value: Secret("200")),
            .init(name: "max.in.flight.requests.per.connection", value: Secret("1")),
        ]
        adjust(&settings)
        return try KafkaOutput(settings, host: "web1", logger: quiet)
    }

    /// All that the partitions of a topic hold, in the order of each.
    func records(_ topic: String = "logs") -> [KafkaRecord] { KafkaReader(cluster, topic: topic).readToEnd() }

    var messages: [String] { records().map(\.message) }

    func end() async {
        driver.lane.close()
        await output.shutdown()
    }
}

extension BatchFactory {
    /// The lines in batches of 1 to `most`, four of which go at a time.
    mutating func rounds(_ lines: [String], upTo most: UInt64, _ random: inout SeededGenerator) -> [[Batch]] {
        var batches: [Batch] = []
        var rest = lines[...]
        while !rest.isEmpty {
            let count = 1 + Int(random.next() % most)
            batches.append(batch(Array(rest.prefix(count))))
            rest = rest.dropFirst(count)
        }
        return stride(from: 0, to: batches.count, by: 4).map { Array(batches[$0..<min($0 + 4, batches.count)]) }
    }
}
