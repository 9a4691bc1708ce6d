/// What the tests of `config/needletail.reference.yml` go through: each section with its settings, without their types.
struct ConfigSection {
    struct Key {
        /// All spellings, the one of the reference first.
        var spellings: [String]
        var isExample: Bool
        var isDefault: @Sendable (ConfigNode, inout ConfigReader) -> Bool
    }

    /// As in the configuration: `output.logstash`, or nothing for the top.
    var name: String
    var keys: [Key]

    init<Root>(_ name: String, _ table: SettingTable<Root>) {
        self.name = name
        keys = table.settings.map { Key(spellings: $0.keys, isExample: $0.isExample, isDefault: $0.isDefault) }
    }

    static var all: [ConfigSection] {
        [
            ConfigSection("", AgentTable.table),
            ConfigSection("filebeat.inputs", InputTable.table),
            ConfigSection("parsers.ndjson", InputTable.ndjson),
            ConfigSection("output.logstash", OutputTables.logstash),
            ConfigSection("output.tcp", OutputTables.tcp),
            ConfigSection("output.http", OutputTables.http),
            ConfigSection("output.kafka", OutputTables.kafka),
            ConfigSection("output.elasticsearch", OutputTables.elasticsearch),
            ConfigSection("output.otlp", OutputTables.otlp),
            ConfigSection("output.loki", OutputTables.loki),
            ConfigSection("output.file", OutputTables.file),
            ConfigSection("output.console", OutputTables.console),
            ConfigSection("output.discard", OutputTables.discard),
        ]
    }
}
