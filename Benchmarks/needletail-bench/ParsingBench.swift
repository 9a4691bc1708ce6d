import ByteTools
import EventModel
import Parsing

/// The parsing of JSON lines, without files and sockets: validation alone, and the whole event.
///
/// Counted from outside (`valgrind --tool=callgrind`, `perf stat`): the number of passes is the argument, so that the
/// difference between two numbers is the cost of the passes in between.
enum ParsingBench {
    static let cases: [(name: String, run: @Sendable (_ passes: Int) -> Int)] = [
        ("validate zap lines", validate), ("zap lines to events", encode),
    ]

    /// Lines as zap writes them, about 315 bytes each.
    private static let lines: [[UInt8]] = (0..<1000).map { index in
        let id = String(UInt64(index) &* 0x9e37_79b9_7f4a_7c15 | 1 << 63, radix: 16)
        return Array(
            (#"{"level":"info","ts":1795341600.\#(100_000 + index),"caller":"middleware/logging.go:142","#
                + #""msg":"request completed","service_name":"checkout-api","trace_id":"\#(id)\#(id)","span_id":"\#(id)","#
                + #""request_id":"r~\#(1_000_000_000 + index)","method":"GET","path":"/api/v1/orders/\#(index * 37)","#
                + #""status":200,"latency":0.\#(index * 997 % 1_000_000)}"#).utf8
        )
    }

    private static func shape() -> EventShape {
        let agent = EventShape.Agent(
            id: "5d0f1c9e-58f5-4c0f-9d0e-0b6a7f3c2d11", ephemeralID: "0f9b3a53-0c59-43b4-a4b4-5f0d8a1e6c22",
            name: "host-1", version: "1.0.0"
        )
        guard var shape = try? EventShape(agent: agent, hostName: "host-1") else { fatalError("the shape is constant") }
        shape.parser = NdjsonParser(NdjsonSettings(), keys: shape.keys)
        return shape
    }

    private static func batch() -> Batch {
        let slab = Slab(capacity: lines.reduce(0) { $0 + $1.count + 1 })
        let file = EventShape.File(
            path: Array("/var/log/app/app.log".utf8), deviceID: "64768", inode: "13643776", idKey: "3f2a91c04be7d615"
        )
        let source = EventSource(
            fileID: 1, generation: 0, path: "/var/log/app/app.log", idKey: file.idKey,
            template: shape().template(for: file)
        )
        var segment = Segment(source: source, readAt: 1_769_099_693_963, firstLine: 0, base: 0, start: 0)
        segment.lineCount = lines.count
        var refs: [LineRef] = []
        var at = 0
        for line in lines {
            refs.append(LineRef(start: at, length: line.count))
            for byte in line + [0x0a] {
                unsafe slab.base[at] = byte
                at += 1
            }
        }
        return Batch(slab: slab, lines: refs, segments: [segment])
    }

    /// Lines that can be spliced.
    private static func validate(passes: Int) -> Int {
        let batch = batch()
        guard let parser = shape().parser as? NdjsonParser else { return 0 }
        var spliced = 0
        for _ in 0..<passes {
            for line in batch.lines {
                let bytes = unsafe UnsafeBufferPointer(start: batch.slab.base + Int(line.start), count: line.length)
                if case .splice = unsafe parser.examine(bytes) { spliced += 1 }
            }
        }
        return spliced
    }

    /// Bytes of the events.
    private static func encode(passes: Int) -> Int {
        let batch = batch()
        let room = 1 << 20
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 64)
        defer { unsafe buffer.deallocate() }
        var bytes = 0
        for _ in 0..<passes {
            var encoder = EventEncoder(batch)
            var cursor = unsafe ByteCursor(buffer)
            for index in 0..<batch.count {
                if encoder.encode(index, to: &cursor) { continue }
                bytes += room - cursor.room
                cursor = unsafe ByteCursor(buffer)
                _ = encoder.encode(index, to: &cursor)
            }
            bytes += room - cursor.room
        }
        return bytes
    }
}
