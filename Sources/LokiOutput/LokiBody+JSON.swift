import NIOCore
import RecordTools

/// JSON: `{"streams":[{"stream":{"host":"web1"},"values":[["<ns>","<line>",{"trace_id":"…"}]]}]}`.
extension LokiBody {
    func putJSONEntry(_ line: ByteArena, _ count: Int) {
        let out = groups.records
        out.put("[\"")
        out.put(decimal: time)
        out.put("\",")
        unsafe out.put(quoted: line.bytes(0..<count))
        var isFirst = true
        unsafe forEachMetadata { name, text in
            guard text.count > 0 else { return }
            out.put(isFirst ? ",{\"" : ",\"")
            isFirst = false
            out.put(name)
            out.put("\":")
            unsafe out.put(quoted: text)
        }
        out.put(isFirst ? "]" : "}]")
    }

    func putJSONRequest(to buffer: inout ByteBuffer) {
        buffer.writeString("{\"streams\":[")
        for (index, group) in groups.groups.enumerated() {
            buffer.writeString(index > 0 ? ",\n{\"stream\":{" : "{\"stream\":{")
            unsafe buffer.writeBytes(groups.keys.bytes(group.key))
            buffer.writeString("},\"values\":[")
            var at = Int(group.first)
            while at >= 0 {
                unsafe buffer.writeBytes(groups.records.bytes(groups.list[at].range))
                at = Int(groups.list[at].next)
                if at >= 0 { buffer.writeString(",\n") }
            }
            buffer.writeString("]}")
        }
        buffer.writeString("]}")
    }
}
