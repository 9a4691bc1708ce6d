import AgentConfig
import LogStore
import NIOCore
import NIOHTTP1
import Testing

@testable import Collector

struct BulkTests {
    private static let ndjson = ["Content-Type": "application/x-ndjson"]

    @Test(.timeLimit(.minutes(5))) func `each action is answered, in order`() async throws {
        try await ReceivingScene.run(sink: MemorySink(eventLimit: 100)) { scene in
            let body = """
                {"create":{"_index":"logs","_id":"a"}}
                {"m":1}
                {"create":{"_index":"logs","_id":"a"}}
                {"m":1}
                {"index":{"_index":"logs","_id":"a"}}
                {"m":2}
                {"index":{"_index":"other","_id":"a"}}
                {"m":3}
                {"delete":{"_index":"logs","_id":"a"}}
                {"update":{"_index":"logs","_id":"a"}}
                {"doc":{"m":4}}
                {"create":{"_index":"logs"}}
                {"m":"\(String(repeating: "x", count: 200))"}
                {"create":{"_index":"logs","_type":"_doc"}}
                not json

                """
            let answer = try await scene.ask(.POST, "/_bulk", body, headers: BulkTests.ndjson)
            #expect(answer.status == 200 && answer.headers.first(name: "x-elastic-product") == "Elasticsearch")
            #expect(answer.text.contains(#""errors":true"#))
            #expect(statuses(answer.text) == [201, 409, 200, 201, 400, 400, 400, 201])
            #expect(answer.text.contains(#"{"create":{"_index":"logs","_id":"a","result":"created","status":201}}"#))
            #expect(answer.text.contains("version_conflict_engine_exception"))
            #expect(
                scene.sink.events == [
                    #"{"m":1}"#, #"{"m":3}"#,
                    #"{"message":"not json","error":{"type":"json","message":"no object, at byte 0"}}"#,
                ])
            #expect(scene.sink.explicitIDs == ["logs/a", "other/a", nil])
        }
    }

    private func statuses(_ text: String) -> [Int] {
        text.split(separator: "\"status\":").dropFirst().compactMap { Int($0.prefix(3)) }
    }

    @Test(.timeLimit(.minutes(5))) func `a short answer has what Filebeat asks for`() async throws {
        try await ReceivingScene.run { scene in
            let path = "/filebeat-9.1.0/_bulk?filter_path=errors,items.*.error,items.*.status"
            let answer = try await scene.ask(.POST, path, "{\"create\":{}}\n{\"m\":1}\n{\"index\":{}}\n{\"m\":2}\n")
            #expect(
                answer.text.hasSuffix(#""errors":false,"items":[{"create":{"status":201}},{"index":{"status":201}}]}"#))
        }
    }

    @Test(.timeLimit(.minutes(5))) func `ids of Needletail are the same in every index`() async throws {
        try await ReceivingScene.run { scene in
            let id = "0123456789abcdef0123-42"
            let body =
                #"{"create":{"_index":"a","_id":"\#(id)"}}"# + "\n{}\n" + #"{"create":{"_index":"b","_id":"\#(id)"}}"#
                + "\n{}\n"
            let answer = try await scene.ask(.POST, "/_bulk", body)
            #expect(statuses(answer.text) == [201, 409])
            #expect(scene.sink.explicitIDs == [id])
        }
    }

    static let malformed: [(String, String)] = [
        ("nothing", ""), ("blanks", " \n\n"), ("no action", "{}\n{}\n"), ("an unknown action", "{\"put\":{}}\n{}\n"),
        ("two actions", "{\"index\":{},\"create\":{}}\n{}\n"), ("an action that is no object", "{\"index\":1}\n{}\n"),
        ("no JSON", "index\n{}\n"), ("an array", "[]\n{}\n"), ("an action alone", "{\"index\":{}}\n"),
        ("a second action alone", "{\"index\":{}}\n{}\n{\"index\":{}}\n"),
        ("a deep action", "{\"index\":" + String(repeating: "[", count: 1000) + "\n{}\n"),
    ]

    @Test(arguments: malformed.indices) func `a body that makes no sense is refused as a whole`(row: Int) {
        let (name, text) = BulkTests.malformed[row]
        let failure = #expect(throws: RequestFailure.self, "\(name)") {
            _ = try BulkRequest(Array(text.utf8), index: "logs", eventLimit: 1000)
        }
        #expect(failure?.status == 400)
    }

    @Test func `an index is needed, and an id may not be long`() throws {
        let body =
            "{\"index\":{}}\n{}\n{\"index\":{\"_index\":\"a\",\"_id\":\"\(String(repeating: "x", count: 513))\"}}\n{}\n"
        let request = try BulkRequest(Array(body.utf8), index: nil, eventLimit: 1000)
        #expect(request.batch.isEmpty)
        let answer = String(decoding: BulkAnswer().render(request, [], milliseconds: 1), as: UTF8.self)
        #expect(
            statuses(answer) == [400, 400] && answer.contains("index is missing") && answer.contains("id is too long"))
    }

    @Test(arguments: 0..<100) func `random changes of a body never crash the reader`(seed: Int) {
        let line = #"{"create":{"_index":"logs","_id":"\u00e4\"x"}}"# + "\r\n" + #"{"m":[1,{"a":"b"}]}"# + "\n"
        var bytes = Array(String(repeating: line, count: 5).utf8)
        var generator = SeededBytes(seed: UInt64(seed))
        for _ in 0..<(1 + seed % 8) {
            bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
        }
        guard var request = try? BulkRequest(bytes, index: nil, eventLimit: 1000) else { return }
        let count = request.batch.count
        var batch = request.takeBatch()
        #expect(batch.finish(received: 0).events.count == count)
        #expect(request.items.count >= count)
    }

    @Test func `more actions than a request may have are refused`() {
        let body = String(repeating: "{\"index\":{}}\n{}\n", count: EventBatch.requestLimit + 1)
        let failure = #expect(throws: RequestFailure.self) {
            _ = try BulkRequest(Array(body.utf8), index: "logs", eventLimit: 1000)
        }
        #expect(failure?.status == 413)
    }

    @Test(.timeLimit(.minutes(5))) func `a single document is a bulk of one`() async throws {
        try await ReceivingScene.run { scene in
            let first = try await scene.ask(.POST, "/logs/_doc", "{\"m\":1}")
            #expect(first.status == 201)
            #expect(try await scene.ask(.PUT, "/logs/_doc/7", "{\"m\":2}").status == 201)
            #expect(try await scene.ask(.PUT, "/logs/_doc/7", "{\"m\":2}").status == 200)
            #expect(try await scene.ask(.PUT, "/logs/_create/7", "{\"m\":2}").status == 409)
            #expect(scene.sink.events == [#"{"m":1}"#, #"{"m":2}"#])
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            ("GET", "/", #""number":"8."#), ("GET", "/_license", #""type":"basic""#), ("GET", "/_xpack", #""ilm":{"#),
            ("GET", "/_cluster/health", #""status":"green""#), ("GET", "/_cat/health", "needletail green"),
            ("GET", "/_index_template/filebeat-9.1.0", #""name":"filebeat-9.1.0""#),
            ("PUT", "/_index_template/filebeat-9.1.0", #""acknowledged":true"#),
            ("GET", "/_template/logs", #"{"logs":{"#), ("PUT", "/_ilm/policy/filebeat", #""acknowledged":true"#),
            ("GET", "/_ilm/policy/filebeat", #"{"filebeat":{"version":1"#),
            ("GET", "/_data_stream/logs-x", #""name":"logs-x""#),
            ("GET", "/_nodes/http", #""publish_address":"127.0.0.1:"#),
            ("GET", "/_cluster/settings?include_defaults=true", #""max_content_length":"67108864b""#),
            ("GET", "/_ingest/pipeline/x%22y", #"x%22y"#),
        ]
    )
    func `what shippers ask first is answered`(method: String, path: String, part: String) async throws {
        try await ReceivingScene.run { scene in
            let answer = try await scene.ask(.init(rawValue: method), path)
            #expect(answer.status == 200 && answer.text.contains(part), "\(answer.text)")
            #expect(answer.headers.first(name: "x-elastic-product") == "Elasticsearch")
            let isJSON = !path.hasPrefix("/_cat")
            if isJSON {
                var body = answer.body
                let count = body.count
                EventCheck.pad(&body)
                #expect(EventCheck.problem(body, 0..<count) == nil)
            }
        }
    }
}
