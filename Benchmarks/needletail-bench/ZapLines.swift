import ByteTools
import EventModel

/// Lines as zap writes them, about 315 bytes each, the same in every run.
enum ZapLines {
    static let count = 1000

    static let all: [[UInt8]] = (0..<count).map { index in
        let id = String(UInt64(index) &* 0x9e37_79b9_7f4a_7c15 | 1 << 63, radix: 16)
        return Array(
            (#"{"level":"info","ts":1795341600.\#(100_000 + index),"caller":"middleware/logging.go:142","#
                + #""msg":"request completed","service_name":"checkout-api","trace_id":"\#(id)\#(id)","span_id":"\#(id)","#
                + #""request_id":"r~\#(1_000_000_000 + index)","method":"GET","path":"/api/v1/orders/\#(index * 37)","#
                + #""status":200,"latency":0.\#(index * 997 % 1_000_000)}"#).utf8
        )
    }

    /// The same as ECS loggers write them: a time of their own, and a message.
    static let ecs: [[UInt8]] = (0..<count).map { index in
        let id = String(UInt64(index) &* 0x9e37_79b9_7f4a_7c15 | 1 << 63, radix: 16)
        return Array(
            (#"{"log.level":"info","@timestamp":"2026-11-22T10:00:\#(10 + index % 50).\#(100 + index % 900)Z","#
                + #""log.origin":{"file.name":"middleware/logging.go","file.line":142},"message":"request completed","#
                + #""service.name":"checkout-api","trace.id":"\#(id)\#(id)","http.request.method":"GET","#
                + #""url.path":"/api/v1/orders/\#(index * 37)","http.response.status_code":200,"ecs.version":"1.6.0"}"#)
                .utf8
        )
    }

    /// All lines with their terminators: what a file holds, again and again.
    static let block: [UInt8] = all.flatMap { $0 + [0x0a] }

    /// How often all lines have to be gone through to have handled at least so many.
    static func passes(for lines: Int) -> Int { (lines + count - 1) / count }

    /// What so many passes handle.
    static func work(passes: Int) -> BenchCase.Work { .init(lines: passes * count, bytes: passes * block.count) }

    /// All lines as one batch of one file, with events of this shape.
    /// - Parameters:
    ///   - lines: these instead.
    ///   - base: where the first stands in its file.
    static func batch(_ shape: EventShape, of lines: [[UInt8]] = all, base: Int64 = 0) -> Batch {
        let slab = Slab(capacity: lines.reduce(0) { $0 + $1.count + 1 })
        var refs: [LineRef] = []
        var at = 0
        for line in lines {
            for (index, byte) in line.enumerated() { unsafe slab.base[at + index] = byte }
            unsafe slab.base[at + line.count] = 0x0a
            refs.append(LineRef(start: at, length: line.count))
            at += line.count + 1
        }
        let file = EventShape.File(
            path: Array("/var/log/app/app.log".utf8), deviceID: "64768", inode: "13643776",
            idKey: "3f2a91c04be7d6150000"
        )
        let source = EventSource(
            fileID: 1, generation: 0, path: "/var/log/app/app.log", idKey: file.idKey,
            template: shape.template(for: file)
        )
        var segment = Segment(source: source, readAt: 1_769_099_693_963, firstLine: 0, base: base, start: UInt64(base))
        segment.lineCount = refs.count
        return Batch(slab: slab, lines: refs, segments: [segment])
    }
}

/// What the events look like.
enum BenchShape {
    /// Lines as text in `message`.
    static func plain(includingMetadata: Bool = false) throws -> EventShape {
        let agent = EventShape.Agent(
            id: "5d0f1c9e-58f5-4c0f-9d0e-0b6a7f3c2d11", ephemeralID: "0f9b3a53-0c59-43b4-a4b4-5f0d8a1e6c22",
            name: "host-1", version: "1.0.0"
        )
        var shape = try EventShape(agent: agent, hostName: "host-1")
        shape.includesMetadata = includingMetadata
        return shape
    }
}
