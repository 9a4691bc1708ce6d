import EventModel
import HTTPTransport
import Logging
import Publishing
import Synchronization
import TestSupport
import Testing

@testable import LokiOutput

@Suite struct StreamTests {
    private static let zap =
        #"{"level":"error","ts":"2026-01-22T16:34:53.123456789Z","msg":"declined","service_name":"checkout","#
        + #""trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331"}"#

    @Test(.timeLimit(.minutes(5)), arguments: [false, true])
    func `a line of zap is itself, with its own time, labels and metadata`(_ parsed: Bool) async throws {
        try await LokiScene.run { scene in
            _ = try await scene.deliver([Self.zap], parsed: parsed)
            let entry = PushRequest.Entry(
                seconds: 1_769_099_693, nanos: 123_456_789, line: Self.zap,
                metadata: [
                    "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331", "level": "error",
                    "event_id": "key-0", "filename": "/var/log/shop/app.log", "offset": "0",
                ])
            #expect(scene.streams == [.init(labels: #"{host="web1", service_name="checkout"}"#, entries: [entry])])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `the same in JSON`() async throws {
        try await LokiScene.run({ $0.encoding = .json }) { scene in
            _ = try await scene.deliver([Self.zap])
            let found = String(decoding: scene.peer.requests[0].plainBody ?? [], as: UTF8.self)
            let line = Self.zap.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
            #expect(
                found
                    == #"{"streams":[{"stream":{"host":"web1","service_name":"checkout"},"values":[["1769099693123456789","#
                    + #""\#(line)",{"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","#
                    + #""level":"error","event_id":"key-0","filename":"/var/log/shop/app.log","offset":"0"}]]}]}"#)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `equal lines that were read at once have times of their own, in order`()
        async throws
    {
        try await LokiScene.run({ $0.structuredMetadata = [] }) { scene in
            _ = try await scene.deliver(["again", "again", "again"])
            let entries = scene.streams[0].entries
            #expect(entries.map(\.nanos) == [963_000_000, 963_000_001, 963_000_002])
            #expect(entries.allSatisfy { $0.metadata.isEmpty && $0.line == "again" })
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [(LokiSettings.Line.message, "declined"), (.raw, Self.zap)])
    func `the line is what was asked for`(_ line: LokiSettings.Line, _ expected: String) async throws {
        try await LokiScene.run({ $0.line = line }) { scene in
            _ = try await scene.deliver([Self.zap])
            #expect(scene.streams[0].entries[0].line == expected)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `bytes that are no UTF-8 leave as text`() async throws {
        try await LokiScene.run { scene in
            var factory = try BatchFactory.agent()
            _ = await scene.driver.deliver(factory.batch([[0x61, 0xff, 0xc3, 0xbc, 0xc3, 0x62]]))
            #expect(scene.streams[0].entries[0].line == #"a\xffü\xc3b"#)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `labels come from texts and fields, with clean names`() async throws {
        try await LokiScene.run({
            $0.labels = [
                .init("env", "%{[env]}-%{[zone]:z0}"), .init("1 job", "shop"), .init("none", "%{[nothing]}"),
                .init("level", "%{[log.level]}"), .init("quoted", "a\"b\\c\n"),
            ]
        }) { scene in
            _ = try await scene.deliver([#"{"level":"WARNING","msg":"x"}"#], fields: #"{"env":"prod"}"#)
            #expect(
                scene.streams[0].labels
                    == #"{env="prod-z0", _1_job="shop", level="warn", quoted="a\"b\\c\n"}"#)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a label with too many values does not make as many streams`() async throws {
        let counters = EventCounters()
        let log = LogLines()
        try await LokiScene.run(
            counters: counters, logger: Logger(label: "test") { _ in log },
            {
                $0.labels = [.init("host", "%{[host.name]}"), .init("user", "%{[user]}")]
                $0.maxLabelValues = 10
            }
        ) { scene in
            let lines = (0..<100).map { #"{"user":"u\#($0)","msg":"x"}"# }
            _ = try await scene.deliver(lines)
            _ = try await scene.deliver(lines)
            let labels = Set(scene.streams.map(\.labels))
            #expect(labels.count == 11)
            #expect(
                labels.contains(#"{host="web1", user="overflow"}"#) && labels.contains(#"{host="web1", user="u9"}"#))
            #expect(counters.labelsReplaced.load(ordering: .relaxed) == 180)
            #expect(scene.streams.reduce(0) { $0 + $1.entries.count } == 200)
            #expect(log.lines.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `too many streams share one, whatever label they come from`() async throws {
        try await LokiScene.run({
            $0.labels = [.init("a", "%{[a]}"), .init("b", "%{[b]}"), .init("job", "shop")]
            $0.maxStreams = 20
        }) { scene in
            _ = try await scene.deliver((0..<100).map { #"{"a":"\#($0 % 10)","b":"\#($0 / 10)","msg":"x"}"# })
            #expect(scene.streams.count == 21)
            #expect(scene.streams.last?.labels == #"{a="overflow", b="overflow", job="shop"}"#)
            #expect(scene.streams.last?.entries.count == 80)
        }
    }

    @Test func `the count of streams begins anew after an hour`() {
        let limits = StreamGuard(labels: ["a"], maxStreams: 1, maxValues: 10, logger: LokiScene.quiet)
        let start = ContinuousClock().now
        #expect(limits.generation(at: start) == 1)
        #expect(limits.admit(stream: 1, values: [1]) == 0)
        #expect(limits.admit(stream: 2, values: [2]) == 1)
        #expect(limits.generation(at: start + .seconds(3599)) == 1)
        #expect(limits.generation(at: start + .seconds(3600)) == 2)
        #expect(limits.admit(stream: 2, values: [2]) == 0)
    }

    @Test(arguments: ["%{[a]", "%{[]}", "%{[a]x}"]) func `what is no template is refused`(_ value: String) {
        #expect(LokiOutput.problem(of: [.init("a", value)]) != nil)
    }
}
