import ByteTools
package import EventModel
package import HTTPTransport

/// `output.elasticsearch`: events by `_bulk`, to Elasticsearch, OpenSearch and what speaks as they do.
///
/// - Shape: `client.hosts` are whole URLs with the path under which the cluster answers, as in `https://es:9200/search`;
///   the index and `_bulk` are not part of them.
package struct ElasticsearchSettings: Sendable, Equatable {
    /// What an event is written by. Data streams take `create` only.
    package enum Operation: String, Sendable, CaseIterable { case create, index }

    /// Names of Filebeat's for settings that belong together.
    package enum Preset: String, Sendable, CaseIterable { case custom, balanced, throughput, scale, latency }

    /// A member of the query of each bulk request.
    package struct Parameter: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var client = HTTPClientSettings()
    /// For hosts that do not name theirs: `http` or `https`.
    package var scheme = Scheme.http
    /// For hosts that have none: `/elasticsearch`.
    package var path = ""
    package var parameters: [Parameter] = []
    /// `id:key`, or both in Base64 as Elasticsearch hands it out.
    package var apiKey: Secret?
    package var index = TargetSettings(format: ElasticsearchSettings.defaultIndex)
    /// An ingest pipeline; an empty format names none.
    package var pipeline = TargetSettings(format: "")
    package var operation = Operation.create
    package var preset = Preset.custom

    package enum Scheme: String, Sendable, CaseIterable { case http, https }

    /// A data stream, or an index where no template makes it one.
    package static let defaultIndex = "needletail-%{[agent.version]}"

    package init() {
        client.loadBalance = true
        client.bulkMaxSize = 1600
    }

    /// What `Authorization: ApiKey` carries: Base64 of `id:key`.
    package var encodedAPIKey: String? {
        guard let key = apiKey?.exposed else { return nil }
        return key.contains(":") ? String(decoding: Base64.encode(key.utf8), as: UTF8.self) : key
    }
}
