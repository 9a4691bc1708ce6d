import EventModel
import KafkaOutput
import Publishing
import Transport

extension KafkaSettings: SettingRoot {}
extension OAuth2Settings: SettingRoot {}

/// The keys of `output.kafka`.
extension OutputTables {
    static let kafka = SettingTable<OutputDraft<KafkaSettings>>(
        common() + codec() + kafkaOwn.map { $0.within("", \.specific) }
            + oauth2.map { $0.withinOptional("sasl.oauth2.", \.specific.oauth2) }
            + tls.filter { !kafkaLacks.contains($0.keys[0]) }.map { $0.withinOptional("ssl.", \.specific.tls) },
        harmless: commonHarmless + [
            "version", "channel_buffer_size", "bulk_flush_frequency", "metadata.retry.max", "metadata.full",
        ],
        foreign: commonForeign + [
            ForeignSetting("sasl.oauth2.ssl.ca_trusted_fingerprint", "use certificate_authorities or ca_sha256"),
            ForeignSetting("ssl.ca_sha256", "librdkafka does not pin keys; use ssl.certificate_authorities"),
            ForeignSetting("ssl.ca_trusted_fingerprint", "use ssl.certificate_authorities"),
            ForeignSetting("ssl.supported_protocols", "librdkafka takes what OpenSSL allows"),
            ForeignSetting("ssl.cipher_suites", "use librdkafka: {ssl.cipher.suites: …} with OpenSSL's names"),
        ])

    /// What TLS in librdkafka has no property for.
    private static let kafkaLacks: Set<String> = [
        "ca_sha256", "ca_trusted_fingerprint", "supported_protocols", "cipher_suites",
    ]

    /// Where the tokens for OAUTHBEARER come from.
    private static let oauth2: [Setting<OAuth2Settings>] =
        [
            Setting("token_url", to: \.tokenURL, ValueKind<String>.text.optional, example: true),
            Setting("client.id", to: \.clientID, ValueKind<String>.text.optional, example: true),
            Setting("client.secret", to: \.clientSecret, ValueKind<Secret>.secret.optional, example: true),
            Setting("scopes", to: \.scopes, .texts, example: true),
            Setting("endpoint_params", example: true) { node, root, reader in
                root.parameters = reader.pairs(below: node, "sasl.oauth2.endpoint_params")
            },
            Setting("extensions", example: true) { node, root, reader in
                root.extensions = reader.pairs(below: node, "sasl.oauth2.extensions")
            },
            Setting("token_file", to: \.tokenFile, ValueKind<String>.text.optional, example: true),
            Setting("proxy_url", to: \.proxyURL, ValueKind<String>.text.optional, example: true),
        ] + tls.filter { $0.keys[0] != "ca_trusted_fingerprint" }.map { $0.withinOptional("ssl.", \.tls) }

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

extension ConfigReader {
    fileprivate mutating func pairs(below node: ConfigNode, _ what: String) -> [OAuth2Settings.Pair] {
        texts(below: node, of: what).map { OAuth2Settings.Pair(name: $0.name, value: $0.value) }
    }
}

extension ValueKind<Int> {
    fileprivate static var acks: Self {
        Self(expected: "-1 (all replicas in sync), 1 (the leader) or 0 (nobody)") { text in
            ["-1": -1, "all": -1, "1": 1, "0": 0][text.lowercased()]
        }
    }
}
