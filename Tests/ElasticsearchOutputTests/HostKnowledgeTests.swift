import HTTPTransport
import Publishing
import Synchronization
import TestSupport
import Testing

@testable import ElasticsearchOutput

/// What is asked of a host before events go to it.
@Suite struct HostKnowledgeTests {
    @Test(.timeLimit(.minutes(5))) func `product and limit are asked for once`() async throws {
        try await ElasticsearchScene.run({ _, _, store in
            store.settings.withLock {
                $0 = .init(200, body: #"{"defaults":{"http":{"max_content_length":"2kb"}}}"#)
            }
        }) { scene in
            let lines = BatchFactory.numbered(0..<100)
            #expect(await scene.deliver(lines) == .delivered)
            #expect(
                scene.peer.requests.filter { $0.method == "GET" }.map { String($0.uri.prefix(19)) } == [
                    "/", "/_cluster/settings?",
                ])
            #expect(scene.bodies.count > 5 && scene.bodies.allSatisfy { $0.utf8.count < 2048 })
            #expect(scene.store.documents.map(\.message) == lines)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [429, 500, 502, 503, 504])
    func `a cluster that is still starting is waited for`(_ status: Int) async throws {
        let words = #"{"error":{"reason":"security index is not ready"}}"#
        try await ElasticsearchScene.run({ _, _, store in
            store.banner.withLock { $0 = .init(status, body: words) }
        }) { scene in
            let reply = await scene.deliver(["a"])
            #expect(reply.verdicts == .all(.retry))
            #expect(reply.failure?.message.contains("is not ready: \(status): \(words)") == true)
            #expect(scene.bodies.isEmpty)
            scene.store.banner.withLock { $0 = .init(200, body: #"{"version":{"number":"9.1.0"}}"#) }
            #expect(await scene.deliver(["a"]) == .delivered)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a host that refuses connections is waited for`() async throws {
        let port = ReservedPort()
        try await ElasticsearchScene.run({ settings, _, _ in
            settings.client.hosts = ["http://127.0.0.1:\(port.port)"]
        }) { scene in
            let reply = await scene.deliver(["a"])
            #expect(reply.verdicts == .all(.retry) && reply.failure?.label == .connect)
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            HTTPPeer.Answer(404), .init(403, body: "no"), .init(401), .init(405), .init(200, body: "ok"), .init(200),
            .init(200, body: #"{"version":{"number":"2.11.0","distribution":"opensearch"}}"#),
            .init(200, body: #"{"version":{"number":"1.3.0","distribution":"opensearch"}}"#),
            .init(200, body: #"{"version":{"number":"7.4.0"}}"#), .init(200, body: #"{"version":{"number":"next"}}"#),
        ].enumerated().map(\.element))
    func `OpenSearch, proxies and what says nothing of itself are taken`(_ banner: HTTPPeer.Answer) async throws {
        try await ElasticsearchScene.run({ _, _, store in store.banner.withLock { $0 = banner } }) { scene in
            #expect(await scene.deliver(["a"]) == .delivered)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `an Elasticsearch that wants types is refused, and events wait`() async throws {
        try await ElasticsearchScene.run({ _, _, store in
            store.banner.withLock { $0 = .init(200, body: #"{"version":{"number":"6.8.23"}}"#) }
        }) { scene in
            let reply = await scene.deliver(["a"])
            #expect(reply.verdicts == .all(.retry))
            #expect(reply.failure?.message.contains("is Elasticsearch 6.8.23") == true)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a second host is asked by itself, and takes over`() async throws {
        let gone = ReservedPort()
        try await ElasticsearchScene.run({ settings, peer, _ in
            settings.client.hosts = ["http://127.0.0.1:\(gone.port)", peer.root]
        }) { scene in
            #expect(scene.output.traits.lanes == 2)
            #expect(await scene.deliver(["a"]).verdicts == .all(.retry))
            #expect(await scene.deliver(["a"]) == .delivered)
        }
    }

    @Test(
        arguments: [
            ("100mb", 104_857_600), ("104857600b", 104_857_600), ("1.5kb", 1536), ("2gb", 2 << 30), ("10", nil),
            ("", nil),
            ("-1", nil), ("1b", nil), ("1e99mb", nil), ("mb", nil),
        ] as [(String, Int?)])
    func `sizes are read`(text: String, bytes: Int?) {
        #expect(HostKnowledge.byteCount(text) == bytes)
    }

    @Test func `what an operator has set comes before the default`() {
        let body =
            #"{"defaults":{"http":{"max_content_length":"1mb"}},"persistent":{"http":{"max_content_length":"2mb"}}}"#
        #expect(HostKnowledge.limit(in: Array(body.utf8)) == 2 << 20)
        #expect(HostKnowledge.limit(in: Array("{}".utf8)) == nil)
    }
}
