import EventModel
import Publishing
import TestSupport
import Testing

@testable import KafkaOutput

/// What a record looks like: value, key, headers, time, topic and partition.
@Suite struct RecordTests {
    private static func template(_ file: String) -> EventTemplate {
        EventTemplate(plain: [
            .constant("{\"@timestamp\":\""), .time, .constant("\",\"service\":{\"name\":\"\(file)\"},\"message\":\""),
            .message, .constant("\",\"log\":{\"offset\":"), .offset, .constant("}}"),
        ])
    }

    @Test(.timeLimit(.minutes(2)))
    func `kcat reads value, key, headers and time`() async throws {
        let scene = try KafkaScene { settings in
            settings.key = "%{[service.name]}"
            settings.headers = [.init(name: "team", value: Secret("shop"))]
        }
        var factory = BatchFactory(template: Self.template("cart"))
        _ = try await scene.driver.settle([factory.batch(["one", "two"])], window: 1)
        let kcat = await ChildProcess.run(
            "kcat", ["-b", scene.cluster.hosts, "-t", "logs", "-C", "-e", "-q", "-f", "%k|%h|%T|%s\\n"])
        let time = "2026-01-22T16:34:53.963Z"
        func line(_ message: String, _ offset: Int) -> String {
            "cart|event_id=test-1-\(offset),team=shop,host=web1|1769099693963|{\"@timestamp\":\"\(time)\","
                + "\"service\":{\"name\":\"cart\"},\"message\":\"\(message)\",\"log\":{\"offset\":\(offset)}}\n"
        }
        #expect(kcat.output == line("one", 0) + line("two", 4), "\(kcat.errors)")
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `headers can be left out`() async throws {
        let scene = try KafkaScene { $0.identityHeaders = false }
        var factory = BatchFactory()
        _ = try await scene.driver.settle([factory.batch(["one"])], window: 1)
        #expect(scene.records().map(\.headers) == [[:]])
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a topic is made of fields, and what has none becomes a dead letter`() async throws {
        let scene = try KafkaScene(topics: ["logs-cart": 1, "errors": 1]) { settings in
            settings.topic = "logs-%{[service.name]}"
            settings.topics = [TopicRule(topic: "errors", conditions: [.init(.contains, "message", "ERROR")])]
        }
        var cart = BatchFactory(template: Self.template("cart"))
        let taken = try await scene.driver.settle([cart.batch(["fine", "an ERROR", "good"])], window: 1)
        #expect(taken == .init(delivered: 3))
        #expect(scene.records("logs-cart").map(\.message) == ["fine", "good"])
        #expect(scene.records("errors").map(\.message) == ["an ERROR"])
        var bad = BatchFactory(template: Self.template("no name"))
        let refused = try await scene.driver.settle([bad.batch(["one"])], window: 1)
        #expect(refused.rejected.map(\.reason) == ["no_topic"])
        #expect(refused.rejected[0].answer.contains("logs-no name"))
        var none = BatchFactory()
        let missing = try await scene.driver.settle([none.batch(["one", "ERROR"])], window: 1)
        #expect(missing.rejected.map(\.reason) == ["no_topic"] && missing.delivered == 1)
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a topic by day takes the event's day`() async throws {
        let scene = try KafkaScene(topics: ["logs-2026.01.22": 1]) { $0.topic = "logs-%{+yyyy.MM.dd}" }
        var factory = BatchFactory()
        _ = try await scene.driver.settle([factory.batch(["one", "two"])], window: 1)
        #expect(scene.records("logs-2026.01.22").map(\.message) == ["one", "two"])
        await scene.end()
    }

    /// Java's own test vectors of murmur2, made positive.
    @Test(.timeLimit(.minutes(2)), arguments: [("foobar", -790_332_482), ("21", -973_932_308)])
    func `keys find the partition that Java's producers choose`(key: String, murmur: Int) async throws {
        let scene = try KafkaScene(topics: ["logs": 8]) { $0.key = "%{[service.name]}" }
        var factory = BatchFactory(template: Self.template(key))
        _ = try await scene.driver.settle([factory.batch(["one", "two"])], window: 1)
        #expect(Set(scene.records().map(\.partition)) == [(murmur & 0x7fff_ffff) % 8])
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)), arguments: [(KafkaSettings.Partition.roundRobin, 5), (.random, 5), (.file, 1)])
    func `events are spread over partitions, or not`(partition: KafkaSettings.Partition, least: Int) async throws {
        let scene = try KafkaScene(topics: ["logs": 8]) {
            $0.partition = partition
            $0.groupEvents = 10
        }
        var factory = BatchFactory()
        _ = try await scene.driver.settle([factory.batch(BatchFactory.numbered(0..<400))], window: 1)
        let records = scene.records()
        #expect(records.count == 400)
        let used = Set(records.map(\.partition)).count
        #expect(partition == .file ? used == 1 : used >= least)
        if partition == .roundRobin {
            let counts = Dictionary(grouping: records, by: \.partition).mapValues(\.count)
            #expect(counts.values.allSatisfy { $0 == 50 }, "\(counts)")
        }
        await scene.end()
    }

    @Test func `the time of a record is the event's`() {
        func time(_ event: String) -> Int64? {
            let bytes = Array(event.utf8)
            return unsafe bytes.withUnsafeBufferPointer { unsafe RecordTime.milliseconds(of: $0) }
        }
        #expect(time(#"{"@timestamp":"2026-01-22T16:34:53.963Z","message":""}"#) == 1_769_099_693_963)
        #expect(time(#"{"@timestamp":"2024-02-29T00:00:00.000Z","message":""}"#) == 1_709_164_800_000)
        #expect(time(#"{"message":"2026-01-22T16:34:53.963Z and more of it"}"#) == nil)
        #expect(time("{}") == nil)
    }
}
