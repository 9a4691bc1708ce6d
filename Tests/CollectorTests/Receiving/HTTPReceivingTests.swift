import AgentConfig
import EventModel
import Glibc
import LogStore
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Collector

struct HTTPReceivingTests {
    @Test(.timeLimit(.minutes(5))) func `lines, arrays and texts are taken in`() async throws {
        try await ReceivingScene.run { scene in
            let lines = try await scene.ask(.POST, "/ingest", "{\"a\":1}\r\n\n  \n{\"a\":2}")
            #expect(lines.text == #"{"events":2,"stored":2,"duplicates":0,"refused":0}"#)
            _ = try await scene.ask(.POST, "/ingest", " [{\"a\":3}, {\"a\":\n4}, 5 ]")
            _ = try await scene.ask(.POST, "/ingest", "plain\ntext\n", headers: ["Content-Type": "text/plain"])
            #expect(
                scene.sink.events == [
                    "{\"a\":1}", "{\"a\":2}", "{\"a\":3}", "{\"a\": 4}",
                    #"{"message":"5","error":{"type":"json","message":"no object, at byte 0"}}"#,
                    #"{"message":"plain"}"#, #"{"message":"text"}"#,
                ])
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["gzip", "x-gzip", "deflate"])
    func `compressed bodies are taken in`(coding: String) async throws {
        try await ReceivingScene.run { scene in
            let lines = (0..<20_000).map { "{\"number\":\($0)}" }
            let body = try Deflated.bytes(Array(lines.joined(separator: "\n").utf8), gzip: coding != "deflate")
            let answer = try await scene.ask(.POST, "/ingest", body, headers: ["Content-Encoding": coding])
            #expect(answer.status == 200)
            #expect(scene.sink.events == lines)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `two gzip streams are one body`() async throws {
        try await ReceivingScene.run { scene in
            let body = try Deflated.bytes(Array("{\"a\":1}\n".utf8)) + Deflated.bytes(Array("{\"a\":2}\n".utf8))
            _ = try await scene.ask(.POST, "/ingest", body, headers: ["Content-Encoding": "gzip"])
            #expect(scene.sink.events == ["{\"a\":1}", "{\"a\":2}"])
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["", "gzip"])
    func `a body that is too large is refused before it is all in memory`(coding: String) async throws {
        try await ReceivingScene.run({ $0.limits.body = 100_000 }) { scene in
            let plain = [UInt8](repeating: 0x20, count: 50 << 20)
            let body = coding.isEmpty ? Array(plain[..<200_000]) : try Deflated.bytes(plain)
            let headers = coding.isEmpty ? [:] : ["Content-Encoding": coding]
            let answer = try await scene.ask(.POST, "/ingest", body, headers: headers)
            #expect(answer.status == 413 && scene.sink.events == [])
            while scene.intake.budget.used != 0 { await Task.yield() }
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            ("gzip", "not gzip", 400), ("gzip", "cut", 400), ("br", "x", 415), ("gzip, gzip", "x", 415),
        ])
    func `a body that is not coded as it says is refused`(coding: String, kind: String, status: Int) async throws {
        try await ReceivingScene.run { scene in
            let good = try Deflated.bytes(Array("{\"a\":1}".utf8))
            let body = kind == "cut" ? Array(good.dropLast(4)) : Array(kind.utf8)
            let answer = try await scene.ask(.POST, "/ingest", body, headers: ["Content-Encoding": coding])
            #expect(answer.status == status && scene.sink.events == [])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `overload is told with a time to come back, and nothing is kept`() async throws
    {
        let sink = MemorySink()
        sink.fail(with: [.overloaded, .unavailable])
        try await ReceivingScene.run(sink: sink) { scene in
            let busy = try await scene.ask(.POST, "/ingest", "{}")
            #expect(busy.status == 429 && busy.headers.first(name: "retry-after").flatMap { Int($0) } ?? 0 > 0)
            let broken = try await scene.ask(.POST, "/_bulk", "{\"index\":{\"_index\":\"a\"}}\n{}\n")
            #expect(broken.status == 503 && broken.headers.first(name: "retry-after") != nil)
            #expect(scene.sink.events == [] && scene.intake.budget.used == 0)
            #expect(try await scene.ask(.POST, "/ingest", "{}").status == 200)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `one request after the other shares the budget, and what does not fit waits`()
        async throws
    {
        let sink = MemorySink()
        sink.hold()
        try await ReceivingScene.run(
            sink: sink,
            {
                $0.limits.memory = 100_000; $0.limits.body = 80_000
            }
        ) { scene in
            let body = "{\"message\":\"" + String(repeating: "x", count: 60_000) + "\"}"
            async let first = scene.ask(.POST, "/ingest", body)
            await sink.appended(1)
            let second = try await scene.ask(.POST, "/ingest", body)
            #expect(second.status == 429)
            scene.sink.release()
            #expect(try await first.status == 200)
            #expect(try await scene.ask(.POST, "/ingest", body).status == 200)
            #expect(scene.intake.budget.used == 0)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a client that does not go on with its body is shut out`() async throws {
        try await ReceivingScene.run({ $0.limits.stallTimeout = .milliseconds(20) }) { scene in
            let client = try await FrameClient(port: scene.httpPort)
            try await client.send(
                Array("POST /ingest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{".utf8))
            #expect(try await client.isClosed())
            #expect(scene.sink.events == [])
        }
    }

    @Test(.timeLimit(.minutes(5)), .enabled(if: ChildProcess.find("curl") != nil))
    func `curl's Expect is answered at once`() async throws {
        try await ReceivingScene.run { scene in
            let arguments = [
                "-sv", "--expect100-timeout", "60", "-H", "Expect: 100-continue", "--data-binary", "{\"a\":1}",
                "http://127.0.0.1:\(scene.httpPort)/ingest",
            ]
            let run = await ChildProcess.run("curl", arguments)
            #expect(run.status == 0 && run.output.contains("\"stored\":1"))
            #expect(run.errors.contains("100 Continue"))
        }
    }

    // MARK: Who may

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            ("Bearer the right one", 200), ("bearer  the right one", 200), ("Bearer the wrong one", 401),
            ("Bearer the right on", 401), ("Bearer", 401), ("Bearer ", 401), ("Token the right one", 401),
            ("Basic ZWxhc3RpYzp0aGUgcmlnaHQgb25l", 200), ("Basic dGhlIHJpZ2h0IG9uZQ==", 401), ("Basic %%%", 401),
            ("ApiKey aWQ6dGhlIHJpZ2h0IG9uZQ==", 200), ("ApiKey the right one", 200), ("", 401),
        ])
    func `the token opens, in the forms that clients have`(header: String, status: Int) async throws {
        try await ReceivingScene.run({ $0.token = "the right one" }) { scene in
            let headers = header.isEmpty ? [:] : ["Authorization": header]
            for path in ["/ingest", "/v1/logs"] {
                let answer = try await scene.ask(
                    .POST, path, "{}", headers: headers.merging(["Content-Type": "application/json"]) { a, _ in a })
                #expect(answer.status == status, "\(path)")
                #expect((answer.headers.first(name: "www-authenticate") != nil) == (status == 401))
                #expect(!answer.text.contains("right"))
            }
            #expect(try await scene.ask(.GET, "/", [], headers: headers).status == status)
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            (["Host": "attacker.example"], 421), (["Host": "localhost:5080"], 200), (["Host": "127.0.0.1"], 200),
            (["Origin": "http://attacker.example"], 403), (["Origin": "null"], 403),
            (["Host": "localhost:5080", "Origin": "http://localhost:5080"], 200),
            (["Sec-Fetch-Site": "cross-site"], 403),
        ] as [([String: String], Int)])
    func `web pages of others get nothing in`(headers: [String: String], status: Int) async throws {
        try await ReceivingScene.run { scene in
            let answer = try await scene.ask(.POST, "/ingest", "{}", headers: headers)
            #expect(answer.status == status)
            #expect(scene.sink.events.count == (status == 200 ? 1 : 0))
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["/nothing", "/_search", "/logs/_search", "/logs/_doc/1"])
    func `what is not here is 404`(path: String) async throws {
        try await ReceivingScene.run { scene in
            let answer = try await scene.ask(.GET, path)
            #expect(answer.status == 404 && answer.text.contains("\"error\""), "\(answer.text)")
        }
    }
}
