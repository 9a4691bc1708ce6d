import ByteTools
import EventModel
import Parsing
import Testing

/// One line through shape, parser and encoder, as the agent does it.
private func event(_ line: String, _ change: (inout NdjsonSettings) -> Void = { _ in }) throws -> String {
    var settings = NdjsonSettings()
    change(&settings)
    let agent = EventShape.Agent(id: "A", ephemeralID: "E", name: "web1", version: "1.0.0")
    var shape = try EventShape(agent: agent, hostName: "web1", tags: ["t"])
    shape.target = settings.target
    shape.parser = NdjsonParser(settings, keys: shape.keys)
    let file = EventShape.File(path: Array("/a.log".utf8), deviceID: "1", inode: "2", idKey: "k")
    let source = EventSource(
        fileID: 1, generation: 0, path: "/a.log", idKey: "k", template: shape.template(for: file)
    )
    var segment = Segment(source: source, readAt: 0, firstLine: 0, base: 0, start: 0)
    segment.lineCount = 1
    let slab = Slab(capacity: line.utf8.count)
    for (index, byte) in line.utf8.enumerated() { unsafe slab.base[index] = byte }
    var encoder = EventEncoder(
        Batch(slab: slab, lines: [LineRef(start: 0, length: line.utf8.count)], segments: [segment])
    )
    let room = 65536
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: room))
        #expect(encoder.encode(0, to: &cursor))
        count = room - cursor.room
    }
    return String(decoding: bytes, as: UTF8.self)
}

private let head =
    #"{"@timestamp":"1970-01-01T00:00:00.000Z","@metadata":{"beat":"needletail","type":"_doc","#
    + #""version":"1.0.0","_id":"k-0"},"#
private let log = #""log":{"offset":0,"file":{"path":"/a.log","device_id":"1","inode":"2"}"#
private let rest =
    #""input":{"type":"filestream"},"ecs":{"version":"8.0.0"},"host":{"name":"web1"},"#
    + #""agent":{"ephemeral_id":"E","id":"A","name":"web1","type":"needletail","version":"1.0.0"},"tags":["t"]"#

@Suite struct ParsedEventTests {
    @Test func `a line is spliced behind the event's own fields`() throws {
        #expect(try event(#"{"a":1,"message":"x"}"#) == head + log + "}," + rest + #","a":1,"message":"x"}"#)
        #expect(try event("{ \t}") == head + log + "}," + rest + "}")
    }

    @Test func `a line that collides is merged`() throws {
        #expect(
            try event(#"{"log":{"level":"i"},"tags":["a"],"b":2}"#)
                == head + log + #","level":"i"},"# + rest.replacingTags(#"["a","t"]"#) + #","b":2}"#
        )
    }

    @Test func `targets, new and below the event's own fields`() throws {
        #expect(try event(#"{"log":1}"#) { $0.target = "a.b" } == head + log + "}," + rest + #","a":{"b":{"log":1}}}"#)
        #expect(try event(#"{"x":1}"#) { $0.target = "log.json" } == head + log + #","json":{"x":1}},"# + rest + "}")
    }

    @Test func `the line's own time is left out, or takes the place of the event's`() throws {
        let line = #"{"log.level":"info","@timestamp":"2026-01-22T16:34:53.963Z","message":"x"}"#
        let members = #","log.level":"info","message":"x"}"#
        #expect(try event(line) == head + log + "}," + rest + members)
        let own = head.replacing("1970-01-01T00:00:00.000Z", with: "2026-01-22T16:34:53.963Z")
        #expect(try event(line) { $0.overwriteKeys = true } == own + log + "}," + rest + members)
        #expect(try event(#"{"@timestamp":"x"}"#) == head + log + "}," + rest + "}")
    }

    @Test func `a line that is no JSON is the message`() throws {
        let failed = try event("{") { $0.addErrorKey = true }
        #expect(failed.hasPrefix(head + #""message":"{","# + log))
        #expect(
            failed.hasSuffix(
                #","error":{"message":"Error decoding JSON: the line ends too early, at byte 1","type":"json"}}"#))
        #expect(try event("{") == head + #""message":"{","# + log + "}," + rest + "}")
    }
}

extension String {
    fileprivate func replacingTags(_ tags: String) -> String { dropLast(#"["t"]"#.count) + tags }
}
