import Synchronization

/// The answers, request by request.
///
/// - Source: https://kafka.apache.org/protocol#protocol_messages
extension KafkaBroker {
    func versions(_ version: Int, _ writer: inout KafkaWireWriter) {
        let kinds = KafkaRequestKind.allCases
        writer.int16(0)
        if version >= 3 { writer.int8(kinds.count + 1) } else { writer.int32(kinds.count) }
        for kind in kinds {
            writer.int16(kind.rawValue)
            writer.int16(kind.versions.lowerBound)
            writer.int16(kind.versions.upperBound)
            if version >= 3 { writer.int8(0) }
        }
        if version >= 1 { writer.int32(0) }
        if version >= 3 { writer.int8(0) }
    }

    func metadata(_ reader: inout KafkaWireReader, _ version: Int, _ writer: inout KafkaWireWriter) throws {
        let asked = try reader.array { try $0.string() ?? "" }
        if version >= 3 { writer.int32(0) }
        writer.array([1]) { writer, node in
            writer.int32(node)
            writer.string("localhost")
            writer.int32(port)
            writer.string(nil)
        }
        if version >= 2 { writer.string("test") }
        writer.int32(1)
        writer.array(asked.isEmpty ? topics.keys.sorted() : asked) { writer, name in
            writer.int16(topics[name] == nil ? 3 : 0)
            writer.string(name)
            writer.int8(0)
            writer.array(0..<(topics[name]?.partitions ?? 0)) { writer, partition in
                writer.int16(0)
                writer.int32(partition)
                writer.int32(1)
                writer.array([1]) { $0.int32($1) }
                writer.array([1]) { $0.int32($1) }
            }
        }
    }

    func producerID(_ writer: inout KafkaWireWriter) {
        let id = state.withLock { state in
            state.producers += 1
            return state.producers
        }
        writer.int32(0)
        writer.int16(0)
        writer.int64(1000 + id)
        writer.int16(0)
    }

    func configs(_ reader: inout KafkaWireReader, _ version: Int, _ writer: inout KafkaWireWriter) throws {
        let asked = try reader.array { reader in
            let (kind, name) = try (reader.int8(), reader.string() ?? "")
            _ = try reader.array { try $0.string() }
            return (kind: kind, name: name)
        }
        writer.int32(0)
        writer.array(asked) { writer, resource in
            let topic = resource.kind == 2 ? topics[resource.name] : nil
            let isAllowed = topic?.tellsLimit == true
            writer.int16(topic == nil ? 3 : isAllowed ? 0 : 29)
            writer.string(topic == nil ? "no such topic" : isAllowed ? nil : "not authorized")
            writer.int8(Int(resource.kind))
            writer.string(resource.name)
            let limits = isAllowed ? [topic?.maxMessageBytes ?? 0] : []
            writer.array(limits) { writer, limit in
                writer.string("max.message.bytes")
                writer.string("\(limit)")
                writer.int8(0)
                writer.int8(version >= 1 ? 1 : 0)
                writer.int8(0)
                if version >= 1 { writer.int32(0) }
            }
        }
    }

    /// - Returns: whether there is an answer.
    func produce(_ reader: inout KafkaWireReader, _ version: Int, _ writer: inout KafkaWireWriter) throws -> Bool {
        _ = try reader.string()
        let acks = try reader.int16()
        _ = try reader.int32()
        let fault = state.withLock { $0.faults.isEmpty ? nil : $0.faults.removeFirst() }
        let parts = try reader.array { reader in
            let topic = try reader.string() ?? ""
            return (
                topic,
                try reader.array { reader in
                    let partition = Int(try reader.int32())
                    let batch = try KafkaRecordBatch(try reader.block() ?? [])
                    return (partition, take(batch, Place(topic: topic, partition: partition), fault))
                }
            )
        }
        if case .takesAndCuts = fault { throw KafkaWireError() }
        writer.array(parts) { writer, part in
            writer.string(part.0)
            writer.array(part.1) { writer, place in
                writer.int32(place.0)
                switch place.1 {
                case .taken(let offset):
                    writer.int16(0)
                    writer.int64(offset)
                case .refused(let error):
                    writer.int16(error)
                    writer.int64(-1)
                }
                writer.int64(-1)
                if version >= 5 { writer.int64(0) }
            }
        }
        writer.int32(0)
        return acks != 0
    }

    private func take(_ batch: KafkaRecordBatch, _ place: Place, _ fault: Fault?) -> KafkaPartition.Verdict {
        if case .refuses(let error) = fault { return .refused(error) }
        guard let topic = topics[place.topic], place.partition < topic.partitions else { return .refused(3) }
        if batch.bytes > topic.maxMessageBytes { return .refused(10) }
        if batch.isCompressed { return .refused(76) }
        return state.withLock {
            $0.partitions[place, default: KafkaPartition()].append(batch, partition: place.partition)
        }
    }
}
