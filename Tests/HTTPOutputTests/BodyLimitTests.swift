import Publishing
import TestSupport
import Testing

import HTTPTransport
@testable import HTTPOutput

@Suite struct BodyLimitTests {
    @Test(.timeLimit(.minutes(5)), arguments: [HTTPSettings.Format.ndjson, .jsonArray])
    func `413 halves the body, and the limit is remembered`(_ format: HTTPSettings.Format) async throws {
        try await HTTPScene.run({ settings, _ in settings.format = format }) { scene in
            scene.peer.answer { ($0.plainBody?.count ?? 0) > 10_000 ? .init(413) : .init(200) }
            let lines = BatchFactory.numbered(0..<600)
            #expect(await scene.deliver(Array(lines[..<300])) == .delivered)
            let learning = scene.peer.requests.count
            #expect(await scene.deliver(Array(lines[300...])) == .delivered)
            let later = scene.peer.requests.dropFirst(learning)
            #expect(later.allSatisfy { ($0.plainBody?.count ?? 0) <= 10_000 })
            #expect(scene.peer.journal.kept == lines)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a single event that is too large is rejected alone`() async throws {
        try await HTTPScene.run { scene in
            scene.peer.answer { ($0.plainBody?.count ?? 0) > 10_000 ? .init(413, body: "too big") : .init(200) }
            var lines = BatchFactory.numbered(0..<20)
            lines[7] = String(repeating: "x", count: 20_000)
            let reply = await scene.deliver(lines)
            #expect(reply.reasons == [.init(reason: "http_413", answer: "too big")])
            for position in lines.indices {
                #expect(reply.verdict(at: position) == (position == 7 ? .rejected(reason: 0) : .delivered))
            }
            #expect(scene.peer.journal.kept == lines.filter { $0.count < 100 })
        }
    }

    @Test(.timeLimit(.minutes(5))) func `each body is a whole JSON document`() async throws {
        try await HTTPScene.run({ settings, _ in
            settings.format = .jsonArray
            settings.client.bulkMaxBytes = 1500
        }) { scene in
            let lines = BatchFactory.numbered(0..<50)
            #expect(await scene.deliver(lines) == .delivered)
            for request in scene.peer.requests {
                let text = String(decoding: request.plainBody ?? [], as: UTF8.self)
                #expect(text.hasPrefix("[{") && text.hasSuffix("}]") && text.utf8.count <= 1500)
                #expect(text.split(separator: "\n").dropLast().allSatisfy { $0.hasSuffix("},") })
            }
            #expect(scene.peer.requests.count > 5)
            #expect(scene.peer.journal.kept == lines)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a line larger than any buffer goes out whole`() async throws {
        try await HTTPScene.run { scene in
            let lines = ["before", String(repeating: "\u{1}y", count: 300_000), "after"]
            #expect(await scene.deliver(lines) == .delivered)
            #expect(scene.peer.requests.first?.plainBody?.count ?? 0 > 2_000_000)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: 0...9)
    func `every level of compression can be read by zlib`(_ level: Int) async throws {
        try await HTTPScene.run({ settings, _ in settings.client.compressionLevel = level }) { scene in
            let lines = BatchFactory.numbered(0..<200)
            #expect(await scene.deliver(lines) == .delivered)
            let request = try #require(scene.peer.requests.first)
            #expect(request.headers["content-encoding"] == (level == 0 ? nil : "gzip"))
            #expect(request.messages == lines)
            let text = request.plainBody ?? []
            #expect(text.last == 0x0a)
            #expect(level == 0 ? request.body.count == text.count : request.body.count < text.count / 5)
        }
    }
}
