import EventModel
import HTTPTransport
import Publishing
import Synchronization
import TestSupport
import Testing

@testable import LokiOutput

/// Which lines Loki left out of a push that it answered with 400. The answers were recorded from Loki 3.7.6.
@Suite struct LokiRefusalTests {
    private static let refused = Reply.Verdict.rejected(reason: 0)

    private static func line(_ time: String, _ message: String = "x") -> String {
        "{\"time\":\"\(time)\",\"msg\":\"\(message)\",\"service.name\":\"p1\"}"
    }

    private static let tooOld =
        "entry for stream '{service_name=\"p1\"}' has timestamp too old: 2026-11-14T18:52:57Z, oldest acceptable timestamp "
        + "is: 2026-11-16T18:52:57Z"
    private static let tooNew =
        "entry for stream '{service_name=\"p1\"}' has timestamp too new: 2026-11-23T19:52:57Z"
    private static let behind = """
        entry with timestamp 2026-11-23 16:52:57.77512011 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp \
        is: 2026-11-23T16:52:57Z, oldest acceptable timestamp is: 2026-11-23T17:52:57Z',
        entry with timestamp 2026-11-23 16:52:57.775120115 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp \
        is: 2026-11-23T16:52:57Z, oldest acceptable timestamp is: 2026-11-23T17:52:57Z',
        user 'fake', total ignored: 2 out of 3 for stream: {service_name="p1"}

        """

    @Test(.timeLimit(.minutes(5))) func `what the distributor leaves out is known by its time`() async throws {
        let counters = EventCounters()
        try await LokiScene.run(counters: counters) { scene in
            scene.peer.answer { _ in .init(400, body: "1 errors like: \(Self.tooOld); 2 errors like: \(Self.tooNew)\n")
            }
            let reply = try await scene.deliver(
                [
                    Self.line("2026-11-14T18:52:57.1Z"), Self.line("2026-11-23T19:52:57.7Z"),
                    Self.line("2026-11-23T19:52:57.700000001Z"), Self.line("2026-11-23T18:52:57.7Z"),
                ], parsed: true)
            #expect(reply.verdicts == .each([Self.refused, Self.refused, Self.refused, .delivered]))
            #expect(reply.reasons.map(\.reason) == ["http_400"])
            #expect(scene.peer.requests.count == 1)
            #expect(counters.leftOut.load(ordering: .relaxed) == 0)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `what an ingester leaves out of one stream is what is oldest`() async throws {
        try await LokiScene.run { scene in
            scene.peer.answer { _ in .init(400, body: Self.behind) }
            let reply = try await scene.deliver(
                [
                    Self.line("2026-11-23T16:52:57.775120115Z"), Self.line("2026-11-23T18:52:57.77512011Z"),
                    Self.line("2026-11-23T16:52:57.77512011Z"),
                ], parsed: true)
            #expect(reply.verdicts == .each([Self.refused, .delivered, Self.refused]))
            #expect(scene.peer.requests.count == 1)
        }
    }

    /// An ingester's words are all that comes back then, and of one stream: which entries they mean cannot be told.
    @Test(.timeLimit(.minutes(5))) func `an answer that leaves a doubt is counted, and nothing goes again`()
        async throws
    {
        let counters = EventCounters()
        try await LokiScene.run(counters: counters) { scene in
            scene.peer.answer { _ in .init(400, body: Self.behind) }
            let times = ["16:52:57.7", "16:52:57.8", "16:52:57.9", "17:52:57.9", "18:52:57"]
            let reply = try await scene.deliver(times.map { Self.line("2026-11-23T\($0)Z") }, parsed: true)
            #expect(reply == .delivered)
            #expect(counters.leftOut.load(ordering: .relaxed) == 2)
            #expect(scene.peer.requests.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `lines that are too long are known beside others that are not`() async throws {
        let counters = EventCounters()
        try await LokiScene.run(counters: counters) { scene in
            let long = Self.line("2026-11-23T18:52:57Z", String(repeating: "l", count: 200))
            scene.peer.answer { _ in
                .init(
                    400,
                    body: "1 errors like: max entry size '100' bytes exceeded for stream '{service_name=\"p1\"}' while "
                        + "adding an entry with length '\(long.utf8.count)' bytes; 1 errors like: stream '{}' has 20 label "
                        + "names; limit 15")
            }
            let reply = try await scene.deliver([Self.line("2026-11-23T18:52:56Z"), long], parsed: true)
            #expect(reply.verdicts == .each([.delivered, Self.refused]))
            #expect(reply.reasons.map(\.reason) == ["line_too_large"])
            #expect(counters.leftOut.load(ordering: .relaxed) == 1)
            #expect(scene.peer.requests.count == 1)
        }
    }

    /// Beside a good stream the answer would have been 204.
    @Test(.timeLimit(.minutes(5))) func `entries that may be too late go in a push of their stream alone`() async throws
    {
        try await LokiScene.run { scene in
            func line(_ service: String, _ time: String) -> String {
                "{\"time\":\"2026-01-22T\(time)Z\",\"msg\":\"x\",\"service.name\":\"\(service)\"}"
            }
            let late = line("a", "14:32:57")
            scene.peer.answer { request in
                let lines = LokiScene.lines(request)
                let words = Self.behind.replacing("2 out of 3", with: "1 out of 1")
                return lines == [late] ? .init(400, body: words) : .init(204)
            }
            let reply = try await scene.deliver(
                [
                    line("a", "16:32:57"), line("b", "16:32:57"), line("a", "16:32:58"), late, line("b", "16:32:59"),
                    line("a", "16:32:59"),
                ], parsed: true)
            #expect(
                reply.verdicts == .each([.delivered, .delivered, .delivered, Self.refused, .delivered, .delivered]))
            #expect(scene.peer.requests.map { LokiScene.lines($0).count } == [3, 1, 2])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a time far in the future makes no other late`() async throws {
        try await LokiScene.run { scene in
            func line(_ service: String, _ time: String) -> String {
                "{\"time\":\"\(time)\",\"msg\":\"x\",\"service.name\":\"\(service)\"}"
            }
            let (now, future) = ("2026-01-22T16:34:53Z", "2200-01-01T00:00:00Z")
            _ = try await scene.deliver(
                [line("a", now), line("b", now), line("a", future), line("b", now), line("a", now)], parsed: true)
            #expect(scene.peer.requests.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a stream that is too late as a whole makes one request`() async throws {
        try await LokiScene.run { scene in
            let words = Self.behind.replacing("2 out of 3", with: "50 out of 50")
            scene.peer.answer { _ in .init(400, body: words) }
            let lines = (0..<50).map { Self.line("2026-11-23T16:\(10 + $0 % 40):57Z", "\($0)") }
            let reply = try await scene.deliver(lines, parsed: true)
            #expect(reply.verdicts == .all(Self.refused))
            #expect(scene.peer.requests.count == 1)
        }
    }
}
