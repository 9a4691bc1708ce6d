import ByteTools
import EventFields
import NIOCore
import RecordTools

/// Protobuf.
///
/// - Source: opentelemetry-proto, `logs/v1/logs.proto`, `common/v1/common.proto`, `resource/v1/resource.proto`.
extension OTLPBody {
    /// The content of `Resource`: `repeated KeyValue attributes = 1`.
    func putResource(_ record: OTLPRecord) {
        let out = groups.keys
        unsafe putText("service.name", reader.text(.service), field: 1, to: out)
        unsafe putText("host.name", reader.text(.host), field: 1, to: out)
        for number in reader.leaves.indices where reader.leaves[number].isFirst {
            let leaf = reader.leaves[number]
            guard leaf.role == nil || leaf.role == .service, resourceNames.contains(leaf, reader) else { continue }
            let name = unsafe resourceNames.name(reader.path(leaf))
            unsafe put(attribute: number, name, field: 1, to: out) { _ in false }
        }
    }

    /// The content of `LogRecord`.
    func put(_ record: OTLPRecord) {
        let out = groups.records
        if let time = record.time { out.put(field: 1, fixed64: time) }
        if let severity = record.severity { out.put(field: 2, varint: UInt64(severity)) }
        if record.severityText >= 0 { unsafe out.put(field: 3, reader.leaves[record.severityText].text) }
        let message = unsafe reader.text(.message)
        if message.count > 0 {
            out.put(field: 5, count: ByteArena.fieldSize(message.count))
            unsafe out.put(field: 1, message)
        }
        unsafe putText("log.record.uid", reader.text(.eventID), field: 6, to: out)
        let file = unsafe reader.text(.file)
        unsafe putText("log.file.path", file, field: 6, to: out)
        unsafe putText("log.file.name", OTLPBody.lastPart(of: file), field: 6, to: out)
        let dropped = forEachAttribute(record) { number, _ in
            let path = unsafe reader.path(reader.leaves[number])
            unsafe put(attribute: number, path, field: 6, to: out) { record.isElsewhere($0, reader, resourceNames) }
        }
        if dropped > 0 { out.put(field: 7, varint: UInt64(dropped)) }
        if record.flags > 0 { out.put(field: 8, fixed32: UInt32(record.flags)) }
        if record.hasTrace { unsafe putID(reader.text(.trace), field: 9, to: out) }
        if record.hasSpan { unsafe putID(reader.text(.span), field: 10, to: out) }
        out.put(field: 11, fixed64: record.observed)
    }

    /// `ExportLogsServiceRequest` of all groups.
    func putRequest(to buffer: inout ByteBuffer) {
        let room = groups.byteCount + groups.list.count * 12 + groups.groups.count * OTLPBody.groupOverhead + 64
        unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
            var cursor = unsafe ByteCursor(space)
            let start = cursor.room
            let head = ByteArena(capacity: 256)
            for group in groups.groups {
                // ResourceLogs: resource = 1, scope_logs = 2; ScopeLogs: log_records = 2.
                let inner = ByteArena.fieldSize(group.key.count) + ByteArena.fieldSize(group.fieldBytes)
                head.clear()
                head.put(field: 1, count: inner)
                head.put(field: 1, count: group.key.count)
                unsafe cursor.put(head.bytes(0..<head.count))
                unsafe cursor.put(groups.keys.bytes(group.key))
                head.clear()
                head.put(field: 2, count: group.fieldBytes)
                unsafe cursor.put(head.bytes(0..<head.count))
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

    // MARK: Attributes

    /// A text under a name, as a field with a `KeyValue`; nothing for no text.
    private func putText(_ name: StaticString, _ text: UnsafeBufferPointer<UInt8>, field: UInt8, to out: ByteArena) {
        guard text.count > 0 else { return }
        let value = ByteArena.fieldSize(text.count)
        out.put(field: field, count: ByteArena.fieldSize(name.utf8CodeUnitCount) + ByteArena.fieldSize(value))
        unsafe name.withOwnUTF8 { unsafe out.put(field: 1, $0) }
        out.put(field: 2, count: value)
        unsafe out.put(field: 1, text)
    }

    /// The values of a path that are not left out, as a field with a `KeyValue`: one value, or a list.
    private func put(
        attribute number: Int, _ name: UnsafeBufferPointer<UInt8>, field: UInt8, to out: ByteArena,
        isLeftOut: (Int) -> Bool
    ) {
        var count = 0
        var listSize = 0
        var at = number
        while at >= 0 {
            if !isLeftOut(at) {
                count += 1
                listSize += ByteArena.fieldSize(size(reader.leaves[at]))
            }
            at = Int(reader.leaves[at].next)
        }
        let valueSize = count == 1 ? size(reader.leaves[number]) : ByteArena.fieldSize(listSize)
        out.put(field: field, count: ByteArena.fieldSize(name.count) + ByteArena.fieldSize(valueSize))
        unsafe out.put(field: 1, name)
        out.put(field: 2, count: valueSize)
        if count == 1 { return put(value: reader.leaves[number], to: out) }
        // AnyValue: array_value = 5; ArrayValue: values = 1.
        out.put(field: 5, count: listSize)
        at = number
        while at >= 0 {
            if !isLeftOut(at) {
                out.put(field: 1, count: size(reader.leaves[at]))
                put(value: reader.leaves[at], to: out)
            }
            at = Int(reader.leaves[at].next)
        }
    }

    /// Bytes of an `AnyValue`.
    private func size(_ leaf: EventReader.Leaf) -> Int {
        switch leaf.kind {
        case .string: return unsafe ByteArena.fieldSize(leaf.text.count)
        case .boolean: return 2
        case .number:
            switch unsafe NumberText(leaf.text) {
            case .integer(let value): return 1 + ByteArena.varintSize(UInt64(bitPattern: value))
            case .real: return 9
            case .text: return unsafe ByteArena.fieldSize(leaf.text.count)
            }
        }
    }

    /// The content of an `AnyValue`: string_value = 1, bool_value = 2, int_value = 3, double_value = 4.
    private func put(value leaf: EventReader.Leaf, to out: ByteArena) {
        switch leaf.kind {
        case .string: unsafe out.put(field: 1, leaf.text)
        case .boolean: unsafe out.put(field: 2, varint: leaf.text.first == 0x74 ? 1 : 0)
        case .number:
            switch unsafe NumberText(leaf.text) {
            case .integer(let value): out.put(field: 3, varint: UInt64(bitPattern: value))
            case .real(let value): out.put(field: 4, fixed64: value.bitPattern)
            case .text: unsafe out.put(field: 1, leaf.text)
            }
        }
    }

    private func putID(_ digits: UnsafeBufferPointer<UInt8>, field: UInt8, to out: ByteArena) {
        out.put(field: field, count: digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) { unsafe out.put(HexDigits.byte(digits, at: index)) }
    }

    /// What stands behind the last slash.
    static func lastPart(of path: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard let slash = unsafe path.lastIndex(of: 0x2f) else { return unsafe path }
        return unsafe UnsafeBufferPointer(rebasing: path[(slash + 1)...])
    }
}
