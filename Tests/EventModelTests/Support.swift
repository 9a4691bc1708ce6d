import ByteTools
import EventModel

/// A batch with one segment that holds these lines one after the other, as a file has them.
func batch(
    _ lines: [[UInt8]], template: EventTemplate, at fileOffset: UInt64 = 0, readAt: Int64 = 1_769_099_693_963,
    truncated: Bool = false
) -> Batch {
    let slab = Slab(capacity: lines.reduce(1) { $0 + $1.count + 1 })
    let source = EventSource(fileID: 1, generation: 0, path: "/var/log/app.log", idKey: "k", template: template)
    var segment = Segment(
        source: source, readAt: readAt, firstLine: 0, base: Int64(fileOffset), start: fileOffset
    )
    var refs: [LineRef] = []
    var at = 0
    for line in lines {
        refs.append(LineRef(start: at, length: line.count, truncated: truncated))
        for byte in line + [0x0a] {
            unsafe slab.base[at] = byte
            at += 1
        }
    }
    segment.lineCount = lines.count
    segment.end = fileOffset + UInt64(at)
    return Batch(slab: slab, lines: refs, segments: [segment])
}

/// The events of a batch as text.
func encode(_ batch: Batch, counters: EventCounters? = nil) -> [String] {
    var encoder = EventEncoder(batch, counters: counters)
    return (0..<batch.count).map { index in
        var room = 4096
        while true {
            var written = false
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(buffer))
                let before = cursor.room
                written = encoder.encode(index, to: &cursor)
                count = before - cursor.room
            }
            if written { return String(decoding: bytes, as: UTF8.self) }
            precondition(bytes.isEmpty, "nothing may be written when there is no room")
            room *= 2
        }
    }
}

func encode(_ line: String, _ template: EventTemplate) -> String {
    encode(batch([Array(line.utf8)], template: template))[0]
}

/// The shape of the tests: everything that changes from host to host is fixed.
func shape(
    tags: [String] = [], fields: String = "", underRoot: Bool = false, codec: Codec = .json()
) throws -> EventShape {
    let agent = EventShape.Agent(id: "A", ephemeralID: "E", name: "web1", version: "1.0.0")
    return try EventShape(
        agent: agent, hostName: "web1", tags: tags, fieldsJSON: fields, fieldsUnderRoot: underRoot, codec: codec
    )
}

let file = EventShape.File(
    path: Array("/var/log/app.log".utf8), deviceID: "64768", inode: "13643776", idKey: "3f2a"
)

let agentJSON = #""agent":{"ephemeral_id":"E","id":"A","name":"web1","type":"needletail","version":"1.0.0"}"#
