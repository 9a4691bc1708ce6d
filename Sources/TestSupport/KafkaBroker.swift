import NIOCore
package import NIOSSL
import Synchronization

/// A Kafka broker on loopback for what librdkafka's mock cluster has not: TLS, SASL, settings of topics that can be
/// asked for, and the numbers of an idempotent producer looked at as a broker looks at them.
///
/// It keeps the records of batches that are not compressed. Nobody can read from it but the test.
package final class KafkaBroker: Sendable {
    package struct Topic: Sendable {
        package var partitions: Int
        /// `max.message.bytes`: of a batch.
        package var maxMessageBytes: Int
        /// Says so when it is asked.
        package var tellsLimit: Bool

        package init(partitions: Int = 1, maxMessageBytes: Int = 1_048_588, tellsLimit: Bool = true) {
            self.partitions = partitions
            self.maxMessageBytes = maxMessageBytes
            self.tellsLimit = tellsLimit
        }
    }

    /// What it does to a request to produce.
    package enum Fault: Sendable {
        /// Takes the records, and ends the connection instead of answering.
        case takesAndCuts
        /// Answers for all partitions with this error, and takes nothing.
        case refuses(Int)
    }

    struct State {
        var partitions: [Place: KafkaPartition] = [:]
        var faults: [Fault] = []
        var producers = 0
        var requests: [KafkaRequestKind: Int] = [:]
        var users: [String] = []
        var extensions: [String] = []
    }

    struct Place: Hashable {
        var topic: String
        var partition: Int
    }

    let topics: [String: Topic]
    let sasl: KafkaSASL?
    let state = Mutex(State())
    private let server = Mutex<PeerServer?>(nil)

    private init(_ topics: [String: Topic], _ sasl: KafkaSASL?) {
        self.topics = topics
        self.sasl = sasl
    }

    package static func start(
        topics: [String: Topic] = ["logs": Topic()], tls: TLSConfiguration? = nil, sasl: KafkaSASL? = nil
    ) async throws -> KafkaBroker {
        let broker = KafkaBroker(topics, sasl)
        let server = try await PeerServer.listen(tls: tls) { channel in
            try channel.pipeline.syncOperations.addHandler(KafkaBrokerHandler(broker, channel))
        }
        broker.server.withLock { $0 = server }
        return broker
    }

    package var port: Int { server.withLock { $0?.port ?? 0 } }
    package func stop() async { await server.withLock { $0 }?.close() }
    package func closeConnections() async { await server.withLock { $0 }?.closeConnections() }

    /// What happens to the next requests to produce, one each.
    package func plan(_ faults: [Fault]) { state.withLock { $0.faults = faults } }

    /// Requests of a kind since the start.
    package func count(_ kind: KafkaRequestKind) -> Int { state.withLock { $0.requests[kind] ?? 0 } }
    /// Who has logged in, connection by connection: a name, or a token.
    package var users: [String] { state.withLock { $0.users } }

    /// What came with the last token: `name=value`.
    package var extensions: [String] { state.withLock { $0.extensions } }

    /// What a topic's partitions hold, partition by partition.
    package func records(_ topic: String = "logs") -> [KafkaRecord] {
        state.withLock { state in
            (0..<(topics[topic]?.partitions ?? 0)).flatMap {
                state.partitions[Place(topic: topic, partition: $0)]?.records ?? []
            }
        }
    }

    /// The batches that were taken for repetitions of what was there.
    package var repetitions: Int { state.withLock { $0.partitions.values.reduce(0) { $0 + $1.repetitions } } }
}

/// - Source: https://kafka.apache.org/protocol#protocol_api_keys
package enum KafkaRequestKind: Int, Sendable, CaseIterable {
    case produce = 0, fetch = 1, metadata = 3, saslHandshake = 17, versions = 18, producerID = 22
    case configs = 32, saslAuthenticate = 36

    /// The versions that the broker speaks. It says that it could be read from, since librdkafka sends batches of the
    /// newer format only to those that can give them out again.
    var versions: ClosedRange<Int> {
        switch self {
        case .produce: 3...7
        case .fetch: 4...10
        case .metadata: 1...4
        case .saslHandshake: 0...1
        case .versions: 0...3
        case .producerID, .configs, .saslAuthenticate: 0...1
        }
    }
}
