/// Events as a collector gets them from a shipper: ECS events of about 790 bytes, each around a zap line of about 315, of
/// five services that share traces of 50 lines. The same in every run.
struct TraceLines {
    private var random: UInt64 = 7
    private var index = 0
    /// Traces that are under way at the same time.
    private var open: [UInt64] = []

    static let linesPerTrace = 50
    /// 2026-11-23T08:00:00Z.
    static let begin: Int64 = 1_795_420_800_000
    private static let services = ["gateway", "checkout", "cart", "payments", "inventory"]
    private static let messages = [
        "request completed", "cache miss", "query finished", "card declined", "retry scheduled", "order placed",
        "connection reset by peer", "token refreshed",
    ]

    private mutating func next() -> UInt64 {
        random &+= 0x9e37_79b9_7f4a_7c15
        var mixed = random
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// The id of a trace by its number.
    static func trace(_ number: Int) -> String {
        hex(UInt64(number) &* 0x9e37_79b9_7f4a_7c15 | 1 << 63) + hex(UInt64(number) &* 0xd6e8_feb8_6659_fd93 | 1 << 63)
    }

    private static func hex(_ value: UInt64) -> String { String(value, radix: 16) }

    /// Adds one event; a thousand of them are a second of log.
    mutating func append(to bytes: inout [UInt8]) {
        // Forty traces run side by side, so that the lines of each lie among those of others.
        let group = index / (40 * TraceLines.linesPerTrace)
        let trace = group * 40 + Int(next() % 40)
        let value = next()
        let level = value % 100 < 4 ? "error" : value % 100 < 10 ? "warn" : "info"
        let service = TraceLines.services[Int((value >> 8) % 5)]
        let message =
            level == "error" && (value >> 16) % 8 == 0
            ? TraceLines.messages[3] : TraceLines.messages[Int((value >> 20) % 3)]
        let time = TraceLines.begin + Int64(index)
        let fraction = 1000 + index % 1000
        let line =
            #"{"level":"\#(level)","ts":\#(time / 1000).\#(String(fraction).dropFirst()),"caller":"middleware/logging.go:142","#
            + #""msg":"\#(message)","service_name":"\#(service)","trace_id":"\#(TraceLines.trace(trace))","span_id":"\#(TraceLines.hex(value | 1 << 63))","#
            + #""request_id":"r~\#(1_000_000_000 + index)","method":"GET","path":"/api/v1/orders/\#((value >> 40) % 5000)","status":\#(level == "error" ? 500 : 200),"#
            + #""latency":0.\#((value >> 30) % 1_000_000)}"#
        bytes +=
            #"{"@timestamp":"2026-11-23T08:00:00.000Z","@metadata":{"beat":"needletail","type":"_doc","version":"1.0.0","_id":"3f2a91c04be7d6150001-\#(index * 316)"},"message":""#
            .utf8
        bytes += line.replacing("\"", with: "\\\"").utf8
        bytes +=
            #"","log":{"offset":\#(index * 316),"file":{"path":"/var/log/app/\#(service).log","inode":"13643776","device_id":"64768","fingerprint":"3f2a91c04be7d615"}},"input":{"type":"filestream"},"host":{"name":"host-\#((value >> 50) % 4)"},"agent":{"id":"5d0f1c9e-58f5-4c0f-9d0e-0b6a7f3c2d11","ephemeral_id":"0f9b3a53-0c59-43b4-a4b4-5f0d8a1e6c22","name":"host-1","type":"needletail","version":"1.0.0"},"ecs":{"version":"8.0.0"}}"#
            .utf8
        index += 1
    }
}
