import ByteTools
import EventFields
import NIOCore
import RecordTools

/// OTLP's JSON: names in lowerCamelCase, 64-bit integers as strings, ids as hexadecimal digits, enumerations as numbers.
///
/// - Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
extension OTLPBody {
    func putJSONResource(_ record: OTLPRecord) {
        let out = groups.keys
        let start = out.count
        unsafe putText("service.name", reader.text(.service), behind: start, to: out)
        unsafe putText("host.name", reader.text(.host), behind: start, to: out)
        for number in reader.leaves.indices where reader.leaves[number].isFirst {
            let leaf = reader.leaves[number]
            guard leaf.role == nil || leaf.role == .service, resourceNames.contains(leaf, reader) else { continue }
            let name = unsafe resourceNames.name(reader.path(leaf))
            unsafe put(attribute: number, name, behind: start, to: out) { _ in false }
        }
    }

    func putJSON(_ record: OTLPRecord) {
        let out = groups.records
        out.put("{\"observedTimeUnixNano\":\"")
        out.put(decimal: Int64(record.observed))
        out.put("\"")
        if let time = record.time {
            out.put(",\"timeUnixNano\":\"")
            out.put(decimal: Int64(time))
            out.put("\"")
        }
        if let severity = record.severity {
            out.put(",\"severityNumber\":")
            out.put(decimal: Int64(severity))
        }
        if record.severityText >= 0 {
            out.put(",\"severityText\":")
            unsafe out.put(quoted: reader.leaves[record.severityText].text)
        }
        let message = unsafe reader.text(.message)
        if message.count > 0 {
            out.put(",\"body\":{\"stringValue\":")
            unsafe out.put(quoted: message)
            out.put("}")
        }
        putAttributes(record, to: out)
        if record.flags > 0 {
            out.put(",\"flags\":")
            out.put(decimal: Int64(record.flags))
        }
        if record.hasTrace {
            out.put(",\"traceId\":")
            unsafe out.put(quoted: reader.text(.trace))
        }
        if record.hasSpan {
            out.put(",\"spanId\":")
            unsafe out.put(quoted: reader.text(.span))
        }
        out.put("}")
    }

    private func putAttributes(_ record: OTLPRecord, to out: ByteArena) {
        out.put(",\"attributes\":[")
        let start = out.count
        unsafe putText("log.record.uid", reader.text(.eventID), behind: start, to: out)
        let file = unsafe reader.text(.file)
        unsafe putText("log.file.path", file, behind: start, to: out)
        unsafe putText("log.file.name", OTLPBody.lastPart(of: file), behind: start, to: out)
        let dropped = forEachAttribute(record) { number, _ in
            let path = unsafe reader.path(reader.leaves[number])
            unsafe put(attribute: number, path, behind: start, to: out) {
                record.isElsewhere($0, reader, resourceNames)
            }
        }
        out.put("]")
        if dropped > 0 {
            out.put(",\"droppedAttributesCount\":")
            out.put(decimal: Int64(dropped))
        }
    }

    func putJSONRequest(to buffer: inout ByteBuffer) {
        buffer.writeString("{\"resourceLogs\":[")
        for (index, group) in groups.groups.enumerated() {
            if index > 0 { buffer.writeString(",") }
            buffer.writeString("{\"resource\":{\"attributes\":[")
            unsafe buffer.writeBytes(groups.keys.bytes(group.key))
            buffer.writeString("]},\"scopeLogs\":[{\"logRecords\":[")
            var at = Int(group.first)
            while at >= 0 {
                unsafe buffer.writeBytes(groups.records.bytes(groups.list[at].range))
                at = Int(groups.list[at].next)
                if at >= 0 { buffer.writeString(",\n") }
            }
            buffer.writeString("]}]}")
        }
        buffer.writeString("]}")
    }

    // MARK: Attributes

    private func putText(
        _ name: StaticString, _ text: UnsafeBufferPointer<UInt8>, behind start: Int, to out: ByteArena
    ) {
        guard text.count > 0 else { return }
        if out.count > start { out.put(",") }
        out.put("{\"key\":\"")
        out.put(name)
        out.put("\",\"value\":{\"stringValue\":")
        unsafe out.put(quoted: text)
        out.put("}}")
    }

    private func put(
        attribute number: Int, _ name: UnsafeBufferPointer<UInt8>, behind start: Int, to out: ByteArena,
        isLeftOut: (Int) -> Bool
    ) {
        if out.count > start { out.put(",") }
        out.put("{\"key\":")
        unsafe out.put(quoted: name)
        out.put(",\"value\":")
        var at = number
        var next = -1
        var isList = false
        repeat {
            next = Int(reader.leaves[at].next)
            while next >= 0, isLeftOut(next) { next = Int(reader.leaves[next].next) }
            if next >= 0, !isList {
                out.put("{\"arrayValue\":{\"values\":[")
                isList = true
            }
            put(jsonValue: reader.leaves[at], to: out)
            if next >= 0 { out.put(",") }
            at = next
        } while at >= 0
        if isList { out.put("]}}") }
        out.put("}")
    }

    private func put(jsonValue leaf: EventReader.Leaf, to out: ByteArena) {
        switch leaf.kind {
        case .string:
            out.put("{\"stringValue\":")
            unsafe out.put(quoted: leaf.text)
        case .boolean:
            out.put("{\"boolValue\":")
            unsafe out.put(leaf.text)
        case .number:
            switch unsafe NumberText(leaf.text) {
            case .integer:
                out.put("{\"intValue\":")
                unsafe out.put(quoted: leaf.text)
            case .real:
                out.put("{\"doubleValue\":")
                unsafe out.put(leaf.text)
            case .text:
                out.put("{\"stringValue\":")
                unsafe out.put(quoted: leaf.text)
            }
        }
        out.put("}")
    }
}
