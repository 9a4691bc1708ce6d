import EventModel
import HTTPTransport
import LokiOutput

extension LokiSettings: SettingRoot {}

extension OutputTables {
    static let loki = SettingTable<OutputDraft<LokiSettings>>(
        common() + [
            Setting("hosts", "url", to: \.specific.client.hosts, .urls, example: true),
            Setting("encoding", to: \.specific.encoding, .choice),
            Setting("labels") { node, root, reader in
                if let labels = reader.labels(node) { root.specific.labels = labels }
            },
            Setting(
                "structured_metadata", to: \.specific.structuredMetadata,
                .list(expected: LokiSettings.Metadata.allCases.map(\.rawValue).joined(separator: ", ")) { text in
                    LokiSettings.Metadata(rawValue: text)
                }),
            Setting("line", to: \.specific.line, .choice),
            Setting("tenant_id", to: \.specific.tenantID, ValueKind<String>.text.optional, example: true),
            Setting("max_streams", to: \.specific.maxStreams, .count(1...1_000_000)),
            Setting("max_label_values", to: \.specific.maxLabelValues, .count(1...1_000_000)),
            Setting("max_line_size", to: \.specific.maxLineSize, .size(0...(1 << 28))),
            Setting("long_lines", to: \.specific.longLines, .choice),
        ] + httpClient.map { $0.within("", \.specific.client) } + bearerToken.map { $0.within("", \.specific.client) },
        harmless: commonHarmless, foreign: commonForeign)
}

extension ConfigReader {
    /// `labels:`, names with texts; Loki takes fifteen.
    mutating func labels(_ node: ConfigNode) -> [LokiSettings.Label]? {
        var labels: [LokiSettings.Label] = []
        for entry in entries(node, of: "labels") ?? [] {
            guard let text = text(entry.value, expected: "a text such as shop, or %{[service.name]}") else {
                return nil
            }
            labels.append(.init(entry.key, text.string))
        }
        if labels.isEmpty || labels.count > 15 {
            problems.add(.value, node.place, "expected 1 to 15 labels, found \(labels.count)")
            return nil
        }
        if let problem = LokiOutput.problem(of: labels) {
            problems.add(.value, node.place, problem)
            return nil
        }
        return labels.sorted { $0.name < $1.name }
    }
}
