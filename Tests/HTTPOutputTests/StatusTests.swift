import Publishing
import TestSupport
import Testing

import HTTPTransport
@testable import HTTPOutput

@Suite struct StatusTests {
    @Test(.timeLimit(.minutes(5)), arguments: [200, 201, 202, 204, 299])
    func `2xx is delivered`(_ status: Int) async throws {
        try await HTTPScene.run { scene in
            scene.peer.answer { _ in .init(status) }
            #expect(await scene.deliver(["a", "b"]) == .delivered)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [408, 425, 429, 500, 502, 503, 504, 599])
    func `what may pass is retried, with the server's words`(_ status: Int) async throws {
        try await HTTPScene.run { scene in
            scene.peer.answer { _ in .init(status, body: "too busy\nnow") }
            let reply = await scene.deliver(["a", "b"])
            #expect(reply.verdicts == .all(.retry))
            #expect(reply.failure?.label == .status)
            #expect(reply.failure?.message.hasSuffix("answered \(status): too busy now") == true)
            #expect(reply.retryAfter == nil)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [401, 403, 407])
    func `events wait until the credentials are put right`(_ status: Int) async throws {
        try await HTTPScene.run { scene in
            scene.peer.answer { _ in .init(status, headers: ["Retry-After": "7"], body: "token expired") }
            let reply = await scene.deliver(["a", "b"])
            #expect(reply.verdicts == .all(.retry))
            #expect(reply.retryAfter == .seconds(7))
            #expect(reply.failure?.label == .status)
            #expect(reply.failure?.message.contains("token expired: the credentials are not accepted") == true)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [301, 302, 303, 307, 308])
    func `a redirect is not followed and loses nothing`(_ status: Int) async throws {
        try await HTTPScene.run { scene in
            let target = scene.peer.url + "/elsewhere"
            scene.peer.answer { _ in .init(status, headers: ["location": target]) }
            let reply = await scene.deliver(["a"])
            #expect(reply.verdicts == .all(.retry))
            #expect(reply.failure?.message.contains("redirects to \(target)") == true)
            #expect(scene.peer.requests.map(\.uri) == ["/logs"])
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [404, 405, 410, 415, 451])
    func `other 4xx are rejected with the server's answer`(_ status: Int) async throws {
        try await HTTPScene.run { scene in
            let words = String(repeating: "no ", count: 2000)
            scene.peer.answer { _ in .init(status, body: words) }
            let reply = await scene.deliver(["a", "b", "c"])
            #expect(reply.verdicts == .all(.rejected(reason: 0)))
            #expect(reply.reasons == [.init(reason: "http_\(status)", answer: String(words.prefix(1024)))])
            #expect(scene.peer.requests.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [400, 422])
    func `a bad event is found, and the good ones around it are delivered`(_ status: Int) async throws {
        try await HTTPScene.run { scene in
            scene.peer.answer { request in
                request.messages.contains("line 000777") ? .init(status, body: "bad field") : .init(200)
            }
            let lines = BatchFactory.numbered(0..<1000)
            let reply = await scene.deliver(lines)
            for (position, line) in lines.enumerated() {
                #expect(reply.verdict(at: position) == (line == "line 000777" ? .rejected(reason: 0) : .delivered))
            }
            #expect(reply.reasons == [.init(reason: "http_\(status)", answer: "bad field")])
            #expect(scene.peer.journal.kept == lines.filter { $0 != "line 000777" })
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a server that refuses everything is not asked without end`() async throws {
        try await HTTPScene.run { scene in
            scene.peer.answer { _ in .init(400) }
            let reply = await scene.deliver(BatchFactory.numbered(0..<1000))
            #expect((0..<1000).allSatisfy { reply.verdict(at: $0) == .rejected(reason: 0) })
            #expect(scene.peer.requests.count <= DeliveryProgress.narrowingBudget + 1)
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            ("17", Duration.seconds(17)), ("0", .zero), ("99999999", RetryAfter.maximum),
            ("Sun, 06 Nov 1994 08:49:37 GMT", .zero), ("Fri, 31 Dec 9999 23:59:59 GMT", RetryAfter.maximum),
        ])
    func `Retry-After is handed on`(_ value: String, _ expected: Duration) async throws {
        try await HTTPScene.run { scene in
            scene.peer.answer { _ in .init(503, headers: ["Retry-After": value]) }
            #expect(await scene.deliver(["a"]).retryAfter == expected)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `what was delivered before a refusal is not sent again`() async throws {
        try await HTTPScene.run({ settings, _ in settings.client.bulkMaxBytes = 2000 }) { scene in
            scene.peer.answer { request in request.messages.contains("line 000050") ? .init(503) : .init(200) }
            let lines = BatchFactory.numbered(0..<100)
            let reply = await scene.deliver(lines)
            guard case .prefix(let delivered) = reply.verdicts else {
                Issue.record("not a partial reply: \(reply)")
                return
            }
            #expect(delivered > 0 && delivered <= 50)
            #expect(scene.peer.journal.kept == Array(lines[..<delivered]))
        }
    }
}
