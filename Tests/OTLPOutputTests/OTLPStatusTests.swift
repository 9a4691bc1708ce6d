import EventModel
import HTTPTransport
import Logging
import Publishing
import Synchronization
import TestSupport
import Testing

@testable import OTLPOutput

@Suite struct OTLPStatusTests {
    @Test(.timeLimit(.minutes(5)), arguments: [200, 202, 204])
    func `2xx is delivered`(_ status: Int) async throws {
        try await OTLPScene.run { scene in
            scene.peer.answer { _ in .init(status) }
            let reply = try await scene.deliver(["a", "b"])
            #expect(reply == .delivered)
            #expect(scene.peer.requests.map(\.uri) == ["/v1/logs"])
            #expect(scene.peer.requests[0].headers["content-type"] == "application/x-protobuf")
            #expect(scene.peer.requests[0].headers["content-encoding"] == "gzip")
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [429, 502, 503, 504])
    func `these four are retried, not before Retry-After`(_ status: Int) async throws {
        try await OTLPScene.run { scene in
            // code: 14, message: "no room"
            let words = [0x08, 14, 0x12, 7] + Array("no room".utf8)
            scene.peer.answer { _ in .init(status, headers: ["Retry-After": "13"], bytes: words) }
            let reply = try await scene.deliver(["a", "b"])
            #expect(reply.verdicts == .all(.retry))
            #expect(reply.retryAfter == .seconds(13))
            #expect(reply.failure?.message.hasSuffix("/v1/logs answered \(status): no room") == true)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [402, 404, 405, 408, 415, 422, 425, 500, 501, 505])
    func `everything else must not be sent again`(_ status: Int) async throws {
        try await OTLPScene.run { scene in
            scene.peer.answer { _ in .init(status, bytes: [0x12, 5] + Array("never".utf8)) }
            let reply = try await scene.deliver(["a", "b"])
            #expect(reply.verdicts == .all(.rejected(reason: 0)))
            #expect(reply.reasons == [.init(reason: "http_\(status)", answer: "never")])
            #expect(scene.peer.requests.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [301, 307, 401, 403, 407])
    func `what an operator must put right waits`(_ status: Int) async throws {
        try await OTLPScene.run { scene in
            scene.peer.answer { _ in .init(status, headers: ["location": "http://elsewhere/"]) }
            let reply = try await scene.deliver(["a"])
            #expect(reply.verdicts == .all(.retry))
            #expect(reply.failure?.label == .status)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `400 finds the bad record, and the others are delivered`() async throws {
        try await OTLPScene.run { scene in
            scene.peer.answer { request in
                OTLPScene.events(request).contains { $0.contains("line 000077") }
                    ? .init(400, bytes: [0x12, 9] + Array("bad field".utf8)) : .init(200)
            }
            let lines = BatchFactory.numbered(0..<200)
            let reply = try await scene.deliver(lines)
            for (position, line) in lines.enumerated() {
                #expect(reply.verdict(at: position) == (line == "line 000077" ? .rejected(reason: 0) : .delivered))
            }
            #expect(reply.reasons == [.init(reason: "http_400", answer: "bad field")])
            #expect(scene.peer.journal.kept == lines.filter { $0 != "line 000077" })
        }
    }

    @Test(.timeLimit(.minutes(5))) func `413 halves the bodies, and a single event is rejected`() async throws {
        try await OTLPScene.run { scene in
            scene.peer.answer { request in
                request.plainBody?.count ?? 0 > 4000 ? .init(413, body: "{}") : .init(200)
            }
            let lines = BatchFactory.numbered(0..<100) + [String(repeating: "x", count: 5000)]
            let reply = try await scene.deliver(lines)
            #expect((0..<100).allSatisfy { reply.verdict(at: $0) == .delivered })
            #expect(reply.verdict(at: 100) == .rejected(reason: 0))
            #expect(reply.reasons.map(\.reason) == ["http_413"])
            #expect(scene.peer.journal.kept == Array(lines.dropLast()))
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: OTLPSettings.Encoding.allCases)
    func `partial success is never retried, but counted and told of`(_ encoding: OTLPSettings.Encoding) async throws {
        let counters = EventCounters()
        let log = LogLines("records", "answer")
        try await OTLPScene.run(
            counters: counters, logger: Logger(label: "test") { _ in log }, { $0.encoding = encoding }
        ) {
            scene in
            // rejected_log_records: 3, error_message: "too old"
            let partial: [UInt8] = [0x08, 3, 0x12, 7] + Array("too old".utf8)
            let proto = [0x0a, UInt8(partial.count)] + partial
            let json = Array(#"{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"too old"}}"#.utf8)
            scene.peer.answer { _ in .init(200, bytes: encoding == .proto ? proto : json) }
            let reply = try await scene.deliver(["a", "b", "c", "d"])
            #expect(reply == .delivered)
            #expect(scene.peer.requests.count == 1)
            #expect(counters.leftOut.load(ordering: .relaxed) == 3)
            #expect(log.lines == ["warning: server left records out of a request that it took: 3, too old"])
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [(0, 0), (-5, 0), (99, 2)])
    func `a server cannot leave out more than it got`(_ said: Int, _ counted: Int) async throws {
        let counters = EventCounters()
        let log = LogLines("records", "answer")
        try await OTLPScene.run(
            counters: counters, logger: Logger(label: "test") { _ in log }, { $0.encoding = .json }
        ) { scene in
            scene.peer.answer { _ in
                .init(200, body: #"{"partialSuccess":{"rejectedLogRecords":\#(said),"errorMessage":"hm"}}"#)
            }
            let reply = try await scene.deliver(["a", "b"])
            #expect(reply == .delivered)
            #expect(counters.leftOut.load(ordering: .relaxed) == counted)
            #expect(log.lines.count == 1)
        }
    }

    @Test func `answers that are no messages say nothing`() {
        for bytes: [UInt8] in [
            [], [0x0a], [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], [0], [0x0b],
            Array("{}".utf8),
            [0x0a, 0x02, 0x08], [0x08, 0x01],
        ] {
            let partial = OTLPAnswer.partialSuccess(bytes, .proto)
            #expect(partial == nil || partial == .init(rejected: 0, message: []))
        }
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<2000 {
            let bytes = (0..<generator.below(40)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            for encoding in OTLPSettings.Encoding.allCases {
                _ = OTLPAnswer.partialSuccess(bytes, encoding)
                _ = OTLPAnswer.statusMessage(bytes, encoding)
            }
        }
    }
}
