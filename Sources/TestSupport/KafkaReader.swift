import CRdkafka

/// Reads the partitions of a topic, from where it last came to: by a fresh consumer of librdkafka's each time, which
/// knows nothing of brokers that went and came meanwhile.
@safe
package final class KafkaReader {
    private let cluster: KafkaCluster
    private let topic: String
    /// Of the next record of each partition.
    private var offsets: [Int64]

    package init(_ cluster: KafkaCluster, topic: String = "logs") {
        self.cluster = cluster
        self.topic = topic
        offsets = [Int64](repeating: 0, count: cluster.topics[topic] ?? 4)
    }

    /// The records up to what is the end of each partition now, partition by partition as they come.
    /// - Parameter patience: ms to wait for a broker that is away; what cannot be read is there the next time.
    package func readToEnd(patience: Int32 = 5000) -> [KafkaRecord] {
        let consumer = unsafe KafkaReader.consumer(cluster.hosts)
        defer {
            _ = unsafe rd_kafka_consumer_close(consumer)
            unsafe rd_kafka_destroy(consumer)
        }
        let list = unsafe rd_kafka_topic_partition_list_new(Int32(offsets.count))
        defer { unsafe rd_kafka_topic_partition_list_destroy(list) }
        var ends: [Int: Int64] = [:]
        for partition in offsets.indices {
            var (first, end) = (Int64(0), Int64(0))
            let result = unsafe rd_kafka_query_watermark_offsets(
                consumer, topic, Int32(partition), &first, &end, patience)
            guard result == RD_KAFKA_RESP_ERR_NO_ERROR, end > offsets[partition] else { continue }
            ends[partition] = end
            let added = unsafe rd_kafka_topic_partition_list_add(list, topic, Int32(partition))
            unsafe added?.pointee.offset = offsets[partition]
        }
        _ = unsafe rd_kafka_assign(consumer, list)
        var records: [KafkaRecord] = []
        while ends.contains(where: { offsets[$0] < $1 }) {
            guard let message = unsafe rd_kafka_consumer_poll(consumer, patience) else { break }
            defer { unsafe rd_kafka_message_destroy(message) }
            guard unsafe message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            offsets[unsafe Int(message.pointee.partition)] = unsafe message.pointee.offset + 1
            unsafe records.append(KafkaReader.record(message))
        }
        return records
    }

    private static func consumer(_ hosts: String) -> OpaquePointer {
        var text = [CChar](repeating: 0, count: 512)
        let conf = unsafe rd_kafka_conf_new()
        for (name, value) in [
            ("bootstrap.servers", hosts), ("group.id", "tests"), ("enable.auto.commit", "false"),
            ("auto.offset.reset", "earliest"), ("log_level", "0"), ("fetch.wait.max.ms", "50"),
            ("reconnect.backoff.max.ms", "200"),
        ] {
            let result = unsafe rd_kafka_conf_set(conf, name, value, &text, text.count)
            precondition(result == RD_KAFKA_CONF_OK, "no property \(name)")
        }
        guard let made = unsafe rd_kafka_new(RD_KAFKA_CONSUMER, conf, &text, text.count) else {
            preconditionFailure("librdkafka makes no consumer")
        }
        unsafe rd_kafka_poll_set_consumer(made)
        return unsafe made
    }

    private static func record(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> KafkaRecord {
        func text(_ start: UnsafeMutableRawPointer?, _ count: Int) -> String? {
            unsafe start.map { unsafe String(decoding: UnsafeRawBufferPointer(start: $0, count: count), as: UTF8.self) }
        }
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let timestamp = unsafe rd_kafka_message_timestamp(message, &kind)
        var headers: [String: String] = [:]
        var list: OpaquePointer?
        if unsafe rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR {
            var (index, name, value, size) = unsafe (0, nil as UnsafePointer<CChar>?, nil as UnsafeRawPointer?, 0)
            while unsafe rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
                let key = unsafe name.map { unsafe String(cString: $0) } ?? ""
                headers[key] = unsafe text(UnsafeMutableRawPointer(mutating: value), size)
                index += 1
            }
        }
        return unsafe KafkaRecord(
            partition: Int(message.pointee.partition), offset: Int(message.pointee.offset), timestamp: timestamp,
            key: text(message.pointee.key, message.pointee.key_len),
            value: text(message.pointee.payload, message.pointee.len) ?? "", headers: headers)
    }
}
