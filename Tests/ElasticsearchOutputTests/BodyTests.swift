import EventModel
import HTTPTransport
import Publishing
import TestSupport
import Testing

@testable import ElasticsearchOutput

/// The bytes of bulk requests.
@Suite struct BodyTests {
    @Test(.timeLimit(.minutes(5))) func `a body is an action and an event a line`() async throws {
        try await ElasticsearchScene.run { scene in
            #expect(await scene.deliver(["a", "b \"c\""], template: tinyTemplate) == .delivered)
            let time = #""@timestamp":"2026-01-22T16:34:53.963Z""#
            #expect(
                scene.bodies == [
                    """
                    {"create":{"_index":"logs","_id":"test-1-0"}}
                    {\(time),"message":"a"}
                    {"create":{"_index":"logs","_id":"test-1-2"}}
                    {\(time),"message":"b \\"c\\""}

                    """
                ])
            let request = try #require(scene.peer.requests.last)
            #expect(request.headers["content-type"] == "application/x-ndjson")
            #expect(request.headers["content-length"] != nil && request.headers["transfer-encoding"] == nil)
            #expect(request.headers["user-agent"] == "needletail/1.0.0")
            #expect(
                request.uri == "/_bulk?filter_path="
                    + "errors,items.*.status,items.*.error.type,items.*.error.reason")
        }
    }

    @Test(.timeLimit(.minutes(5))) func `the default is the data stream of the version, created into`() async throws {
        try await ElasticsearchScene.run({ settings, _, _ in settings.index = ElasticsearchSettings().index }) {
            scene in
            #expect(await scene.deliver(["a"]) == .delivered)
            #expect(scene.bodies[0].hasPrefix(#"{"create":{"_index":"needletail-1.0.0","_id":"#))
            #expect(scene.store.documents.map(\.operation) == ["create"])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a date puts the index into each action`() async throws {
        try await ElasticsearchScene.run({ settings, _, _ in
            settings.index.format = "Logs-%{+yyyy.MM.dd}"
            settings.operation = .index
            settings.pipeline.format = "geo"
        }) { scene in
            #expect(await scene.deliver(["a", "b"], template: tinyTemplate) == .delivered)
            #expect(scene.peer.requests.last?.uri.hasPrefix("/_bulk?") == true)
            #expect(
                scene.bodies[0].split(separator: "\n").map(String.init)[0]
                    == #"{"index":{"_index":"logs-2026.01.22","pipeline":"geo","_id":"test-1-0"}}"#)
            #expect(scene.store.documents.map(\.id) == ["test-1-0", "test-1-2"])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a constant pipeline goes into the URL`() async throws {
        try await ElasticsearchScene.run({ settings, _, _ in
            settings.pipeline.format = "geo ip"
            settings.parameters = [.init(name: "routing", value: "a&b"), .init(name: "filter_path", value: "took")]
        }) { scene in
            #expect(await scene.deliver(["a"]) == .delivered)
            #expect(scene.peer.requests.last?.uri.hasSuffix("reason&pipeline=geo%20ip&routing=a%26b") == true)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `the path of a host stands in front of everything`() async throws {
        try await ElasticsearchScene.run({ settings, peer, _ in settings.client.hosts = [peer.root + "/es/"] }) {
            scene in
            #expect(await scene.deliver(["a"]) == .delivered)
            let paths = scene.peer.requests.map { String($0.uri.prefix { $0 != "?" }) }
            #expect(paths == ["/es/", "/es/_cluster/settings", "/es/_bulk"])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `gzip carries the same body`() async throws {
        try await ElasticsearchScene.run({ settings, _, _ in settings.client.compressionLevel = 1 }) { scene in
            #expect(await scene.deliver(BatchFactory.numbered(0..<1000)) == .delivered)
            #expect(scene.peer.requests.last?.headers["content-encoding"] == "gzip")
            #expect(scene.peer.requests.first?.headers["content-encoding"] == nil)
            #expect(scene.store.documents.map(\.message) == BatchFactory.numbered(0..<1000))
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [1, 1000, 65_536, 70_000, 1_000_000])
    func `lines of any length fit`(_ length: Int) async throws {
        try await ElasticsearchScene.run { scene in
            let lines = (0..<5).map { String(repeating: "\($0)", count: length) }
            #expect(await scene.deliver(lines) == .delivered)
            #expect(scene.store.documents.map(\.message) == lines)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [500, 1000, 5000])
    func `no body is larger than the limit`(_ limit: Int) async throws {
        try await ElasticsearchScene.run({ settings, _, _ in settings.client.bulkMaxBytes = limit }) { scene in
            let lines = BatchFactory.numbered(0..<100)
            #expect(await scene.deliver(lines) == .delivered)
            #expect(scene.bodies.allSatisfy { $0.utf8.count <= limit })
            #expect(scene.store.documents.map(\.message) == lines)
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [("id:key", "ApiKey aWQ6a2V5"), ("aWQ6a2V5", "ApiKey aWQ6a2V5")])
    func `an API key goes as it is, or is encoded`(_ key: String, _ expected: String) async throws {
        try await ElasticsearchScene.run({ settings, _, _ in settings.apiKey = Secret(key) }) { scene in
            #expect(await scene.deliver(["a"]) == .delivered)
            #expect(scene.peer.requests.allSatisfy { $0.headers["authorization"] == expected })
        }
    }
}
