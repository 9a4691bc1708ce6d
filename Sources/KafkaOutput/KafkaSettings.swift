package import EventModel
package import Transport

/// `output.kafka`.
package struct KafkaSettings: Sendable, Equatable {
    package enum Compression: String, Sendable, CaseIterable { case none, gzip, snappy, lz4, zstd }
    package enum Mechanism: String, Sendable, CaseIterable {
        case plain = "PLAIN", scram256 = "SCRAM-SHA-256", scram512 = "SCRAM-SHA-512", oauthBearer = "OAUTHBEARER"
    }

    /// How an event finds its partition.
    package enum Partition: String, Sendable, CaseIterable {
        /// All lines of a file in one partition, so that its order survives. The default without a `key`.
        case file
        /// By the key, as Java's producer does (murmur2); events without one go anywhere. The default with a `key`.
        case hash
        case random
        case roundRobin = "round_robin"
    }

    /// A record header that is always the same.
    package struct Header: Sendable, Equatable {
        package var name: String
        package var value: Secret

        package init(name: String, value: Secret) {
            self.name = name
            self.value = value
        }
    }

    /// A property of librdkafka's, as it is.
    package struct Property: Sendable, Equatable {
        package var name: String
        package var value: Secret

        package init(name: String, value: Secret) {
            self.name = name
            self.value = value
        }
    }

    package var hosts: [Endpoint] = []
    /// Name of the topic; may be a format string.
    package var topic = ""
    /// The first one whose condition holds decides; `topic` is for all others.
    package var topics: [TopicRule] = []
    /// Format string of the record's key; nil: no key.
    package var key: String?
    package var partition: Partition?
    /// Events that go to the same partition before the next one is chosen (`random`, `round_robin`).
    package var groupEvents = 1
    /// Choose among the partitions only that have a leader now (`random`, `round_robin`).
    package var reachableOnly = false
    package var headers: [Header] = []
    /// The record headers `event_id` and `host`.
    package var identityHeaders = true
    package var clientID = "needletail"
    /// -1: all replicas that are in sync, 1: the leader, 0: nobody.
    package var requiredAcks = -1
    /// nil: where `requiredAcks` allows it.
    package var idempotence: Bool?
    package var compression = Compression.lz4
    /// nil: the codec's own.
    package var compressionLevel: Int?
    package var maxMessageBytes = 1_000_000
    package var username: String?
    package var password: Secret?
    package var mechanism: Mechanism?
    /// Access tokens for OAUTHBEARER.
    package var oauth2: OAuth2Settings?
    /// How long a broker may take to answer a request.
    package var timeout = Duration.seconds(30)
    /// How long a broker may wait for its replicas.
    package var brokerTimeout = Duration.seconds(10)
    /// How long an event may wait for its delivery report before all are sent again over new connections.
    package var deliveryTimeout = Duration.seconds(300)
    package var metadataRefresh = Duration.seconds(600)
    package var metadataBackoff = Duration.milliseconds(250)
    /// Above zero: the kernel looks whether idle connections are alive.
    package var keepAlive = Duration.zero
    package var bulkMaxSize = 2048
    package var workers = 1
    package var properties: [Property] = []
    package var tls: TLSSettings?

    package init() {}

    /// Records and batches are numbered, so that brokers know repetitions.
    var isIdempotent: Bool { idempotence ?? (requiredAcks == -1) }

    package static let mostHeaders = 20

    /// Topic or key depend on what is in the event.
    package var looksIntoEvents: Bool { key != nil || !topics.isEmpty || topic.contains("%{") }

    /// What is wrong with topic and key; begins with the name of the setting.
    package var formatProblem: String? {
        if topic.isEmpty, topics.isEmpty { return "topic: is missing; write for example 'logs'" }
        do {
            _ = try TopicRouter(self)
            return nil
        } catch {
            return error.message
        }
    }
}

/// One of `topics`: a topic for the events that its condition holds for.
package struct TopicRule: Sendable, Equatable {
    /// Format string.
    package var topic: String
    /// All must hold.
    package var conditions: [Condition]

    package struct Condition: Sendable, Equatable {
        package enum Test: Sendable { case equals, contains }
        package var test: Test
        /// `log.level`.
        package var field: String
        package var value: String

        package init(_ test: Test, _ field: String, _ value: String) {
            self.test = test
            self.field = field
            self.value = value
        }
    }

    package init(topic: String, conditions: [Condition] = []) {
        self.topic = topic
        self.conditions = conditions
    }
}
