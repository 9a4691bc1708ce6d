import EventModel
import HTTPTransport
import Synchronization
import TestSupport
import Testing

@testable import ElasticSetup

struct ElasticsearchSetupTests {
    private static let serverless = #"{"version":{"number":"8.11.0","build_flavor":"serverless"}}"#
    private static let openSearch = #"{"version":{"number":"2.17.1","distribution":"opensearch"}}"#
    private static let early = #"{"version":{"number":"7.17.3","build_flavor":"default"}}"#
    private static let recent = #"{"version":{"number":"8.19.0","build_flavor":"default"}}"#
    private static let template = "/_index_template/needletail"

    private func run(
        _ fake: FakeElasticsearch, _ change: (inout ElasticsearchOptions) -> Void = { _ in },
        report: @escaping SetupReport = { _ in }
    ) async throws(SetupError) -> ElasticsearchSetup.Result {
        var options = ElasticsearchOptions()
        change(&options)
        return try await ElasticsearchSetup.run(options, on: fake.target, report: report)
    }

    private func failure(
        _ fake: FakeElasticsearch, _ change: (inout ElasticsearchOptions) -> Void = { _ in }
    ) async throws -> SetupError {
        do throws(SetupError) {
            let result = try await run(fake, change)
            throw SetupError(.badAnswer, "was set up: \(result)")
        } catch {
            return error
        }
    }

    @Test(arguments: [
        (recent, [template]), (serverless, [template]), (early, ["/_ilm/policy/needletail", template]),
        (openSearch, ["/_plugins/_ism/policies/needletail", template]),
    ])
    func `the first run loads, and the second changes nothing and says so`(
        _ banner: String, _ paths: [String]
    ) async throws {
        try await FakeElasticsearch.with({ $0.banner = banner }) { fake in
            let first = try await run(fake)
            #expect(first.outcomes.map(\.outcome) == paths.map { _ in .created })
            #expect(fake.loads == paths.map { "PUT \($0)" })
            let second = try await run(fake)
            #expect(second.outcomes.map(\.outcome) == paths.map { _ in .unchanged })
            #expect(fake.loads.count == paths.count)
            #expect(second.notes.isEmpty)
        }
    }

    @Test(arguments: [recent, early, openSearch])
    func `other options update what is there`(_ banner: String) async throws {
        try await FakeElasticsearch.with({ $0.banner = banner }) { fake in
            let first = try await run(fake)
            let second = try await run(fake) {
                $0.retention = "7d"
                $0.shards = 2
            }
            #expect(second.outcomes.map(\.outcome) == first.outcomes.map { _ in .updated })
            #expect(second.notes.contains { $0.contains("_rollover") })
            let third = try await run(fake) {
                $0.retention = "7d"
                $0.shards = 2
            }
            #expect(third.outcomes.allSatisfy { $0.outcome == .unchanged })
        }
    }

    @Test func `another lifecycle replaces the one before`() async throws {
        try await FakeElasticsearch.with { fake in
            _ = try await run(fake) { $0.lifecycle = .ilm }
            #expect(try await run(fake) { $0.lifecycle = .none }.outcomes.map(\.outcome) == [.updated])
            let stored = fake.state.withLock { $0.stored[Self.template] }
            #expect(stored?.value(at: "template.settings.index.lifecycle") == nil)
        }
    }

    @Test func `what was changed by hand is put right, and what was added stays`() async throws {
        try await FakeElasticsearch.with { fake in
            _ = try await run(fake)
            fake.change(Self.template) { $0.set("template.mappings.properties.app.type", .text("object")) }
            #expect(try await run(fake).outcomes.map(\.outcome) == [.unchanged])
            fake.change(Self.template) {
                $0.set("template.mappings.properties.log.properties.offset.type", .text("text"))
            }
            #expect(try await run(fake).outcomes.map(\.outcome) == [.updated])
        }
    }

    @Test(arguments: [early, openSearch])
    func `a foreign template or policy is refused before anything is loaded`(_ banner: String) async throws {
        try await FakeElasticsearch.with({ $0.banner = banner }) { fake in
            fake.change(Self.template) { $0.set("_meta.managed_by", .text("somebody")) }
            let error = try await failure(fake)
            #expect(error.code == .foreign)
            #expect(error.message.contains("--force") && error.message.contains("GET \(Self.template)"))
            #expect(fake.loads.isEmpty)
            let forced = try await run(fake) { $0.force = true }
            #expect(forced.outcomes.map(\.outcome) == [.created, .updated])
            #expect(try await run(fake).outcomes.allSatisfy { $0.outcome == .unchanged })
        }
    }

    @Test func `a foreign policy is refused, too`() async throws {
        try await FakeElasticsearch.with({ $0.banner = Self.early }) { fake in
            fake.change("/_ilm/policy/needletail") { $0.set("policy.phases.hot.min_age", .text("0ms")) }
            let error = try await failure(fake)
            #expect(error.code == .foreign)
        }
    }

    @Test func `what a later version has loaded is left as it is`() async throws {
        try await FakeElasticsearch.with { fake in
            _ = try await run(fake)
            fake.change(Self.template) { $0.set("_meta.version", .number(99)) }
            let result = try await run(fake)
            #expect(result.outcomes.map(\.outcome) == [.newer])
            #expect(result.notes.contains { $0.contains("--force") })
        }
    }

    @Test func `a collector of our own needs nothing`() async throws {
        let banner = #"{"name":"needletail","version":{"number":"8.19.0","build_hash":"needletail"}}"#
        try await FakeElasticsearch.with({ $0.banner = banner }) { fake in
            let result = try await run(fake)
            #expect(result.outcomes.isEmpty && result.notes.contains { $0.contains("nothing to set up") })
            #expect(fake.asked.isEmpty)
        }
    }

    // MARK: Troubles

    @Test func `a cluster that is still starting is waited for`() async throws {
        let starting = HTTPPeer.Answer(503, body: #"{"error":{"reason":"no master"},"status":503}"#)
        try await FakeElasticsearch.with({ $0.ahead = [starting, starting, HTTPPeer.Answer(429), starting] }) { fake in
            let said = Mutex<[String]>([])
            let result = try await run(fake, report: { line in said.withLock { $0.append(line) } })
            #expect(result.outcomes.map(\.outcome) == [.created])
            let lines = said.withLock { $0 }
            #expect(lines.count == 3)
            #expect(lines[0].contains("503") && lines[0].contains("no master"))
        }
    }

    @Test func `one that does not start in time is given up`() async throws {
        try await FakeElasticsearch.with({ $0.refusals["/"] = HTTPPeer.Answer(503, body: "starting") }) { fake in
            var target = fake.target
            target.timeout = .milliseconds(20)
            let error = await #expect(throws: SetupError.self) {
                try await ElasticsearchSetup.run(ElasticsearchOptions(), on: target) { _ in }
            }
            #expect(error?.code == .unavailable && error?.isTransient == true)
            #expect(error?.message.contains("503") == true)
        }
    }

    @Test(arguments: [
        ("/", HTTPPeer.Answer(401, body: "{}"), SetupError.Code.unauthorized, "NEEDLETAIL_API_KEY"),
        (
            template, HTTPPeer.Answer(403, body: #"{"error":{"reason":"is unauthorized for user [joe]"}}"#), .forbidden,
            "manage_index_templates"
        ),
        (template, HTTPPeer.Answer(400, body: #"{"error":{"reason":"bad thing"}}"#), .refused, "bad thing"),
        ("/", HTTPPeer.Answer(200, body: "<html>"), .badAnswer, "is this its address?"),
        ("/", HTTPPeer.Answer(301), .badAnswer, "301"),
        ("/", HTTPPeer.Answer(200, body: #"{"version":{"number":"7.7.1"}}"#), .unsupported, "7.9"),
        ("/", HTTPPeer.Answer(200, body: #"{"version":{"number":"6.8.0"}}"#), .unsupported, "6.8.0"),
    ])
    func `what is wrong is said with what to do`(
        _ path: String, _ answer: HTTPPeer.Answer, _ code: SetupError.Code, _ words: String
    ) async throws {
        try await FakeElasticsearch.with({ $0.refusals[path] = answer }) { fake in
            let error = try await failure(fake)
            #expect(error.code == code)
            #expect(error.description.contains(words), "\(error)")
            #expect(error.endpoint?.contains("127.0.0.1") == true)
        }
    }

    @Test func `an answer without an end is not read to its end`() async throws {
        let long = HTTPPeer.Answer(200, body: String(repeating: "x", count: SetupClient.longestAnswer + 1))
        try await FakeElasticsearch.with({ $0.refusals["/"] = long }) { fake in
            let error = try await failure(fake)
            #expect(error.code == .badAnswer)
        }
    }

    @Test func `the API key is sent, and the next host is asked when one is away`() async throws {
        try await FakeElasticsearch.with { fake in
            var target = fake.target
            let free = try await HTTPPeer.start()
            let away = "http://127.0.0.1:\(free.port)"
            await free.shutdown()
            target.client.hosts = [away, "http://127.0.0.1:\(fake.peer.port)/"]
            target.encodedAPIKey = Secret("aWQ6a2V5")
            let result = try await ElasticsearchSetup.run(ElasticsearchOptions(), on: target) { _ in }
            #expect(result.outcomes.map(\.outcome) == [.created])
            #expect(fake.peer.requests.allSatisfy { $0.headers["authorization"] == "ApiKey aWQ6a2V5" })
        }
    }

    @Test func `printing needs no server and shows what would be sent`() throws {
        var options = ElasticsearchOptions()
        options.lifecycle = .ilm
        let text = try ElasticsearchSetup.printed(options)
        let parts = text.split(separator: "PUT ").map { $0.split(separator: "\n", maxSplits: 1) }
        #expect(parts.map { String($0[0]) } == ["/_ilm/policy/needletail", "/_index_template/needletail"])
        for part in parts { #expect(JSONTree(part[1].utf8)?.object != nil) }
    }
}
