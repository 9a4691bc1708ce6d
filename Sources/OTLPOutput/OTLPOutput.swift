package import EventModel
package import HTTPTransport
package import Logging
package import NIOCore
package import Publishing
package import Transport

/// Ships events as OpenTelemetry's log records by `POST /v1/logs`.
///
/// - Shape: one HTTP client for all lanes; each lane has a connection, and one request on its way at a time.
/// - Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp
package final class OTLPOutput: Output {
    package let traits: OutputTraits
    private let context: HTTPContext
    private let wire: OTLPWire

    /// An output that was made must be shut down.
    /// - Parameter userAgent: `needletail/1.0`.
    package init(
        _ settings: OTLPSettings, userAgent: String, counters: EventCounters? = nil, logger: Logger
    ) throws(HTTPTransportError) {
        context = try HTTPContext(
            settings.client, request: OTLPOutput.request(settings, userAgent), counters: counters, logger: logger)
        traits = context.traits(kind: "otlp")
        wire = OTLPWire(settings: settings, counters: counters, logger: logger)
    }

    package func makeLane(_ index: Int) -> any OutputLane { HTTPLane(index, wire, context) }

    package func shutdown() async { await context.shutdown() }

    /// `needletail test output`.
    /// - Throws: `HTTPTransportError`, or an error of the TLS settings.
    package static func probe(
        _ settings: OTLPSettings, userAgent: String, on loop: any EventLoop
    ) async throws -> [ProbeReport] {
        try await HTTPContext.probe(settings.client, request: request(settings, userAgent), on: loop)
    }

    private static func request(_ settings: OTLPSettings, _ userAgent: String) -> HTTPRequestForm {
        var request = HTTPRequestForm(
            contentType: settings.encoding == .proto ? "application/x-protobuf" : "application/json",
            userAgent: userAgent, compressionLevel: settings.client.compressionLevel)
        request.defaultTarget = "/v1/logs"
        return request
    }
}
