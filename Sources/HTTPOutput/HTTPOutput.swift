package import EventModel
package import HTTPTransport
package import Logging
package import NIOCore
package import Publishing
package import Transport

/// Ships events by POST to any URL: a body of NDJSON or one JSON array per request.
///
/// - Shape: one HTTP client for all lanes; each lane has a connection, and one request on its way at a time.
/// - Source: `HTTPJudgement(status:)` says what the status of an answer means.
package final class HTTPOutput: Output {
    package let traits: OutputTraits
    private let context: HTTPContext
    private let wire: PostWire

    /// An output that was made must be shut down.
    /// - Parameter userAgent: `needletail/1.0`.
    package init(
        _ settings: HTTPSettings, userAgent: String, counters: EventCounters? = nil, logger: Logger
    ) throws(HTTPTransportError) {
        context = try HTTPContext(
            settings.client, request: HTTPOutput.request(settings, userAgent), counters: counters, logger: logger)
        traits = context.traits(kind: "http")
        wire = PostWire(format: settings.format, compressionLevel: settings.client.compressionLevel)
    }

    package func makeLane(_ index: Int) -> any OutputLane { HTTPLane(index, wire, context) }

    package func shutdown() async { await context.shutdown() }

    /// `needletail test output`.
    /// - Throws: `HTTPTransportError`, or an error of the TLS settings.
    package static func probe(
        _ settings: HTTPSettings, userAgent: String, on loop: any EventLoop
    ) async throws -> [ProbeReport] {
        try await HTTPContext.probe(settings.client, request: request(settings, userAgent), on: loop)
    }

    private static func request(_ settings: HTTPSettings, _ userAgent: String) -> HTTPRequestForm {
        var request = HTTPRequestForm(
            contentType: settings.format == .ndjson ? "application/x-ndjson" : "application/json",
            userAgent: userAgent, compressionLevel: settings.client.compressionLevel)
        request.method = settings.method
        return request
    }
}
