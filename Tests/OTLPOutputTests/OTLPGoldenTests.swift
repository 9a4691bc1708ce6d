import EventModel
import Publishing
import TestSupport
import Testing

import HTTPTransport
@testable import OTLPOutput

/// What is on the wire, read by protoc.
@Suite(.enabled(if: Protoc.isThere, "protoc comes with Debian's protobuf-compiler")) struct OTLPGoldenTests {
    private static func decoded(
        _ lines: [String], fields: String = "", parsed: Bool = false, _ adjust: (inout OTLPSettings) -> Void = { _ in }
    ) async throws -> String {
        var text = ""
        try await OTLPScene.run({ adjust(&$0) }) { scene in
            var factory = try BatchFactory.agent(fields: fields, parsed: parsed)
            #expect(await scene.driver.deliver(factory.batch(lines)) == .delivered)
            #expect(scene.peer.requests.count == 1)
            text = try await Protoc.decode(scene.peer.requests[0].plainBody ?? [])
        }
        return text
    }

    /// One line without the noise of the format: `a { b: 1 }`.
    private static func flat(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func text(_ key: String, _ value: String) -> String {
        #"attributes { key: "\#(key)" value { text: "\#(value)" } }"#
    }

    private static func own(_ offset: Int) -> String {
        [
            text("log.record.uid", "key-\(offset)"), text("log.file.path", "/var/log/shop/app.log"),
            text("log.file.name", "app.log"),
        ].joined(separator: " ")
    }

    @Test func `a plain line has no time of its own, and all else that is known`() async throws {
        let found = Self.flat(try await Self.decoded(["plain text"]))
        #expect(
            found == #"groups { origin { \#(Self.text("host.name", "web1")) } scoped { lines { "#
                + #"body { text: "plain text" } \#(Self.own(0)) "#
                + #"attributes { key: "log.offset" value { number: 0 } } observed: 1769099693963000000 } } }"#)
    }

    @Test func `a level that is a number stays one, and a message that comes twice is the body alone`() async throws {
        let line = #"{"level":30,"msg":"card","message":"card","error.message":"card","pid":1,"hostname":"h"}"#
        let found = Self.flat(try await Self.decoded([line], parsed: true))
        #expect(found.contains(#"attributes { key: "level" value { number: 30 } }"#))
        #expect(found.contains(#"body { text: "card" }"#))
        #expect(found.contains(Self.text("error.message", "card")))
        #expect(!found.contains(#"key: "message""#) && !found.contains(#"key: "msg""#))
    }

    @Test func `a byte that is no UTF-8 is shown in the message of a line that is JSON but for it`() async throws {
        let found = Self.flat(try await Self.decoded([#"{"msg":"caf\xe9","level":"info"}"#]))
        #expect(found.contains(##"body { text: "caf\\xe9" }"##))
    }

    @Test(arguments: [false, true])
    func `a line of zap becomes a record, parsed by the input or not`(_ parsed: Bool) async throws {
        let line =
            #"{"level":"warn","ts":"2026-01-22T16:34:53.123456789Z","caller":"shop/main.go:17","msg":"card \"declined\"","#
            + #""service_name":"checkout","trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","#
            + #""amount":-12,"ratio":0.5,"ok":false,"tags":["a","b"],"none":null}"#
        let found = Self.flat(try await Self.decoded([line], parsed: parsed))
        let attributes = [
            Self.text("caller", "shop/main.go:17"), #"attributes { key: "amount" value { number: -12 } }"#,
            #"attributes { key: "ratio" value { real: 0.5 } }"#, #"attributes { key: "ok" value { flag: false } }"#,
            #"attributes { key: "tags" value { many { values { text: "a" } values { text: "b" } } } }"#,
        ].joined(separator: " ")
        let offset = #"attributes { key: "log.offset" value { number: 0 } }"#
        #expect(
            found
                == #"groups { origin { \#(Self.text("service.name", "checkout")) \#(Self.text("host.name", "web1")) } "#
                + #"scoped { lines { time: 1769099693123456789 severity: 13 level: "warn" "#
                + #"body { text: "card \"declined\"" } \#(Self.own(0)) "#
                + (parsed ? "\(offset) \(attributes)" : "\(attributes) \(offset)")
                + #" trace: "\n\367e\031\026\315C\335\204H\353!\034\2001\234" span: "\267\255kqi 31" "#
                + #"observed: 1769099693963000000 } } }"#)
    }

    @Test func `records of two services are two groups, in the order in which they came first`() async throws {
        let line = { (service: String, text: String) in
            #"{"time":"2026-01-22T16:34:53Z","level":"info","msg":"\#(text)","service":"\#(service)"}"#
        }
        let found = Self.flat(
            try await Self.decoded([line("b", "1"), line("a", "2"), line("b", "3"), line("a", "4"), "5"]))
        let order = found.split(separator: #"body { text: ""#).dropFirst().map { $0.prefix { $0 != "\"" } }
        #expect(order == ["1", "3", "2", "4", "5"])
        #expect(found.split(separator: "groups {").count == 3)
        #expect(found.split(separator: #"key: "service.name""#).count == 3)
    }

    @Test func `configured fields are of the resource, and ids that are none stay attributes`() async throws {
        let found = Self.flat(
            try await Self.decoded(
                [#"{"msg":"x","trace_id":"abc","span_id":"0000000000000000"}"#],
                fields: #"{"service":{"name":"shop","version":"2.1"},"k8s":{"pod":{"name":"p-1"}},"team":"blue"}"#))
        let origin = [
            Self.text("service.name", "shop"), Self.text("host.name", "web1"), Self.text("service.version", "2.1"),
            Self.text("k8s.pod.name", "p-1"),
        ].joined(separator: " ")
        #expect(found.hasPrefix("groups { origin { \(origin) } scoped {"))
        #expect(found.contains(Self.text("trace_id", "abc")))
        #expect(found.contains(Self.text("span_id", "0000000000000000")))
        #expect(found.contains(Self.text("team", "blue")))
        #expect(!found.contains(" trace: ") && !found.contains(" span: "))
    }

    @Test func `traceparent gives both ids and the flags`() async throws {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let found = Self.flat(try await Self.decoded([#"{"msg":"x","traceparent":"\#(parent)"}"#]))
        #expect(found.contains("flags: 1 trace: "))
        #expect(found.contains(" span: "))
        #expect(!found.contains("traceparent"))
    }

    @Test func `attributes beyond the bound are counted`() async throws {
        let members = (0..<50).map { #""k\#($0)":\#($0)"# }.joined(separator: ",")
        let found = Self.flat(try await Self.decoded(["{\(members)}"]) { $0.maxAttributes = 10 })
        // uid, path and name are among the ten; the offset is among the dropped.
        #expect(found.contains("key: \"k6\"") && !found.contains("key: \"k7\""))
        #expect(found.contains("dropped: 44"))
    }

    @Test func `numbers are what they are`() async throws {
        let line =
            #"{"a":9223372036854775807,"b":-9223372036854775808,"c":9223372036854775808,"d":1e3,"e":1e999,"f":-0.0}"#
        let found = Self.flat(try await Self.decoded([line]))
        for (key, value) in [
            ("a", "number: 9223372036854775807"), ("b", "number: -9223372036854775808"),
            ("c", #"text: "9223372036854775808""#), ("d", "real: 1000"), ("e", #"text: "1e999""#), ("f", "real: -0"),
        ] {
            #expect(found.contains(#"key: "\#(key)" value { \#(value) }"#), "\(key)")
        }
    }
}
