import ByteTools
import NIOCore
import RecordTools

/// Protobuf, which snappy packs.
///
/// | message | fields |
/// |---|---|
/// | PushRequest | 1 streams |
/// | StreamAdapter | 1 labels, 2 entries |
/// | EntryAdapter | 1 timestamp, 2 line, 3 structuredMetadata |
/// | Timestamp | 1 seconds, 2 nanos |
/// | LabelPairAdapter | 1 name, 2 value |
/// - Source: Loki's `pkg/push/push.proto`.
extension LokiBody {
    func putEntry(_ line: ByteArena, _ count: Int) {
        let out = groups.records
        var (seconds, nanos) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        if nanos < 0 {
            nanos += 1_000_000_000
            seconds -= 1
        }
        let (first, second) = (UInt64(bitPattern: seconds), UInt64(nanos))
        out.put(field: 1, count: 2 + ByteArena.varintSize(first) + ByteArena.varintSize(second))
        out.put(field: 1, varint: first)
        out.put(field: 2, varint: second)
        unsafe out.put(field: 2, line.bytes(0..<count))
        unsafe forEachMetadata { name, text in
            guard text.count > 0 else { return }
            out.put(field: 3, count: ByteArena.fieldSize(name.utf8CodeUnitCount) + ByteArena.fieldSize(text.count))
            unsafe name.withOwnUTF8 { unsafe out.put(field: 1, $0) }
            unsafe out.put(field: 2, text)
        }
    }

    func putRequest(to buffer: inout ByteBuffer) {
        let room = groups.byteCount + groups.list.count * 12 + groups.groups.count * 64 + 64
        let head = ByteArena(capacity: 256)
        unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
            var cursor = unsafe ByteCursor(space)
            let start = cursor.room
            for group in groups.groups {
                head.clear()
                head.put(field: 1, count: ByteArena.fieldSize(group.key.count) + group.fieldBytes)
                head.put(field: 1, count: group.key.count)
                unsafe cursor.put(head.bytes(0..<head.count))
                unsafe cursor.put(groups.keys.bytes(group.key))
                var at = Int(group.first)
                while at >= 0 {
                    let record = groups.list[at]
                    head.clear()
                    head.put(field: 2, count: record.range.count)
                    unsafe cursor.put(head.bytes(0..<head.count))
                    unsafe cursor.put(groups.records.bytes(record.range))
                    at = Int(record.next)
                }
            }
            return start - cursor.room
        }
    }
}
