import EventModel
import Publishing
import Transport

/// The keys that all outputs have, or several.
extension OutputTables {
    /// `queue.mem.*`, for one output or for all.
    static let queue: [Setting<PipelineSettings>] = [
        Setting("queue.mem.bytes", to: \.budgetBytes, .size(65_536...(1 << 40))),
        Setting("queue.mem.flush.timeout", to: \.batchAge, .duration),
    ]

    /// What every output has.
    static func common<Specific>() -> [Setting<OutputDraft<Specific>>] {
        [
            Setting("enabled", to: \.enabled, .flag),
            Setting("index", to: \.index, .lowercaseText),
            Setting("include_event_id", to: \.includeEventID, .flag),
        ] + (queue + delivery).map { $0.within("", \.pipeline) }
    }

    private static let delivery: [Setting<PipelineSettings>] = [
        Setting("backoff.init", to: \.backoffInitial, .positiveDuration),
        Setting("backoff.max", to: \.backoffMaximum, .positiveDuration),
        Setting("max_retries") { node, root, reader in reader.readMaxRetries(node, &root) },
        Setting("dead_letters.max_bytes", to: \.deadLetterBytes, .size(0...(1 << 50))),
    ]

    static func codec<Specific>(_ prettyAlias: String...) -> [Setting<OutputDraft<Specific>>] {
        var pretty = Setting<CodecDraft>("codec.json.pretty", to: \.pretty, .flag)
        pretty.keys += prettyAlias
        let format = Setting<CodecDraft>(
            "codec.format.string", to: \.format, ValueKind<String>.text.optional, example: true)
        return [pretty, format].map { $0.within("", \.codec) }
    }

    static let tls: [Setting<TLSSettings>] = [
        Setting("enabled", to: \.enabled, .flag),
        Setting("verification_mode", to: \.verificationMode, .choice),
        Setting("certificate_authorities", to: \.certificateAuthorities, .texts, example: true),
        Setting("certificate", to: \.certificate, ValueKind<String>.text.optional, example: true),
        Setting("key", to: \.key, ValueKind<String>.text.optional, example: true),
        Setting("key_passphrase", to: \.keyPassphrase, ValueKind<Secret>.secret.optional, example: true),
        Setting("ca_sha256", to: \.caSHA256, .texts, example: true),
        Setting("ca_trusted_fingerprint", to: \.caTrustedFingerprint, ValueKind<String>.text.optional, example: true),
        Setting("supported_protocols", to: \.supportedProtocols, .protocolVersions),
        Setting("cipher_suites", to: \.cipherSuites, .texts, example: true),
    ]

    static let commonHarmless = [
        "queue.mem.events", "queue.mem.flush.min_events", "queue.mem.immediate_shutdown", "ssl.restart_on_cert_change",
        "ssl.renegotiation",
    ]

    static let commonForeign = [
        ForeignSetting("queue.disk", "the files themselves are the buffer here"),
        ForeignSetting("queue.slab", "use queue.mem.bytes"),
        ForeignSetting("escape_html"),
        ForeignSetting("codec.json.escape_html"),
        ForeignSetting("proxy_use_local_resolver"),
        ForeignSetting("proxy_url", "only outputs over HTTP go through a proxy"),
        ForeignSetting("proxy_headers"),
        ForeignSetting("proxy_disable"),
        ForeignSetting("ssl.curve_types"),
        ForeignSetting("kerberos"),
        ForeignSetting("pipeline", "only output.elasticsearch has ingest pipelines"),
    ]
}

extension ConfigReader {
    /// -1 (Filebeat's "for ever") is the default. Filebeat does not obey other values; here they are obeyed.
    mutating func readMaxRetries(_ node: ConfigNode, _ pipeline: inout PipelineSettings) {
        let expected = "-1 for ever, or a number of attempts from 1"
        guard let text = text(node, expected: expected) else { return }
        guard let retries = Int(text.string.trimmed), retries == -1 || retries > 0 else {
            problems.add(.value, node.place, "expected \(expected), found \(text.shown)")
            return
        }
        pipeline.maxRetries = retries < 0 ? nil : retries
        if retries > 0 {
            problems.warn(
                node.place,
                "max_retries: \(retries): Filebeat ignores this, Needletail obeys it: after \(retries) attempts events "
                    + "become dead letters; remove it to retry for ever")
        }
    }
}

extension ValueKind<[TLSSettings.ProtocolVersion]> {
    static var protocolVersions: Self {
        let names = TLSSettings.ProtocolVersion.allCases.map(\.rawValue).joined(separator: " or ")
        return .list(expected: names) { text in
            TLSSettings.ProtocolVersion.allCases.first { $0.rawValue == text || "\($0.rawValue).0" == "\(text).0" }
        }
    }
}
