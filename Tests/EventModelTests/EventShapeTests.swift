import EventModel
import Testing

/// Takes every line for a JSON object and cuts its braces off.
private final class BraceParser: LineParser {
    func examine(_ line: UnsafeBufferPointer<UInt8>) -> ParsedLine {
        guard unsafe line.first == 0x7b, unsafe line.last == 0x7d else { return .failed(error: "no object, at byte 0") }
        return unsafe .splice(UnsafeBufferPointer(rebasing: line[1..<(line.count - 1)]))
    }

    func merge(_ line: UnsafeBufferPointer<UInt8>, into event: [UInt8]) -> [UInt8] { event }
}

private let metadata = #""@metadata":{"beat":"needletail","type":"_doc","version":"1.0.0","_id":"3f2a-0"}"#
private let fileJSON = #""file":{"path":"/var/log/app.log","device_id":"64768","inode":"13643776"}"#
private let rest = #""input":{"type":"filestream"},"ecs":{"version":"8.0.0"},"host":{"name":"web1"},"# + agentJSON

@Suite struct EventShapeTests {
    @Test func `the default event is Filebeat's`() throws {
        let event = encode("line \"one\"", try shape().template(for: file))
        #expect(
            event == #"{"@timestamp":"2026-01-22T16:34:53.963Z","# + metadata
                + #","message":"line \"one\"","log":{"offset":0,"# + fileJSON + "}," + rest + "}"
        )
    }

    @Test func `the event of Elasticsearch has no @metadata, and event.id when it is asked for`() throws {
        var shape = try shape()
        shape.includesMetadata = false
        shape.includesEventID = true
        #expect(
            encode("x", shape.template(for: file))
                == #"{"@timestamp":"2026-01-22T16:34:53.963Z","event":{"id":"3f2a-0"},"#
                + #""message":"x","log":{"offset":0,"# + fileJSON + "}," + rest + "}"
        )
    }

    @Test func `tags and fields come last`() throws {
        let event = encode("x", try shape(tags: ["a", "b\""], fields: #"{"team":"core"}"#).template(for: file))
        #expect(event.hasSuffix(agentJSON + #","tags":["a","b\""],"fields":{"team":"core"}}"#))
    }

    @Test func `fields under the root win over the agent's own, but not over the line`() throws {
        let fields = #"{"host":{"name":"other","ip":1},"log":{"level":"x","offset":7},"message":"no","a":1.0}"#
        let event = encode("x", try shape(fields: fields, underRoot: true).template(for: file))
        #expect(event.contains(#""host":{"name":"other","ip":1}"#))
        #expect(event.contains(#""log":{"offset":0,"# + fileJSON + #","level":"x"}"#))
        #expect(event.contains(#""message":"x""#))
        #expect(!event.contains(#""message":"no""#))
        #expect(event.hasSuffix(#","a":1.0}"#))
    }

    @Test func `a complete fingerprint is shown, a path that is no UTF-8 is escaped`() throws {
        var file = file
        file.path = Array("/tmp/a".utf8) + [0xff]
        file.fingerprint = String(repeating: "ab", count: 32)
        let event = encode("x", try shape().template(for: file))
        #expect(event.contains(#""path":"/tmp/a\\xff""#))
        #expect(event.contains(#""inode":"13643776","fingerprint":"\#(String(repeating: "ab", count: 32))"}"#))
    }

    @Test func `standard input has the path - and no inode`() throws {
        var shape = try shape()
        shape.inputType = "stdin"
        let event = encode("x", shape.template(for: .init(path: Array("-".utf8), idKey: "s")))
        #expect(event.contains(#""log":{"offset":0,"file":{"path":"-"}},"input":{"type":"stdin"}"#))
    }

    @Test func `a parsed line's members take the message's place`() throws {
        var shape = try shape()
        shape.parser = BraceParser()
        let template = shape.template(for: file)
        #expect(
            encode(#"{"a":1}"#, template) == #"{"@timestamp":"2026-01-22T16:34:53.963Z","# + metadata
                + #","log":{"offset":0,"# + fileJSON + "}," + rest + #","a":1}"#
        )
        #expect(encode("{}", template).hasSuffix(agentJSON + "}"))
        let failed = encode("nope", template)
        #expect(failed.contains(#""message":"nope""#))
        #expect(failed.hasSuffix(#","error":{"message":"no object, at byte 0","type":"json"}}"#))
    }

    @Test func `a target holds the members, also one below another`() throws {
        var shape = try shape()
        shape.parser = BraceParser()
        shape.target = "app.json"
        #expect(encode(#"{"a":1}"#, shape.template(for: file)).hasSuffix(agentJSON + #","app":{"json":{"a":1}}}"#))
        #expect(encode("{}", shape.template(for: file)).hasSuffix(#","app":{"json":{}}}"#))
    }

    @Test func `the keys say who wins`() throws {
        var shape = try shape(tags: ["t"], fields: #"{"host":{"name":"x"},"a":1}"#, underRoot: true)
        shape.includesEventID = true
        #expect(shape.keys.own == ["log", "input"])
        #expect(shape.keys.defaults == ["ecs", "agent"])
        #expect(shape.keys.configured == ["host", "a", "event"])
    }

    @Test func `fields that are no mapping are refused`() {
        #expect(throws: EventModelError.self) { try shape(fields: "[1]") }
    }
}
