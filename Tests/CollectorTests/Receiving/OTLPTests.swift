import AgentConfig
import LogStore
import NIOCore
import NIOHTTP1
import Testing

@testable import Collector

struct OTLPTests {
    private static let limits = OTLPLimits(event: 1 << 20, events: 1 << 24)

    /// What Protoc makes the first request of; `asJSON` is the same in OTLP's JSON.
    static let text = #"""
        groups {
          origin {
            attributes { key: "service.name" value { text: "check\"out" } }
            attributes { key: "host.name" value { text: "web1" } }
            attributes { key: "message" value { text: "mine" } }
          }
          scoped {
            library { name: "zap" version: "1.27" attributes { key: "a" value { flag: true } } }
            lines {
              time: 1763887452123456789 severity: 17 level: "ERROR"
              body { text: "card \"declined\"\nü" }
              attributes { key: "http.status" value { number: -502 } }
              attributes { key: "took" value { real: 0.25 } }
              attributes { key: "list" value { many { values { text: "x" } values { flag: false } values { } } } }
              attributes { key: "map" value { pairs { values { key: "k" value { number: 9223372036854775807 } } } } }
              attributes { key: "data" value { data: "\001\002\377" } }
              flags: 1
              trace: "\x0a\xf7\x65\x19\x16\xcd\x43\xdd\x84\x48\xeb\x21\x1c\x80\x31\x9c" span: "\xb7\xad\x6b\x71\x69\x20\x33\x31"
              event: "payment.failed"
            }
            lines { observed: 1763887452000000000 body { pairs { values { key: "msg" value { text: "hi" } } } } }
            lines { body { number: 5 } trace: "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" span: "\x01" }
          }
        }
        groups { scoped { lines { body { text: "no resource" } } } }
        """#

    static let asJSON = #"""
        {"resourceLogs":[{"resource":{"attributes":[
          {"key":"service.name","value":{"stringValue":"check\"out"}},{"key":"host.name","value":{"stringValue":"web1"}},
          {"key":"message","value":{"stringValue":"mine"}}]},
        "scopeLogs":[{"scope":{"name":"zap","version":"1.27","attributes":[{"key":"a","value":{"boolValue":true}}]},
        "logRecords":[{"timeUnixNano":"1763887452123456789","severityNumber":17,"severityText":"ERROR",
          "body":{"stringValue":"card \"declined\"\nü"},"attributes":[
          {"key":"http.status","value":{"intValue":"-502"}},{"key":"took","value":{"doubleValue":0.25}},
          {"key":"list","value":{"arrayValue":{"values":[{"stringValue":"x"},{"boolValue":false},{}]}}},
          {"key":"map","value":{"kvlistValue":{"values":[{"key":"k","value":{"intValue":9223372036854775807}}]}}},
          {"key":"data","value":{"bytesValue":"AQL/"}}],
          "flags":1,"traceId":"0AF7651916CD43DD8448EB211C80319C","spanId":"b7ad6b7169203331","eventName":"payment.failed"},
        {"observedTimeUnixNano":1763887452000000000,"body":{"kvlistValue":{"values":[{"key":"msg","value":{"stringValue":"hi"}}]}}},
        {"body":{"intValue":5},"traceId":"00000000000000000000000000000000","spanId":"01"}]}]},
        {"scopeLogs":[{"logRecords":[{"body":{"stringValue":"no resource"}}]}]}]}
        """#

    static let events = [
        #"{"@timestamp":"2025-11-23T08:44:12.123456789Z","severity_text":"ERROR","severity_number":17,"#
            + #""message":"card \"declined\"\nü","trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","#
            + #""trace_flags":1,"event_name":"payment.failed","attributes":{"http.status":-502,"took":0.25,"#
            + #""list":["x",false,null],"map":{"k":9223372036854775807},"data":"AQL/"},"#
            + #""scope":{"name":"zap","version":"1.27","attributes":{"a":true}},"#
            + #""service.name":"check\"out","host.name":"web1","resource.message":"mine"}"#,
        #"{"@timestamp":"2025-11-23T08:44:12.000000000Z","message":"{\"msg\":\"hi\"}","#
            + #""scope":{"name":"zap","version":"1.27","attributes":{"a":true}},"#
            + #""service.name":"check\"out","host.name":"web1","resource.message":"mine"}"#,
        #"{"message":"5","scope":{"name":"zap","version":"1.27","attributes":{"a":true}},"#
            + #""service.name":"check\"out","host.name":"web1","resource.message":"mine"}"#,
        #"{"message":"no resource"}"#,
    ]

    @Test(.enabled(if: Protoc.isThere, "protoc comes with Debian's protobuf-compiler"))
    func `what protoc encodes becomes events`() async throws {
        let bytes = try await Protoc.encode("Export", OTLPTests.text)
        var batch = try OTLPProtobuf.events(bytes, OTLPTests.limits)
        #expect(batch.texts == OTLPTests.events)
        #expect(batch.finish(received: 0).wrapped == 0)
    }

    @Test func `the same in JSON becomes the same events`() throws {
        let batch = try OTLPJSON.events(Array(OTLPTests.asJSON.utf8), OTLPTests.limits)
        #expect(batch.texts == OTLPTests.events)
    }

    @Test(.enabled(if: Protoc.isThere)) func `a resource behind its records counts, too`() async throws {
        let bytes = try await Protoc.encode("Export", #"groups { scoped { lines { body { text: "a" } } } }"#)
        // The resource is appended to the only group, whose length grows.
        let origin = try await Protoc.encode("Group", #"origin { attributes { key: "k" value { text: "v" } } }"#)
        let group = Array(bytes[2...]) + origin
        let batch = try OTLPProtobuf.events([0x0a, UInt8(group.count)] + group, OTLPTests.limits)
        #expect(batch.texts == [#"{"message":"a","k":"v"}"#])
    }

    @Test(.enabled(if: Protoc.isThere)) func `protobuf that is cut anywhere is an error, or less of the same`()
        async throws
    {
        let bytes = try await Protoc.encode("Export", OTLPTests.text)
        for cut in 0..<bytes.count {
            let batch = try? OTLPProtobuf.events(Array(bytes[..<cut]), OTLPTests.limits)
            #expect(batch?.count ?? 0 < 4, "cut at \(cut)")
        }
    }

    @Test(.enabled(if: Protoc.isThere), arguments: 0..<20)
    func `changed protobuf makes valid events or an error`(seed: Int) async throws {
        let good = try await Protoc.encode("Export", OTLPTests.text)
        var generator = SeededBytes(seed: UInt64(seed))
        for _ in 0..<200 {
            var bytes = good
            for _ in 0..<(1 + seed % 4) {
                bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
            }
            guard var batch = try? OTLPProtobuf.events(bytes, OTLPTests.limits) else { continue }
            #expect(batch.finish(received: 0).wrapped == 0)
        }
    }

    static let malformed: [(String, [UInt8])] = [
        ("a field number of 0", [0x02, 0x00]),
        ("a group", [0x0b, 0x0c]),
        ("wire type 7", [0x0f]),
        ("a length beyond the end", [0x0a, 0x05, 0x00]),
        ("a length of 2^63", [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
        ("a length of 2^64 - 1", [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
        ("a number of eleven bytes", [0x08] + Array(repeating: 0xff, count: 11)),
        ("a number that does not end", [0x08, 0x80]),
        ("four of eight bytes", [0x09, 1, 2, 3, 4]),
        ("text", Array("hello".utf8)),
    ]

    @Test(arguments: malformed.indices) func `what is no protobuf is an error`(row: Int) {
        let (name, bytes) = OTLPTests.malformed[row]
        #expect(throws: ProtobufError.self, "\(name)") { try OTLPProtobuf.events(bytes, OTLPTests.limits) }
    }

    @Test(arguments: [(40, true), (10_000, false)]) func `lists may be deep, but not for ever`(depth: Int, isGood: Bool)
    {
        var value = ProtobufWriter.bytes(1, Array("x".utf8))
        for _ in 0..<depth { value = ProtobufWriter.bytes(5, ProtobufWriter.bytes(1, value)) }
        let record = ProtobufWriter.bytes(5, value)
        let request = ProtobufWriter.bytes(1, ProtobufWriter.bytes(2, ProtobufWriter.bytes(2, record)))
        let batch = try? OTLPProtobuf.events(request, OTLPTests.limits)
        #expect((batch != nil) == isGood)
    }

    @Test func `a large resource in many records is refused before it is written`() throws {
        let resource = ProtobufWriter.bytes(
            1,
            ProtobufWriter.bytes(
                1,
                ProtobufWriter.bytes(1, Array("k".utf8))
                    + ProtobufWriter.bytes(2, ProtobufWriter.bytes(1, Array(repeating: 0x78, count: 100_000)))))
        let records = (0..<1000).flatMap { _ in ProtobufWriter.bytes(2, []) }
        let request = ProtobufWriter.bytes(1, resource + ProtobufWriter.bytes(2, records))
        let failure = #expect(throws: RequestFailure.self) {
            try OTLPProtobuf.events(request, OTLPLimits(event: 1 << 20, events: 1 << 20))
        }
        #expect(failure?.status == 413)
    }

    @Test(.timeLimit(.minutes(5)), .enabled(if: Protoc.isThere)) func `the answers are OTLP's`() async throws {
        try await ReceivingScene.run(sink: MemorySink(eventLimit: 300)) { scene in
            let bytes = try await Protoc.encode("Export", OTLPTests.text)
            let protobuf = ["Content-Type": "application/x-protobuf"]
            let some = try await scene.ask(.POST, "/v1/logs", bytes, headers: protobuf)
            #expect(some.status == 200 && some.headers.first(name: "content-type") == "application/x-protobuf")
            #expect(try await Protoc.decode("Answer", some.body).contains("rejected: 1"))
            #expect(scene.sink.events.count == 3)
            let bad = try await scene.ask(.POST, "/v1/logs", Array(bytes.dropLast()), headers: protobuf)
            #expect(bad.status == 400)
            #expect(try await Protoc.decode("Failure", bad.body).contains("code: 3"))
            let none = try await scene.ask(.POST, "/v1/logs", [], headers: protobuf)
            #expect(none.status == 200 && none.body.isEmpty)
            scene.sink.fail(with: [.overloaded])
            let later = try await scene.ask(.POST, "/v1/logs", bytes, headers: protobuf)
            #expect(later.status == 429 && later.headers.first(name: "retry-after") != nil)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `JSON is answered with JSON`() async throws {
        try await ReceivingScene.run { scene in
            let json = ["Content-Type": "application/json; charset=utf-8"]
            let good = try await scene.ask(.POST, "/v1/logs", OTLPTests.asJSON, headers: json)
            #expect(good.status == 200 && good.text == #"{"partialSuccess":{}}"#)
            #expect(scene.sink.events == OTLPTests.events)
            let bad = try await scene.ask(.POST, "/v1/logs", "{", headers: json)
            #expect(bad.status == 400 && bad.text.hasPrefix(#"{"code":3,"message":"the body is no JSON object"#))
            let strange = try await scene.ask(.POST, "/v1/logs", "{}", headers: ["Content-Type": "text/plain"])
            #expect(strange.status == 415)
            let rows = scene.intake.agents.rows(now: EventBatch.now())
            #expect(rows.map(\.protocol) == [.otlp])
        }
    }
}
