import ByteTools
import HTTPTypes
import Hummingbird
import NIOCore

/// What Elasticsearch's clients ask before they send: which version, which license, is there a template.
///
/// The collector needs no templates, policies, pipelines or data streams, so all that a client asks for is there, and all
/// that it wants to set up is acknowledged. Only what shippers ask is answered; the rest is 404.
/// - Source: the start of Filebeat, Logstash, Vector, Fluent Bit and rsyslog's omelasticsearch.
struct ElasticsearchProbes: Sendable {
    /// What clients think they talk to: new enough for data streams and `create`, and what all clients of 7 and 8 know.
    static let version = "8.19.0"
    let bodyLimit: Int

    /// - Returns: nil when it is no such question.
    func answer(_ request: Request) -> Response? {
        let path = request.uri.path
        let parts = path.split(separator: "/").map(String.init)
        let reads = request.method == .get || request.method == .head
        guard let first = parts.first else {
            return reads ? dress(ElasticsearchProbes.banner, request) : nil
        }
        if first.hasPrefix("_") {
            return system(parts, reads: reads, request).map { dress($0, request) }
        }
        if parts.count == 2, ["_refresh", "_flush", "_alias", "_mapping", "_settings"].contains(parts[1]) {
            return dress(reads ? "{}" : ElasticsearchProbes.shards, request)
        }
        // Whether an index is there, and making one.
        if parts.count == 1, request.method == .head || request.method == .put, first != "ingest", first != "healthz" {
            return dress(ElasticsearchProbes.acknowledged, request)
        }
        return nil
    }

    private func system(_ parts: [String], reads: Bool, _ request: Request) -> String? {
        let name = parts.count > 2 ? String(decoding: JSONEscape.quoted(parts[2]), as: UTF8.self) : nil
        let second = parts.count > 1 ? String(decoding: JSONEscape.quoted(parts[1]), as: UTF8.self) : nil
        switch (parts[0], parts.count > 1 ? parts[1] : "") {
        case ("_license", _): return reads ? #"{"license":\#(ElasticsearchProbes.license)}"# : nil
        case ("_xpack", _): return reads ? ElasticsearchProbes.features : nil
        case ("_cluster", "health"): return reads ? ElasticsearchProbes.health : nil
        case ("_cluster", "settings"):
            let limit = #"{"http":{"max_content_length":"\#(bodyLimit)b"}}"#
            return reads ? #"{"persistent":{},"transient":{},"defaults":\#(limit)}"# : ElasticsearchProbes.acknowledged
        case ("_nodes", _): return reads ? nodes(request) : nil
        case ("_ilm", "status"): return #"{"operation_mode":"RUNNING"}"#
        case ("_ilm", "policy"):
            guard reads else { return ElasticsearchProbes.acknowledged }
            return name.map { #"{\#($0):{"version":1,"policy":{"phases":{}}}}"# } ?? "{}"
        case ("_index_template", _):
            guard reads else { return ElasticsearchProbes.acknowledged }
            let template = #""index_template":{"index_patterns":["*"],"composed_of":[],"data_stream":{}}"#
            return #"{"index_templates":[\#(second.map { #"{"name":\#($0),\#(template)}"# } ?? "")]}"#
        case ("_template", _), ("_alias", _):
            guard reads else { return ElasticsearchProbes.acknowledged }
            return second.map { #"{\#($0):{"order":0,"index_patterns":["*"],"settings":{},"mappings":{}}}"# } ?? "{}"
        case ("_component_template", _):
            guard reads else { return ElasticsearchProbes.acknowledged }
            let template = #""component_template":{"template":{}}"#
            return #"{"component_templates":[\#(second.map { #"{"name":\#($0),\#(template)}"# } ?? "")]}"#
        case ("_data_stream", _):
            guard reads else { return ElasticsearchProbes.acknowledged }
            return #"{"data_streams":[\#(second.map { #"{"name":\#($0),"status":"GREEN"}"# } ?? "")]}"#
        case ("_ingest", "pipeline"):
            guard reads else { return ElasticsearchProbes.acknowledged }
            return name.map { #"{\#($0):{"processors":[]}}"# } ?? "{}"
        case ("_security", "_authenticate"):
            return #"{"username":"needletail","roles":["superuser"],"enabled":true}"#
        case ("_security", _): return reads ? "{}" : #"{"username":"needletail","has_all_requested":true}"#
        case ("_cat", _): return reads ? "1700000000 00:00:00 needletail green 1 1 1 1 0 0 0 0 - 100.0%\n" : nil
        case ("_refresh", _), ("_flush", _): return ElasticsearchProbes.shards
        default: return nil
        }
    }

    /// Clients that look for more nodes find this one, under the name by which they know it.
    private func nodes(_ request: Request) -> String {
        let address = String(decoding: JSONEscape.quoted(request.head.authority ?? "127.0.0.1:5080"), as: UTF8.self)
        let node =
            #"{"name":"needletail","version":"\#(ElasticsearchProbes.version)","roles":["data","ingest","master"],"#
            + #""http":{"publish_address":\#(address),"max_content_length_in_bytes":\#(bodyLimit)}}"#
        return
            #"{"_nodes":{"total":1,"successful":1,"failed":0},"cluster_name":"needletail","nodes":{"needletail":\#(node)}}"#
    }

    private func dress(_ text: String, _ request: Request) -> Response {
        let isText = request.uri.path.hasPrefix("/_cat")
        var response = CollectorResponse.plain(
            Array(text.utf8), isText ? "text/plain; charset=UTF-8" : "application/json")
        if request.method == .head { response = response.createHeadResponse() }
        return ElasticsearchProbes.dressed(response, for: request)
    }

    /// Adds what clients of Elasticsearch look for before they believe an answer.
    static func dressed(_ response: Response, for request: Request) -> Response {
        var response = response
        response.headers[HTTPField.Name("X-Elastic-Product")!] = "Elasticsearch"
        let compatible = "application/vnd.elasticsearch+json"
        if request.headers[.accept]?.contains(compatible) == true, response.headers[.contentType] == "application/json"
        {
            response.headers[.contentType] = compatible + ";compatible-with=8"
        }
        return response
    }
}

extension ElasticsearchProbes {
    private static let acknowledged = #"{"acknowledged":true,"shards_acknowledged":true}"#
    private static let shards = #"{"_shards":{"total":1,"successful":1,"failed":0},"acknowledged":true}"#
    private static let license =
        #"{"status":"active","uid":"6e656564-6c65-7461-696c-000000000000","type":"basic","mode":"basic","max_nodes":1000,"#
        + #""issue_date":"2026-01-01T00:00:00.000Z","issuer":"needletail","start_date_in_millis":-1}"#
    private static let features =
        #"{"build":{"hash":"needletail","date":"2026-01-01T00:00:00.000Z"},"license":\#(license),"features":{"#
        + #""ilm":{"available":true,"enabled":true},"data_streams":{"available":true,"enabled":true},"#
        + #""security":{"available":true,"enabled":true},"monitoring":{"available":false,"enabled":false}}}"#
    private static let health =
        #"{"cluster_name":"needletail","status":"green","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1,"#
        + #""active_primary_shards":1,"active_shards":1,"relocating_shards":0,"initializing_shards":0,"#
        + #""unassigned_shards":0,"number_of_pending_tasks":0,"active_shards_percent_as_number":100.0}"#
    private static let banner =
        #"{"name":"needletail","cluster_name":"needletail","cluster_uuid":"bmVlZGxldGFpbC1jb2xsZWN0","#
        + #""version":{"number":"\#(version)","build_flavor":"default","build_type":"deb","build_hash":"needletail","#
        + #""build_date":"2026-01-01T00:00:00.000Z","build_snapshot":false,"lucene_version":"9.12.2","#
        + #""minimum_wire_compatibility_version":"7.17.0","minimum_index_compatibility_version":"7.0.0"},"#
        + #""tagline":"You Know, for Search"}"#
}
