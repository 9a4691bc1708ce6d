import ByteTools
import EventFields
import EventModel
import Parsing
import Testing

/// One input with `normalize: ecs`: shape, parser and encoder, as the agent puts them together.
struct NormalizingInput {
    let shape: EventShape
    let parser: NdjsonParser
    /// The same without settings of the parser, for an event without a line.
    private let bare: EventShape

    init(
        hostName: String? = "web1", tags: [String] = [], fields: String = "", fieldsUnderRoot: Bool = true,
        _ change: (inout NdjsonSettings) -> Void = { _ in }
    ) throws {
        var settings = NdjsonSettings()
        settings.normalize = .ecs
        change(&settings)
        let agent = EventShape.Agent(id: "A", ephemeralID: "E", name: "web1", version: "1.0.0")
        var shape = try EventShape(
            agent: agent, hostName: hostName, tags: tags, fieldsJSON: fields, fieldsUnderRoot: fieldsUnderRoot)
        parser = NdjsonParser(settings, keys: shape.keys)
        shape.parser = parser
        shape.includesMetadata = false
        self.shape = shape
        var plain = NdjsonSettings()
        plain.normalize = .ecs
        shape.parser = NdjsonParser(plain, keys: shape.keys)
        bare = shape
    }

    /// The event of a line, as it is sent.
    func event(_ line: String) -> String { Self.event(line, shape) }

    private static func event(_ line: String, _ shape: EventShape) -> String {
        let file = EventShape.File(path: Array("/a.log".utf8), idKey: "k")
        let source = EventSource(
            fileID: 1, generation: 0, path: "/a.log", idKey: "k", template: shape.template(for: file))
        var segment = Segment(source: source, readAt: 0, firstLine: 0, base: 0, start: 0)
        segment.lineCount = 1
        let slab = Slab(capacity: line.utf8.count)
        for (index, byte) in line.utf8.enumerated() { unsafe slab.base[index] = byte }
        var encoder = EventEncoder(
            Batch(slab: slab, lines: [LineRef(start: 0, length: line.utf8.count)], segments: [segment]))
        let room = 1 << 17
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: room))
            #expect(encoder.encode(0, to: &cursor))
            count = room - cursor.room
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The event of a line, taken apart and put together again whether it has to be or not.
    func slowEvent(_ line: String) -> String { parser.merged(line, into: Self.event("{}", bare)) }

    /// Whether the line is written without being taken apart.
    func isFast(_ line: String) -> Bool {
        if case .rewrite = parser.verdict(Array(line.utf8)) { return true }
        return false
    }
}

/// What a line adds to its event: its time, what stands in `log`, and what at the root.
struct Normalized: Equatable {
    var time = "1970-01-01T00:00:00.000Z"
    var log = ""
    var members = ""

    init(time: String = "1970-01-01T00:00:00.000Z", log: String = "", _ members: String = "") {
        self.time = time
        self.log = log
        self.members = members
    }

    /// The event around it, of an input without settings.
    var event: String {
        #"{"@timestamp":"\#(time)","log":{"offset":0,"file":{"path":"/a.log"}"# + (log.isEmpty ? "" : ",") + log
            + #"},"input":{"type":"filestream"},"ecs":{"version":"8.0.0"},"host":{"name":"web1"},"#
            + #""agent":{"ephemeral_id":"E","id":"A","name":"web1","type":"needletail","version":"1.0.0"}"#
            + (members.isEmpty ? "" : ",") + members + "}"
    }
}
