import AgentConfig
import EventModel
import TestSupport
import NIOHTTP1
import Testing
import Transport

@testable import Collector

struct AgentsStatusTests {
    @Test(
        arguments: [
            (
                #"{"@timestamp":"2026-11-23T08:44:12.123Z","host":{"name":"web1"},"agent":{"name":"a","type":"filebeat","version":"9.1.0"}}"#,
                ["web1", "a", "filebeat", "9.1.0"], Int64(1_795_423_452_123_000_000)
            ),
            (#"{"host.name":"web\u00fc","agent.version":"1"}"#, ["webü", nil, nil, "1"], nil),
            (#"{"host":"fluent","@timestamp":5,"nested":{"host":{"name":"no"}}}"#, ["fluent", nil, nil, nil], nil),
            (#"{"host":{"name":{"x":1}},"@timestamp":"9999-01-01T00:00:00Z"}"#, [#"{"x":1}"#, nil, nil, nil], nil),
            (#"{}"#, [nil, nil, nil, nil], nil),
        ] as [(String, [String?], Int64?)])
    func `the last event tells who sent it`(event: String, names: [String?], time: Int64?) {
        let bytes = Array(event.utf8)
        let facts = AgentFacts(event: bytes, 0..<bytes.count)
        let host = names[0] == #"{"x":1}"# ? nil : names[0]
        #expect([facts.host, facts.agentName, facts.agentType, facts.agentVersion] == [host] + names[1...])
        #expect(facts.time == time)
    }

    @Test func `rows tell events, bytes, rate and lag, the last seen first`() {
        let status = AgentsStatus()
        let second: Int64 = 1_000_000_000
        var facts = AgentFacts()
        facts.host = "web1"
        facts.time = 97 * second
        let client = Client(.lumberjack, address: "192.0.2.1")
        status.connected("192.0.2.1")
        for time in 1...100 {
            status.received(
                IncomingSummary(count: 50, bytes: 500, wrapped: 0), facts, from: client, at: Int64(time) * second)
        }
        let other = Client(.bulk, address: "192.0.2.2", userAgent: "Fluent-Bit")
        status.received(IncomingSummary(count: 1, bytes: 2, wrapped: 0), AgentFacts(), from: other, at: 101 * second)
        let rows = status.rows(now: 101 * second)
        #expect(rows.map(\.name) == ["192.0.2.2", "web1"])
        #expect(rows[0].agent == "Fluent-Bit" && rows[0].lag == nil && rows[0].connections == 0)
        #expect(rows[1].events == 5000 && rows[1].bytes == 50_000 && rows[1].connections == 1)
        #expect(rows[1].lag == .seconds(3))
        #expect((40...60).contains(rows[1].eventsPerSecond), "\(rows[1].eventsPerSecond)")
        #expect(status.rows(now: 10_000 * second).allSatisfy { $0.eventsPerSecond == 0 })
    }

    @Test func `the table is bounded, and forgets who was seen longest ago`() {
        let status = AgentsStatus()
        for number in 0..<3000 {
            let client = Client(.ndjson, address: "host\(number)")
            status.received(
                IncomingSummary(count: 1, bytes: 1, wrapped: 0), AgentFacts(), from: client, at: Int64(number))
        }
        let rows = status.rows(now: 3000)
        #expect(rows.count == 2048 && rows.last?.name == "host952")
    }

    @Test(.timeLimit(.minutes(5))) func `an HTTP client is known by its address and agent`() async throws {
        try await ReceivingScene.run { scene in
            _ = try await scene.ask(.POST, "/ingest", "{}\n{}\n", headers: ["User-Agent": "curl/8"])
            let rows = scene.intake.agents.rows(now: EventBatch.now())
            #expect(
                rows.map(\.agent) == ["curl/8"] && rows.map(\.events) == [2] && rows.map(\.address) == ["127.0.0.1"])
        }
    }
}

struct CollectorExposureTests {
    @Test(
        arguments: [
            ([], true),
            (["collector.http.host=0.0.0.0"], false),
            (["collector.http.host=0.0.0.0", "collector.http.enabled=false"], true),
            (["collector.http.host=0.0.0.0", "collector.auth.token=0123456789abcdef"], false),
            (["collector.http.host=0.0.0.0", "collector.http.ssl.certificate=x"], false),
            (
                [
                    "collector.http.host=0.0.0.0", "collector.auth.token=0123456789abcdef",
                    "collector.http.ssl.certificate=x",
                ], true
            ),
            (
                [
                    "collector.http.host=0.0.0.0", "collector.auth.token=0123456789abcdef",
                    "collector.http.ssl={certificate: x, enabled: false}",
                ], false
            ),
            (
                [
                    "collector.http.host=logs.example",
                    "collector.http.ssl={certificate: x, certificate_authorities: y}",
                ], true
            ),
            (
                [
                    "collector.http.host=logs.example",
                    "collector.http.ssl={certificate: x, certificate_authorities: y, client_authentication: optional}",
                ], false
            ),
            (["collector.lumberjack.host=::"], false),
            (
                [
                    "collector.lumberjack.host=::", "collector.auth.token=0123456789abcdef",
                    "collector.lumberjack.ssl.certificate=x",
                ], false
            ),
            (
                [
                    "collector.lumberjack.host=::",
                    "collector.lumberjack.ssl={certificate: x, certificate_authorities: y}",
                ], true
            ),
        ] as [([String], Bool)])
    func `off loopback TLS and a proof of who sends are asked for`(overrides: [String], isFine: Bool) throws {
        let settings = try ConfigLoader.loadCollector(files: [], overrides: overrides, environment: [:])
        let problems = CollectorExposure.problems(settings)
        #expect(problems.isEmpty == isFine, "\(problems)")
        #expect(problems.allSatisfy { $0.contains("--insecure") })
    }
}
