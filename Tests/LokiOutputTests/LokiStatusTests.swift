import EventModel
import HTTPTransport
import Logging
import Publishing
import Synchronization
import TestSupport
import Testing

@testable import LokiOutput

@Suite struct LokiStatusTests {
    @Test(.timeLimit(.minutes(5))) func `204 is delivered, with the tenant and no encoding of the content`()
        async throws
    {
        try await LokiScene.run({ $0.tenantID = "shop" }) { scene in
            scene.peer.answer { _ in .init(204) }
            let reply = try await scene.deliver(["a", "b"])
            #expect(reply == .delivered)
            #expect(scene.peer.requests.map(\.uri) == ["/loki/api/v1/push"])
            #expect(scene.peer.requests[0].headers["x-scope-orgid"] == "shop")
            #expect(scene.peer.requests[0].headers["content-type"] == "application/x-protobuf")
            #expect(scene.peer.requests[0].headers["content-encoding"] == nil)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [260, 401, 403, 429, 500, 502, 503])
    func `nothing was stored, so all is retried`(_ status: Int) async throws {
        try await LokiScene.run { scene in
            scene.peer.answer { _ in .init(status, headers: ["retry-after": "9"], body: "limit hit") }
            let reply = try await scene.deliver(["a", "b"])
            #expect(reply.verdicts == .all(.retry))
            #expect(reply.failure?.message.contains("/push answered \(status): limit hit") == true)
            #expect(reply.retryAfter == (status == 260 ? nil : .seconds(9)))
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            ("entry for stream '{a=\"b\"}' has timestamp too old: 2020-01-01T00:00:00Z", 1),
            ("2 errors like: entry for stream '{}' has timestamp too new: 2030; 1 errors like: entry out of order", 3),
            ("stream '{a=\"b\"}' has 20 label names; limit 15", 1),
        ])
    func `400 about entries means that the rest was stored`(_ words: String, _ left: Int) async throws {
        let counters = EventCounters()
        let log = LogLines()
        try await LokiScene.run(counters: counters, logger: Logger(label: "test") { _ in log }) { scene in
            scene.peer.answer { _ in .init(400, body: words) }
            let reply = try await scene.deliver(["a", "b", "c", "d"])
            #expect(reply == .delivered)
            #expect(scene.peer.requests.count == 1)
            #expect(counters.leftOut.load(ordering: .relaxed) == left)
            #expect(log.lines == ["warning: server left entries out of a request that it took, and does not say which"])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `400 about a body that was not read finds the culprit`() async throws {
        let counters = EventCounters()
        try await LokiScene.run(counters: counters) { scene in
            scene.peer.answer { request in
                LokiScene.lines(request).contains("line 000007") ? .init(400, body: "unexpected EOF") : .init(204)
            }
            let lines = BatchFactory.numbered(0..<50)
            let reply = try await scene.deliver(lines)
            for (position, line) in lines.enumerated() {
                #expect(reply.verdict(at: position) == (line == "line 000007" ? .rejected(reason: 0) : .delivered))
            }
            #expect(reply.reasons == [.init(reason: "http_400", answer: "unexpected EOF")])
            #expect(scene.peer.journal.kept == lines.filter { $0 != "line 000007" })
            #expect(counters.leftOut.load(ordering: .relaxed) == 0)
        }
    }

    private static let tooLong =
        "Max entry size '100' bytes exceeded for stream '{host=\"web1\"}' while adding an entry with length '200' bytes"

    @Test(.timeLimit(.minutes(5))) func `the limit of a line is learnt, and longer lines become dead letters`()
        async throws
    {
        let counters = EventCounters()
        try await LokiScene.run(counters: counters) { scene in
            scene.peer.answer { request in
                LokiScene.lines(request).contains { $0.utf8.count > 100 } ? .init(400, body: Self.tooLong) : .init(204)
            }
            let long = String(repeating: "x", count: 200)
            let first = try await scene.deliver(["a", long, "b"])
            #expect(first.verdicts == .each([.delivered, .rejected(reason: 0), .delivered]))
            #expect(first.reasons == [.init(reason: "line_too_large", answer: Self.tooLong)])
            let second = try await scene.deliver([long, "c", String(repeating: "y", count: 100)])
            #expect(second.verdict(at: 0) == .rejected(reason: 0))
            #expect(second.verdict(at: 1) == .delivered && second.verdict(at: 2) == .delivered)
            #expect(second.reasons.map(\.reason) == ["line_too_large"])
            #expect(scene.peer.requests.count == 2)
            #expect(LokiScene.lines(scene.peer.requests[1]) == ["c", String(repeating: "y", count: 100)])
            #expect(counters.leftOut.load(ordering: .relaxed) == 0)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `the limit of a line is learnt, and longer lines are cut between characters`()
        async throws
    {
        try await LokiScene.run({ $0.longLines = .truncate }) { scene in
            scene.peer.answer { request in
                LokiScene.lines(request).contains { $0.utf8.count > 100 } ? .init(400, body: Self.tooLong) : .init(204)
            }
            let long = "x" + String(repeating: "ü", count: 100)
            var factory = try BatchFactory.agent()
            let settlement = try await scene.driver.settle([factory.batch(["a", long, "b"])], window: 1)
            #expect(settlement.delivered == 3 && settlement.rejected.isEmpty)
            #expect(LokiScene.lines(scene.peer.requests[1]) == ["x" + String(repeating: "ü", count: 49)])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a batch of lines that are all too long makes no request`() async throws {
        try await LokiScene.run({ $0.maxLineSize = 10 }) { scene in
            let reply = try await scene.deliver(BatchFactory.numbered(0..<5))
            #expect(reply.verdicts == .all(.rejected(reason: 0)))
            #expect(scene.peer.requests.isEmpty)
        }
    }
}
