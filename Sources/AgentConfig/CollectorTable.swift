import EventModel
import Transport

extension CollectorSettings: SettingRoot {}
extension CollectorListenerSettings: SettingRoot { init() { self.init(port: 0) } }
extension TLSServerSettings: SettingRoot {}

/// The keys of the collector's configuration.
enum CollectorTable {
    static let table = SettingTable<CollectorSettings>(
        listener("collector.lumberjack.", \.lumberjack) + listener("collector.http.", \.http) + general + limits
            + store + fields)

    private static let general: [Setting<CollectorSettings>] = [
        Setting("collector.auth.token", to: \.token, ValueKind<Secret>.secret.optional, example: true),
        Setting("collector.trace_url", to: \.traceURL, ValueKind<String>.text.optional, example: true),
        Setting("collector.shutdown_timeout", to: \.shutdownTimeout, .duration),
        Setting("path.data", to: \.dataPath, .text, example: true),
        Setting("logging.level", to: \.logging.level, .choice),
        Setting("logging.json", to: \.logging.json, .flag),
        Setting("logging.metrics.enabled", to: \.logging.summary, .flag),
        Setting("logging.metrics.period", to: \.logging.summaryPeriod, .positiveDuration),
    ]

    private static func listener(
        _ prefix: String, _ path: any WritableKeyPath<CollectorSettings, CollectorListenerSettings> & Sendable
    ) -> [Setting<CollectorSettings>] {
        let tls = tls.map { $0.withinOptional("ssl.", \CollectorListenerSettings.tls).within(prefix, path) }
        return [
            setting(prefix + "enabled", path, \.enabled, .flag),
            setting(prefix + "host", path, \.host, .text),
            setting(prefix + "port", path, \.port, .count(0...65535)),
        ] + tls
    }

    /// A setting whose default differs between the listeners.
    private static func setting<Value>(
        _ key: String, _ path: any WritableKeyPath<CollectorSettings, CollectorListenerSettings> & Sendable,
        _ inner: any WritableKeyPath<CollectorListenerSettings, Value> & Sendable, _ kind: ValueKind<Value>
    ) -> Setting<CollectorSettings> {
        Setting(key) { node, root, reader in
            if let value = kind.read(node, &reader) { root[keyPath: path][keyPath: inner] = value }
        }
    }

    private static let tls: [Setting<TLSServerSettings>] = [
        Setting("enabled", to: \.enabled, .flag),
        Setting("certificate", to: \.certificate, ValueKind<String>.text.optional, example: true),
        Setting("key", to: \.key, ValueKind<String>.text.optional, example: true),
        Setting("key_passphrase", to: \.keyPassphrase, ValueKind<Secret>.secret.optional, example: true),
        Setting("certificate_authorities", to: \.certificateAuthorities, .texts, example: true),
        Setting(
            "client_authentication", to: \.clientAuthentication,
            ValueKind<TLSServerSettings.ClientAuthentication>.choice.optional, example: true),
        Setting("supported_protocols", to: \.supportedProtocols, .protocolVersions),
        Setting("cipher_suites", to: \.cipherSuites, .texts, example: true),
    ]

    private static let limits: [Setting<CollectorSettings>] = [
        Setting("collector.limits.memory", to: \.limits.memory, .size((1 << 20)...(1 << 40))),
        Setting("collector.limits.body", to: \.limits.body, .size(65_536...(1 << 31))),
        Setting("collector.limits.event", to: \.limits.event, .size(1024...(1 << 30))),
        Setting("collector.limits.connections", to: \.limits.connections, .count(1...1_000_000)),
        Setting("collector.limits.idle_timeout", to: \.limits.idleTimeout, .positiveDuration),
        Setting("collector.limits.stall_timeout", to: \.limits.stallTimeout, .positiveDuration),
    ]

    private static let store: [Setting<CollectorSettings>] = [
        Setting("collector.store.segment_size", to: \.store.segmentBytes, .size((1 << 20)...(1 << 45))),
        Setting("collector.store.retention.age", to: \.store.retentionAge, .positiveDuration),
        Setting("collector.store.retention.size", to: \.store.retentionBytes, .size((1 << 20)...(1 << 50))),
        Setting("collector.store.queue", to: \.store.queueBytes, .size((1 << 20)...(1 << 40))),
    ]

    private static let fields: [Setting<CollectorSettings>] = [
        Setting("collector.fields.time", to: \.fields.time, .texts),
        Setting("collector.fields.level", to: \.fields.level, .texts),
        Setting("collector.fields.service", to: \.fields.service, .texts),
        Setting("collector.fields.trace_id", to: \.fields.trace, .texts),
        Setting("collector.fields.span_id", to: \.fields.span, .texts),
        Setting("collector.fields.parent_span_id", to: \.fields.parentSpan, .texts),
        Setting("collector.fields.request_id", to: \.fields.request, .texts),
        Setting("collector.fields.host", to: \.fields.host, .texts),
        Setting("collector.fields.file", to: \.fields.file, .texts),
        Setting("collector.fields.message", to: \.fields.message, .texts),
        Setting("collector.fields.event_id", to: \.fields.eventID, .texts),
    ]
}
