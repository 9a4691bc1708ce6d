import AsyncHTTPClient
package import EventModel
import Glibc
package import Logging
import NIOCore
import NIOHTTP1
package import Publishing

/// Ships events by POST to any URL: a body of NDJSON or one JSON array per request.
///
/// - Shape: one HTTP client for all lanes; each lane has a connection, and one request on its way at a time.
/// - Hosts: the lanes share `hosts[0]` and go on to the next host, all in turn, when one fails; with `loadbalance`
///   each host is the home of as many lanes as there are workers, and a lane that had to leave its home comes back
///   after a minute. The pipeline's back-off lies between the attempts.
/// - Source: `AnswerRule` says what the status of an answer means.
package final class HTTPOutput: Output {
    package let traits: OutputTraits
    private let context: Context

    /// What the lanes share.
    struct Context: Sendable {
        let client: HTTPClient
        let hosts: [HTTPHost]
        let settings: HTTPSettings
        let headers: HTTPHeaders
        let method: HTTPMethod
        let counters: EventCounters?
        let logger: Logger
    }

    /// An output that was made must be shut down.
    /// - Parameter userAgent: `needletail/1.0`.
    package init(
        _ settings: HTTPSettings, userAgent: String, counters: EventCounters? = nil, logger: Logger
    ) throws(HTTPOutputError) {
        let urls = try HTTPOutput.urls(of: settings)
        let lanes = max(1, settings.workers) * (settings.loadBalance ? urls.count : 1)
        traits = OutputTraits(
            kind: "http", endpoint: urls.map(\.endpoint).joined(separator: ","), lanes: lanes, window: 1,
            maxEvents: settings.bulkMaxSize, maxBytes: min(settings.bulkMaxBytes, 1024 * 1024))
        let headers = try HTTPOutput.headers(for: settings, credentials: urls[0], userAgent: userAgent)
        // Made last: a client that exists must be shut down.
        let client = try HTTPOutput.client(for: settings, lanes: lanes)
        context = Context(
            client: client, hosts: urls.map { HTTPHost(url: $0, limit: settings.bulkMaxBytes) }, settings: settings,
            headers: headers, method: HTTPMethod(rawValue: settings.method), counters: counters, logger: logger)
    }

    package func makeLane(_ index: Int) -> any OutputLane { HTTPLane(index, context) }

    package func shutdown() async {
        do {
            try await context.client.shutdown()
        } catch {
            context.logger.warning("HTTP client did not shut down cleanly", metadata: ["error": "\(error)"])
        }
    }
}
