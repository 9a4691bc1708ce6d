import EventModel
import KafkaOutput
import Publishing
import Transport

extension KafkaSettings: SettingRoot {}

/// The keys of `output.kafka`.
extension OutputTables {
    static let kafka = SettingTable<OutputDraft<KafkaSettings>>(
        common() + codec() + kafkaOwn.map { $0.within("", \.specific) }
            + tls.filter { !kafkaLacks.contains($0.keys[0]) }.map { $0.withinOptional("ssl.", \.specific.tls) },
        harmless: commonHarmless + [
            "version", "channel_buffer_size", "bulk_flush_frequency", "metadata.retry.max", "metadata.full",
        ],
        foreign: commonForeign + [
            ForeignSetting("ssl.ca_sha256", "librdkafka does not pin keys; use ssl.certificate_authorities"),
            ForeignSetting("ssl.ca_trusted_fingerprint", "use ssl.certificate_authorities"),
            ForeignSetting("ssl.supported_protocols", "librdkafka takes what OpenSSL allows"),
            ForeignSetting("ssl.cipher_suites", "use librdkafka: {ssl.cipher.suites: …} with OpenSSL's names"),
        ])

    /// What TLS in librdkafka has no property for.
    private static let kafkaLacks: Set<String> = [
        "ca_sha256", "ca_trusted_fingerprint", "supported_protocols", "cipher_suites",
    ]

    private static let kafkaOwn: [Setting<KafkaSettings>] = [
        Setting("hosts", to: \.hosts, .endpoints(defaultPort: 9092), example: true),
        Setting("topic", to: \.topic, .text, example: true),
        Setting("topics", example: true) { node, root, reader in root.topics = reader.topics(node) },
        Setting("key", to: \.key, ValueKind<String>.text.optional, example: true),
        Setting("partition", example: true) { node, root, reader in reader.readPartition(node, &root) },
        Setting("headers", example: true) { node, root, reader in root.headers = reader.recordHeaders(node) },
        Setting("identity_headers", to: \.identityHeaders, .flag),
        Setting("client_id", to: \.clientID, .text),
        Setting("required_acks", to: \.requiredAcks, .acks),
        Setting("idempotence", to: \.idempotence, ValueKind<Bool>.flag.optional, example: true),
        Setting("compression", to: \.compression, .choice),
        Setting("compression_level", to: \.compressionLevel, ValueKind<Int>.count(0...12).optional, example: true),
        Setting("max_message_bytes", to: \.maxMessageBytes, .size(1000...1_000_000_000)),
        Setting("username", to: \.username, ValueKind<String>.text.optional, example: true),
        Setting("password", to: \.password, ValueKind<Secret>.secret.optional, example: true),
        Setting(
            "sasl.mechanism", to: \.mechanism,
            ValueKind<KafkaSettings.Mechanism>.choice.optional, example: true),
        Setting("timeout", to: \.timeout, .positiveDuration),
        Setting("broker_timeout", to: \.brokerTimeout, .positiveDuration),
        Setting("delivery_timeout", to: \.deliveryTimeout, .positiveDuration),
        Setting("metadata.refresh_frequency", to: \.metadataRefresh, .positiveDuration),
        Setting("metadata.retry.backoff", to: \.metadataBackoff, .positiveDuration),
        Setting("keep_alive", to: \.keepAlive, .duration),
        Setting("worker", "workers", to: \.workers, .count(1...64)),
        Setting("bulk_max_size", to: \.bulkMaxSize, .count(1...1_000_000)),
        Setting("librdkafka", example: true) { node, root, reader in
            root.properties = reader.libraryProperties(node)
        },
    ]
}

extension ValueKind<Int> {
    fileprivate static var acks: Self {
        Self(expected: "-1 (all replicas in sync), 1 (the leader) or 0 (nobody)") { text in
            ["-1": -1, "all": -1, "1": 1, "0": 0][text.lowercased()]
        }
    }
}
