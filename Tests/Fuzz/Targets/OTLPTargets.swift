import CShim
import Collector
import EventModel

extension FuzzTarget {
    /// An export request in protobuf becomes the events that it becomes when it is first written anew in OTLP's JSON.
    static let otlpProtobuf = FuzzTarget(name: "otlp-protobuf") { bytes in
        guard var batch = try? OTLPProtobuf.events(bytes, .fuzzing) else { return }
        guard let json = OTLPTranscript.json(of: bytes) else { throw FuzzFinding("nonsense was accepted", bytes) }
        let events = batch.copies
        let other: [[UInt8]]
        do throws(RequestFailure) {
            other = try OTLPJSON.events(json, .fuzzing).copies
        } catch {
            // JSON needs more levels for the same, and they are bounded.
            guard error.reason.contains("deep") else { throw FuzzFinding("refused as JSON: \(error.reason)", json) }
            return try checkExport(&batch, events, of: bytes)
        }
        guard other == events else {
            let (one, two) = zip(other, events).first { $0 != $1 } ?? ([], [])
            throw FuzzFinding("\(other.count) events as JSON, \(events.count) as protobuf", one + [0x0a] + two)
        }
        try checkExport(&batch, events, of: bytes)
    }

    /// An export request in JSON is refused if it is no object, and becomes the same events however it is written.
    static let otlpJSON = FuzzTarget(name: "otlp-json") { bytes in
        let isObject = ReferenceJSON.names(bytes, maximumDepth: Int(NT_JSON_DEPTH)) != nil
        var batch: EventBatch
        do throws(RequestFailure) {
            batch = try OTLPJSON.events(bytes, .fuzzing)
        } catch {
            guard !isObject || error.status == 413 else { throw FuzzFinding("refused: \(error.reason)", bytes) }
            return
        }
        guard isObject else { throw FuzzFinding("nonsense was accepted", bytes) }
        try checkExport(&batch, batch.copies, of: bytes)
        guard let tree = JSONTree(bytes) else { throw FuzzFinding("no tree for a valid text", bytes) }
        var pretty: [UInt8] = []
        tree.writePretty(to: &pretty)
        let (one, other) = (try? OTLPJSON.events(tree.compact, .fuzzing), try? OTLPJSON.events(pretty, .fuzzing))
        guard one?.copies == other?.copies else { throw FuzzFinding("written otherwise, it is another", pretty) }
    }

    /// Events are valid as they are, and not much larger than what they were made of.
    private static func checkExport(_ batch: inout EventBatch, _ events: [[UInt8]], of bytes: [UInt8]) throws {
        guard batch.byteCount <= OTLPLimits.fuzzing.events + 16 * bytes.count + 1000 else {
            throw FuzzFinding("\(batch.byteCount) bytes of events", bytes)
        }
        for event in events where ReferenceJSON.names(event, maximumDepth: Int(NT_JSON_DEPTH)) == nil {
            throw FuzzFinding("an event that is no object", event)
        }
        try checkStorable(&batch, events)
    }
}

extension OTLPLimits {
    fileprivate static let fuzzing = OTLPLimits(event: 1 << 16, events: 1 << 16)
}
