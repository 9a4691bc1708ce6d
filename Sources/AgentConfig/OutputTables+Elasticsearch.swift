import ElasticsearchOutput
import EventModel
import HTTPTransport
import Transport

extension ElasticsearchSettings: SettingRoot {}

/// The keys of `output.elasticsearch`.
extension OutputTables {
    static let elasticsearch = SettingTable<OutputDraft<ElasticsearchSettings>>(
        common().filter { $0.keys[0] != "index" } + elasticsearchOwn.map { $0.within("", \.specific) }
            // These have other defaults here.
            + httpClient.filter { !["loadbalance", "bulk_max_size"].contains($0.keys[0]) }
            .map { $0.within("", \.specific.client) } + bearerToken.map { $0.within("", \.specific.client) },
        harmless: commonHarmless + ["allow_older_versions", "non_indexable_policy.drop"],
        foreign: [
            ForeignSetting("kerberos", "use an API key, a user or a client certificate"),
            ForeignSetting(
                "non_indexable_policy.dead_letter_index",
                "events that Elasticsearch refuses are kept in the dead letters of this host"),
            ForeignSetting("proxy_disable", "leave out proxy_url"),
        ] + commonForeign.filter { !["kerberos", "proxy_url", "proxy_disable", "pipeline"].contains($0.key) })

    private static let elasticsearchOwn: [Setting<ElasticsearchSettings>] = [
        Setting("hosts", to: \.client.hosts, .elasticsearchHosts, example: true),
        Setting("protocol", to: \.scheme, .choice),
        Setting("path", to: \.path, .text, example: true),
        Setting("parameters", example: true) { node, root, reader in
            root.parameters = reader.texts(below: node, of: "parameters").map {
                ElasticsearchSettings.Parameter(name: $0.name, value: $0.value)
            }
        },
        Setting("api_key", to: \.apiKey, ValueKind<Secret>.secret.optional, example: true),
        // Applied before all others, wherever it stands; see `ConfigReader.plan`.
        Setting("preset", to: \.preset, .choice),
        Setting("index", to: \.index.format, .indexFormat),
        Setting("indices", example: true) { node, root, reader in
            root.index.rules = reader.targetRules(node, "indices", format: "index", .indexFormat)
        },
        Setting("pipeline", to: \.pipeline.format, .targetFormat, example: true),
        Setting("pipelines", example: true) { node, root, reader in
            root.pipeline.rules = reader.targetRules(node, "pipelines", format: "pipeline", .targetFormat)
        },
        Setting("op_type", to: \.operation, .choice),
        Setting("loadbalance", to: \.client.loadBalance, .flag),
        Setting("bulk_max_size", to: \.client.bulkMaxSize, .bulk),
    ]
}

extension ValueKind<[String]> {
    /// `localhost`, `localhost:9200`, `localhost:9200/path`, `https://user:password@host:9200/path`.
    static var elasticsearchHosts: Self {
        .list(expected: "a host or a URL such as localhost:9200 or https://es.example.com:9200") { text in
            let text = text.trimmed
            if let url = HostURL(text) { return ["http", "https"].contains(url.scheme) ? text : nil }
            let authority = text.prefix { $0 != "/" }
            return text.contains("://") || Endpoint.parse(String(authority), defaultPort: 9200) == nil ? nil : text
        }
    }
}

extension ValueKind<String> {
    /// A text with `%{[field]}` and `%{+yyyy.MM.dd}` in it.
    static var targetFormat: Self {
        Self { node, reader in
            guard let text = reader.text(node, expected: "a text") else { return nil }
            if let problem = TargetSettings.problem(ofFormat: text.string) {
                reader.problems.add(.value, node.place, problem)
                return nil
            }
            return text.string
        }
    }

    /// The same for the name of an index.
    static var indexFormat: Self {
        Self { node, reader in
            guard let text = ValueKind<String>.targetFormat.read(node, &reader) else { return nil }
            if let problem = TargetSettings.problem(ofIndex: text) {
                reader.problems.add(.value, node.place, problem)
                return nil
            }
            return text
        }
    }
}
