import CRdkafka
import Glibc
import Synchronization

/// Kafka brokers on loopback that speak the real protocol: librdkafka's mock cluster, with its faults.
///
/// - Note: a partition keeps its last 5 MB.
/// - Source: https://github.com/confluentinc/librdkafka/blob/v2.0.2/src/rdkafka_mock.h
@safe
package final class KafkaCluster: @unchecked Sendable {
    // Safety: the mock cluster's functions may be called from any thread; `topics` never changes.
    private let handle: OpaquePointer
    private let cluster: OpaquePointer
    package let topics: [String: Int]
    package let brokers: Int
    /// Ports of the brokers that are down.
    private let stopped = Mutex<[Int: ReservedPort]>([:])

    /// - Parameter topics: partitions of each topic.
    package init(brokers: Int = 1, topics: [String: Int] = ["logs": 1]) {
        var text = [CChar](repeating: 0, count: 512)
        let conf = unsafe rd_kafka_conf_new()
        _ = unsafe rd_kafka_conf_set(conf, "log_level", "0", &text, text.count)
        guard let made = unsafe rd_kafka_new(RD_KAFKA_PRODUCER, conf, &text, text.count),
            let cluster = unsafe rd_kafka_mock_cluster_new(made, Int32(brokers))
        else { preconditionFailure("librdkafka makes no mock cluster") }
        unsafe handle = made
        unsafe self.cluster = cluster
        self.topics = topics
        self.brokers = brokers
        for (name, partitions) in topics {
            _ = unsafe rd_kafka_mock_topic_create(cluster, name, Int32(partitions), Int32(min(3, brokers)))
        }
    }

    deinit {
        unsafe rd_kafka_mock_cluster_destroy(cluster)
        unsafe rd_kafka_destroy(handle)
    }

    /// `127.0.0.1:40001,127.0.0.1:40002`.
    package var hosts: String { unsafe String(cString: rd_kafka_mock_cluster_bootstraps(cluster)) }

    /// The next requests to produce are answered with these errors, one each.
    package func refuse(_ errors: [Int32]) {
        let errors = errors.map { rd_kafka_resp_err_t(rawValue: $0) }
        unsafe rd_kafka_mock_push_request_errors_array(cluster, KafkaCluster.produce, errors.count, errors)
    }

    /// Forgets the errors that no request has had yet.
    package func stopRefusing() { unsafe rd_kafka_mock_clear_request_errors(cluster, KafkaCluster.produce) }

    private static let produce: Int16 = 0

    /// Brokers are numbered from 1.
    package func setLeader(of partition: Int, in topic: String, to broker: Int) {
        unsafe rd_kafka_mock_partition_set_leader(cluster, topic, Int32(partition), Int32(broker))
    }

    /// Closes its port and its connections. The port is kept from others: without it the broker could not come back.
    package func stop(broker: Int) {
        unsafe rd_kafka_mock_broker_set_down(cluster, Int32(broker))
        let port = ports[broker - 1]
        var reserved = ReservedPort(port: port)
        while reserved == nil {
            sched_yield()
            reserved = ReservedPort(port: port)
        }
        stopped.withLock { $0[broker] = reserved }
    }

    /// Opens the port again.
    package func start(broker: Int) {
        unsafe rd_kafka_mock_broker_set_up(cluster, Int32(broker))
        _ = stopped.withLock { $0.removeValue(forKey: broker) }
    }

    private var ports: [Int] {
        hosts.split(separator: ",").compactMap { $0.split(separator: ":").last.flatMap { Int($0) } }
    }

    /// Answers come so much later from now on.
    package func delayAnswers(milliseconds: Int) {
        for broker in 1...brokers {
            unsafe rd_kafka_mock_broker_set_rtt(cluster, Int32(broker), Int32(milliseconds))
        }
    }
}

/// What a partition holds.
package struct KafkaRecord: Sendable, Equatable {
    package let partition: Int
    package let offset: Int
    package let timestamp: Int64
    package let key: String?
    package let value: String
    package let headers: [String: String]

    package var message: String { EventText.message(of: value) ?? "" }
}
