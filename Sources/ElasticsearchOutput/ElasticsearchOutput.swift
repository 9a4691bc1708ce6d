package import EventModel
package import HTTPTransport
package import Logging
package import NIOCore
package import Publishing
package import Transport

/// Ships events by bulk requests to Elasticsearch, OpenSearch, and all that answers as they do.
///
/// - Shape: one HTTP client for all lanes; each lane has a connection and one request on its way at a time, so that the
///   order of a file is kept.
/// - Source: `BulkVerdicts` and `BulkWire` say what an answer means, `HostKnowledge` what is asked of a host first.
package final class ElasticsearchOutput: Output {
    package let traits: OutputTraits
    private let context: HTTPContext
    private let wire: BulkWire

    /// An output that was made must be shut down.
    /// - Parameter version: the agent's, for `%{[agent.version]}`.
    package init(
        _ settings: ElasticsearchSettings, version: String, counters: EventCounters? = nil, logger: Logger
    ) throws(HTTPTransportError) {
        let plan = try BulkPlan(settings, version: version)
        let roots = try HTTPContext.urls(of: settings.client)
        var client = settings.client
        let target = plan.target(settings.parameters)
        client.hosts = settings.client.hosts.map { host in
            var host = host.prefix { $0 != "?" }
            while host.hasSuffix("/") { host = host.dropLast() }
            return host + target
        }
        context = try HTTPContext(
            client, request: ElasticsearchOutput.request(settings, version), counters: counters, logger: logger)
        traits = context.traits(kind: "elasticsearch")
        let knowledge = zip(context.hosts, roots).map { host, root in
            var path = root.target.prefix { $0 != "?" }
            while path.hasSuffix("/") { path = path.dropLast() }
            return HostKnowledge(url: host.url, path: String(path), logger: logger)
        }
        wire = BulkWire(plan, knowledge: knowledge, bulkMaxSize: settings.client.bulkMaxSize)
    }

    package func makeLane(_ index: Int) -> any OutputLane { HTTPLane(index, wire, context) }

    package func shutdown() async { await context.shutdown() }

    /// `needletail test output`.
    /// - Throws: `HTTPTransportError`, or an error of the TLS settings.
    package static func probe(
        _ settings: ElasticsearchSettings, version: String, on loop: any EventLoop
    ) async throws -> [ProbeReport] {
        _ = try BulkPlan(settings, version: version)
        return try await HTTPContext.probe(settings.client, request: request(settings, version), on: loop)
    }

    private static func request(_ settings: ElasticsearchSettings, _ version: String) -> HTTPRequestForm {
        var request = HTTPRequestForm(
            contentType: "application/x-ndjson", userAgent: "needletail/\(version)",
            compressionLevel: settings.client.compressionLevel)
        if let key = settings.encodedAPIKey {
            request.headers = [.init(name: "authorization", value: Secret("ApiKey \(key)"))]
        }
        return request
    }
}
