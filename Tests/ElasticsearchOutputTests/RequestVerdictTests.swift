import HTTPTransport
import Publishing
import TestSupport
import Testing

@testable import ElasticsearchOutput

/// What becomes of the events when a bulk request is answered as a whole.
@Suite struct RequestVerdictTests {
    /// Answers bulk requests by `rule`, and everything else as a cluster does.
    private func answerBulks(
        _ scene: ElasticsearchScene, _ rule: @escaping @Sendable (HTTPPeer.Request) -> HTTPPeer.Answer?
    ) {
        let store = scene.store
        scene.peer.answer { request in
            guard request.method == "POST", var answer = rule(request) else { return store.answer(request) }
            answer.kept = []
            return answer
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a 413 halves, and the limit is remembered for its host`() async throws {
        try await ElasticsearchScene.run { scene in
            answerBulks(scene) { request in request.body.count > 4000 ? .init(413) : nil }
            let lines = BatchFactory.numbered(0..<100)
            #expect(await scene.deliver(lines) == .delivered)
            #expect(scene.store.documents.map(\.message) == lines)
            let refusals = scene.bodies.filter { $0.utf8.count > 4000 }.count
            #expect(refusals >= 1 && refusals <= 4)
            #expect(await scene.deliver(BatchFactory.numbered(100..<200), template: tinyTemplate) == .delivered)
            #expect(scene.bodies.filter { $0.utf8.count > 4000 }.count == refusals)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a single event that is too large is a dead letter`() async throws {
        try await ElasticsearchScene.run { scene in
            answerBulks(scene) { request in request.body.count > 4000 ? .init(413, body: "too long") : nil }
            let reply = await scene.deliver(["a", String(repeating: "x", count: 5000), "b"])
            #expect((0..<3).map { reply.verdict(at: $0) } == [.delivered, .rejected(reason: 0), .delivered])
            #expect(reply.reasons == [.init(reason: "es_413", answer: "too long")])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a 400 is narrowed to the culprit`() async throws {
        try await ElasticsearchScene.run { scene in
            answerBulks(scene) { request in
                request.messages.contains("line 000777") ? .init(400, body: "Malformed content") : nil
            }
            let lines = BatchFactory.numbered(0..<1000)
            let reply = await scene.deliver(lines)
            for (position, line) in lines.enumerated() {
                #expect(reply.verdict(at: position) == (line == "line 000777" ? .rejected(reason: 0) : .delivered))
            }
            #expect(reply.reasons == [.init(reason: "es_400", answer: "Malformed content")])
            #expect(scene.store.documents.map(\.message) == lines.filter { $0 != "line 000777" })
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [301, 401, 403, 404, 405, 406, 408, 410, 415, 429, 500, 502, 503, 504])
    func `what no event is to blame for is retried, with the server's words`(_ status: Int) async throws {
        try await ElasticsearchScene.run { scene in
            answerBulks(scene) { _ in .init(status, headers: ["Retry-After": "7"], body: "words") }
            let reply = await scene.deliver(["a", "b"])
            #expect(reply.verdicts == .all(.retry))
            #expect(reply.failure?.label == .status)
            #expect(reply.failure?.message.contains("\(status)") == true)
            #expect(reply.retryAfter == (status == 301 ? nil : .seconds(7)))
        }
    }

    /// The answer of VictoriaLogs 1.26.0, as it was recorded.
    @Test(.timeLimit(.minutes(5))) func `a path that a server does not have blames no event`() async throws {
        try await ElasticsearchScene.run { scene in
            answerBulks(scene) { _ in .init(400, body: "unsupported path requested: \"/insert/x/_bulk\"\n") }
            let reply = await scene.deliver(["a", "b"])
            #expect(reply.verdicts == .all(.retry))
            #expect(reply.failure?.message.contains("hosts must name where _bulk is answered") == true)
            #expect(scene.bodies.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `parameters that a server does not know blame no event`() async throws {
        try await ElasticsearchScene.run { scene in
            answerBulks(scene) { _ in
                .init(400, body: #"{"error":{"reason":"request [/_bulk] contains unrecognized parameter: [x]"}}"#)
            }
            #expect(await scene.deliver(["a", "b"]).verdicts == .all(.retry))
            #expect(scene.bodies.count == 1)
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            "", "{}", "[]", "<html>", #"{"errors":true}"#, #"{"errors":true,"items":[]}"#,
            #"{"errors":false,"items":[]}"#, #"{"errors":false,"items":[{"create":{"status":201}}]}"#,
            #"{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":400}},{"create":{"status":201}}]}"#,
            #"{"errors":true,"items":[{"create":{"status":201}},{"create":{}}]}"#,
            #"{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":302}}]}"#,
            #"{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":201}}]} and more"#,
            #"{"errors":false"#,
        ])
    func `an answer that does not speak of every event is no answer`(_ body: String) async throws {
        try await ElasticsearchScene.run { scene in
            answerBulks(scene) { _ in .init(200, body: body) }
            let reply = await scene.deliver(["a", "b"])
            #expect(reply.verdicts == .all(.retry))
            #expect(reply.failure?.label == .protocolError)
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            #"{"errors":false}"#, #" {"took": 3, "errors" : false }"#,
            #"{"took":30,"errors":false,"items":[{"create":{"_index":"l","_id":"{\"}","status":201,"_shards":{"a":[1,2.5e3]}}},"#
                + #"{"create":{"status":200,"x":null,"y":[[],{}]}}]}"#,
            #"{"errors":true,"items":[{"create":{"status":409}},{"create":{"status":201}}]}"#,
        ])
    func `all of it is delivered`(_ body: String) async throws {
        try await ElasticsearchScene.run { scene in
            answerBulks(scene) { _ in .init(200, body: body) }
            #expect(await scene.deliver(["a", "b"]) == .delivered)
        }
    }
}
