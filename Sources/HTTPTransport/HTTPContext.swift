package import AsyncHTTPClient
package import EventModel
package import Logging
import NIOHTTP1
package import Publishing

/// What the lanes of an output over HTTP share: one client, the hosts, and the constant header fields.
///
/// - Hosts: the lanes share `hosts[0]` and go on to the next host, all in turn, when one fails; with `loadbalance`
///   each host is the home of as many lanes as there are workers, and a lane that had to leave its home comes back
///   after a minute. The pipeline's back-off lies between the attempts.
package struct HTTPContext: Sendable {
    package let client: HTTPClient
    package let hosts: [HTTPHost]
    package let settings: HTTPClientSettings
    let method: HTTPMethod
    let headers: HTTPHeaders
    /// Of a question: the same without what describes a body.
    let bareHeaders: HTTPHeaders
    let counters: EventCounters?
    package let logger: Logger

    /// A context that was made must be shut down.
    package init(
        _ settings: HTTPClientSettings, request: HTTPRequestForm, counters: EventCounters?, logger: Logger
    ) throws(HTTPTransportError) {
        let urls = try HTTPContext.urls(of: settings).map { $0.target == "/" ? $0.at(request.defaultTarget) : $0 }
        headers = try HTTPContext.headers(for: settings, request, credentials: urls[0])
        var bare = headers
        bare.remove(name: "content-encoding")
        bare.remove(name: "content-type")
        bareHeaders = bare
        hosts = urls.map { HTTPHost(url: $0, limit: settings.bulkMaxBytes) }
        method = HTTPMethod(rawValue: request.method)
        self.settings = settings
        self.counters = counters
        self.logger = logger
        // Made last: a client that exists must be shut down.
        client = try HTTPContext.client(for: settings, lanes: HTTPContext.lanes(of: settings))
    }

    private static func lanes(of settings: HTTPClientSettings) -> Int {
        max(1, settings.workers) * (settings.loadBalance ? max(1, settings.hosts.count) : 1)
    }

    /// One request on its way per lane, and little that waits: what is still in the file is as good as what was read.
    package func traits(kind: String) -> OutputTraits {
        OutputTraits(
            kind: kind, endpoint: hosts.map(\.url.endpoint).joined(separator: ","),
            lanes: HTTPContext.lanes(of: settings), window: 1, maxEvents: settings.bulkMaxSize,
            maxBytes: min(settings.bulkMaxBytes, 1024 * 1024), readAhead: 2)
    }

    package func shutdown() async {
        do {
            try await client.shutdown()
        } catch {
            logger.warning("HTTP client did not shut down cleanly", metadata: ["error": "\(error)"])
        }
    }
}

/// What the requests of one protocol have in common.
package struct HTTPRequestForm: Sendable {
    package var method = "POST"
    package var contentType: String
    /// How a body is packed; nil: not at all.
    package var contentEncoding: String?
    /// Of the agent: `needletail/1.0`.
    package var userAgent: String
    /// Where a URL without a path leads.
    package var defaultTarget = "/"
    /// Fields of the protocol, which those of the settings replace.
    package var headers: [HTTPClientSettings.Header] = []

    /// - Parameter compressionLevel: above 0 a body is packed by gzip.
    package init(contentType: String, userAgent: String, compressionLevel: Int) {
        self.contentType = contentType
        self.userAgent = userAgent
        contentEncoding = compressionLevel > 0 ? "gzip" : nil
    }
}
