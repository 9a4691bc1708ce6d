import EventModel
import Publishing

/// The whole configuration while it is read.
struct AgentDraft: SettingRoot {
    var settings = AgentSettings()
    var tags: [String] = []
    var fields = FieldsDraft()
    var queue = PipelineSettings()
    /// Read once everything else is known.
    var inputs: ConfigNode?
    var output: ConfigNode?
    var outputs: ConfigNode?
}

extension PathSettings: SettingRoot {}

/// The keys at the top of the configuration.
enum AgentTable {
    static let table = SettingTable<AgentDraft>(
        general + http + logging + paths.settings.map { $0.within("path.", \.settings.paths) }
            + FieldsDraft.settings.map { $0.within("", \.fields) }
            + OutputTables.queue.map { $0.within("", \.queue) },
        harmless: harmless, foreign: foreign)

    private static let general: [Setting<AgentDraft>] = [
        Setting("filebeat.inputs", "inputs", example: true) { node, root, _ in root.inputs = node },
        Setting("output", example: true) { node, root, _ in root.output = node },
        Setting("outputs", example: true) { node, root, _ in root.outputs = node },
        Setting("name", to: \.settings.name, .text, example: true),
        Setting("tags", to: \.tags, .texts, example: true),
        Setting("filebeat.shutdown_timeout", to: \.settings.shutdownTimeout, .duration),
        Setting("filebeat.registry.flush", to: \.settings.registryFlush, .duration),
    ]

    private static let http: [Setting<AgentDraft>] = [
        Setting("http.enabled", to: \.settings.status.enabled, .flag),
        Setting("http.host", to: \.settings.status.host, .text),
        Setting("http.port", to: \.settings.status.port, .count(0...65535)),
    ]

    private static let logging: [Setting<AgentDraft>] = [
        Setting("logging.level", to: \.settings.logging.level, .choice),
        Setting("logging.json", to: \.settings.logging.json, .flag),
        Setting("logging.metrics.enabled", to: \.settings.logging.summary, .flag),
        Setting("logging.metrics.period", to: \.settings.logging.summaryPeriod, .positiveDuration),
    ]

    static let paths = SettingTable<PathSettings>([
        Setting("home", to: \.home, .text),
        Setting("config", to: \.config, .text),
        Setting("data", to: \.data, .text),
        Setting("logs", to: \.logs, .text),
    ])

    /// Set-up of Elasticsearch and Kibana, and how Filebeat keeps its own house.
    private static let harmless = [
        "setup", "monitoring", "xpack", "seccomp", "max_procs", "max_start_delay", "gc_percent", "instrumentation",
        "management", "cloud", "migration", "features", "keystore", "deployment",
        "filebeat.registry.path", "filebeat.registry.file_permissions", "filebeat.registry.cleanup_interval",
        "filebeat.registry.migrate_file", "filebeat.registry.memlog", "filebeat.registry.backend",
        "logging.to_stderr", "logging.to_syslog", "logging.to_eventlog", "logging.to_files", "logging.files",
        "logging.selectors", "logging.event_data", "logging.ecs", "logging.with_fields",
        "logging.metrics.namespaces", "http.pprof", "http.named_pipe", "queue.mem.events",
        "queue.mem.flush.min_events", "queue.mem.immediate_shutdown",
    ]

    private static let foreign = [
        ForeignSetting("processors", "let the collector do it until then"),
        ForeignSetting("filebeat.modules", "write their paths as inputs"),
        ForeignSetting("filebeat.config.modules", "write their paths as inputs, or set its 'enabled: false'"),
        ForeignSetting("filebeat.config.inputs", "pass the files with -c"),
        ForeignSetting("filebeat.config_dir", "pass the files with -c"),
        ForeignSetting("filebeat.autodiscover"),
        ForeignSetting("filebeat.overwrite_pipelines"),
        ForeignSetting("timestamp"),
        ForeignSetting("queue.disk", "the files themselves are the buffer here"),
        ForeignSetting("queue.slab", "use queue.mem.bytes"),
        ForeignSetting("strict", "it is an option of the command line: --strict.perms=false", always: true),
    ]
}
