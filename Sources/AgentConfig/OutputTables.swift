import EventModel
import FileOutput
import HTTPOutput
import HTTPTransport
import LumberjackOutput
import Publishing
import TCPOutput
import Transport

extension LumberjackSettings: SettingRoot {}
extension TCPSettings: SettingRoot {}
extension HTTPSettings: SettingRoot {}
extension HTTPClientSettings: SettingRoot {}
extension FileOutputSettings: SettingRoot {}
extension ConsoleOutputSettings: SettingRoot {}
extension DiscardOutputSettings: SettingRoot {}
extension TLSSettings: SettingRoot {}
extension PipelineSettings: SettingRoot {}

/// One output while it is read: the protocol's own settings, and what every output has.
struct OutputDraft<Specific: SettingRoot>: SettingRoot {
    var enabled = true
    var specific = Specific()
    var pipeline = PipelineSettings()
    var codec = CodecDraft()
    var index = OutputPlan.defaultIndex
    var includeEventID = false
}

/// `codec.*`.
struct CodecDraft: SettingRoot {
    var pretty = false
    var format: String?

    var codec: Codec { format.map { .format($0) } ?? .json(pretty: pretty) }
}

/// The keys of each output.
enum OutputTables {
    static let logstash = SettingTable<OutputDraft<LumberjackSettings>>(
        common() + [
            Setting("hosts", to: \.specific.hosts, .endpoints(defaultPort: 5044), example: true),
            Setting("compression_level", to: \.specific.compressionLevel, .count(0...9)),
            Setting("worker", "workers", to: \.specific.workers, .count(1...64)),
            Setting("loadbalance", to: \.specific.loadBalance, .flag),
            Setting("ttl", to: \.specific.ttl, .duration),
            Setting("pipelining", to: \.specific.pipelining, .count(0...64)),
            Setting("timeout", to: \.specific.timeout, .positiveDuration),
            Setting("bulk_max_size", to: \.specific.bulkMaxSize, .bulk),
            Setting("slow_start", to: \.specific.slowStart, .flag),
        ] + tls.map { $0.withinOptional("ssl.", \.specific.tls) },
        harmless: commonHarmless, foreign: commonForeign)

    static let tcp = SettingTable<OutputDraft<TCPSettings>>(
        common() + codec() + [
            Setting("hosts", to: \.specific.hosts, .endpoints(defaultPort: nil), example: true),
            Setting("worker", "workers", to: \.specific.workers, .count(1...64)),
            Setting("loadbalance", to: \.specific.loadBalance, .flag),
            Setting("timeout", to: \.specific.timeout, .positiveDuration),
            Setting("bulk_max_size", to: \.specific.bulkMaxSize, .bulk),
            Setting("line_delimiter", to: \.specific.lineDelimiter, .text),
        ] + tls.map { $0.withinOptional("ssl.", \.specific.tls) },
        harmless: commonHarmless, foreign: commonForeign)

    static let http = SettingTable<OutputDraft<HTTPSettings>>(
        common() + [
            Setting("hosts", "url", to: \.specific.client.hosts, .urls, example: true),
            Setting("method", to: \.specific.method, .choice(["POST", "PUT"])),
            Setting("format", to: \.specific.format, .choice(of: [.ndjson, .jsonArray])),
        ] + httpClient.map { $0.within("", \.specific.client) } + bearerToken.map { $0.within("", \.specific.client) },
        harmless: commonHarmless, foreign: commonForeign)

    static let file = SettingTable<OutputDraft<FileOutputSettings>>(
        common() + codec() + [
            Setting("path", to: \.specific.path, .text, example: true),
            Setting("filename", to: \.specific.filename, .text),
            Setting("rotate_every_kb", to: \.specific.rotateEveryKB, .count(1...(1 << 40))),
            Setting("number_of_files", to: \.specific.numberOfFiles, .count(2...1024)),
            Setting("permissions", to: \.specific.permissions, .fileMode),
            Setting("rotate_on_startup", to: \.specific.rotateOnStartup, .flag),
            Setting("bulk_max_size", to: \.specific.bulkMaxSize, .bulk),
        ], harmless: commonHarmless, foreign: commonForeign)

    static let console = SettingTable<OutputDraft<ConsoleOutputSettings>>(
        common() + codec("pretty") + [Setting("bulk_max_size", to: \.specific.bulkMaxSize, .bulk)],
        harmless: commonHarmless, foreign: commonForeign)

    static let discard = SettingTable<OutputDraft<DiscardOutputSettings>>(
        common() + [Setting("bulk_max_size", to: \.specific.bulkMaxSize, .bulk)],
        harmless: commonHarmless, foreign: commonForeign)

    /// Outputs of Filebeat's that come later, or not.
    static let foreignKinds = [
        "redis": "ship through Logstash"
    ]

    static let kinds = [
        "logstash", "elasticsearch", "kafka", "otlp", "loki", "tcp", "http", "file", "console", "discard",
    ]
}

extension ValueKind<Int> {
    /// Events of a delivery.
    static var bulk: Self { .count(1...1_000_000) }
}
