import CRdkafka

/// Reads the partitions of a topic: a consumer of librdkafka's, without a group.
@safe
package final class KafkaReader {
    private let handle: OpaquePointer
    private let partitions: Int
    private var ended: Set<Int> = []

    /// Reads on from the beginning of each partition, or from what it still has.
    package init(_ cluster: KafkaCluster, topic: String = "logs") {
        var text = [CChar](repeating: 0, count: 512)
        let conf = unsafe rd_kafka_conf_new()
        for (name, value) in [
            ("bootstrap.servers", cluster.hosts), ("group.id", "tests"), ("enable.partition.eof", "true"),
            ("enable.auto.commit", "false"), ("auto.offset.reset", "earliest"), ("log_level", "0"),
            ("fetch.wait.max.ms", "50"), ("reconnect.backoff.max.ms", "200"),
        ] {
            let result = unsafe rd_kafka_conf_set(conf, name, value, &text, text.count)
            precondition(result == RD_KAFKA_CONF_OK, "no property \(name)")
        }
        guard let made = unsafe rd_kafka_new(RD_KAFKA_CONSUMER, conf, &text, text.count) else {
            preconditionFailure("librdkafka makes no consumer")
        }
        unsafe handle = made
        unsafe rd_kafka_poll_set_consumer(made)
        partitions = cluster.topics[topic] ?? 4
        let list = unsafe rd_kafka_topic_partition_list_new(Int32(partitions))
        for partition in 0..<partitions {
            let added = unsafe rd_kafka_topic_partition_list_add(list, topic, Int32(partition))
            unsafe added?.pointee.offset = Int64(RD_KAFKA_OFFSET_BEGINNING)
        }
        _ = unsafe rd_kafka_assign(made, list)
        unsafe rd_kafka_topic_partition_list_destroy(list)
    }

    deinit {
        _ = unsafe rd_kafka_consumer_close(handle)
        unsafe rd_kafka_destroy(handle)
    }

    /// The records up to the end of all partitions, partition by partition as they come; empty where there are no more
    /// or the brokers are away for so long.
    package func readToEnd(patience: Int32 = 5000) -> [KafkaRecord] {
        var records: [KafkaRecord] = []
        ended = []
        while ended.count < partitions {
            guard let message = unsafe rd_kafka_consumer_poll(handle, patience) else { break }
            defer { unsafe rd_kafka_message_destroy(message) }
            let partition = unsafe Int(message.pointee.partition)
            if unsafe message.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF {
                ended.insert(partition)
            } else if unsafe message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                ended.remove(partition)
                unsafe records.append(KafkaReader.record(message))
            }
        }
        return records
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
