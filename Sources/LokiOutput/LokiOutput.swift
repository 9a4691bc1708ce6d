package import EventModel
import HTTPTransport
package import Logging
package import NIOCore
package import Publishing
package import Transport

/// Ships events to Grafana Loki by `POST /loki/api/v1/push`.
///
/// - Shape: one HTTP client for all lanes; each lane has a connection, and one request on its way at a time.
/// - Source: https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
package final class LokiOutput: Output {
    package let traits: OutputTraits
    private let context: HTTPContext
    private let wire: LokiWire

    /// An output that was made must be shut down.
    /// - Parameter userAgent: `needletail/1.0`.
    /// - Throws: `HTTPTransportError`; `EventModelError` for a label that is no template.
    package init(
        _ settings: LokiSettings, userAgent: String, counters: EventCounters? = nil, logger: Logger
    ) throws {
        wire = try LokiWire(settings, counters: counters, logger: logger)
        context = try HTTPContext(
            settings.client, request: LokiOutput.request(settings, userAgent), counters: counters, logger: logger)
        traits = context.traits(kind: "loki")
    }

    package func makeLane(_ index: Int) -> any OutputLane { HTTPLane(index, wire, context) }

    package func shutdown() async { await context.shutdown() }

    /// `needletail test output`.
    /// - Throws: `HTTPTransportError`, or an error of the TLS settings.
    package static func probe(
        _ settings: LokiSettings, userAgent: String, on loop: any EventLoop
    ) async throws -> [ProbeReport] {
        try await HTTPContext.probe(settings.client, request: request(settings, userAgent), on: loop)
    }

    /// Why a label's value is no template; nil when all is well.
    package static func problem(of labels: [LokiSettings.Label]) -> String? {
        var paths: [[UInt8]] = []
        for label in labels {
            do {
                _ = try LabelTemplate(label, paths: &paths)
            } catch {
                return "\(error)"
            }
        }
        return nil
    }

    private static func request(_ settings: LokiSettings, _ userAgent: String) -> HTTPRequestForm {
        let isJSON = settings.encoding == .json
        var request = HTTPRequestForm(
            contentType: isJSON ? "application/json" : "application/x-protobuf", userAgent: userAgent,
            // Snappy is a part of the protobuf form, and no encoding of the content.
            compressionLevel: isJSON ? settings.client.compressionLevel : 0)
        request.defaultTarget = "/loki/api/v1/push"
        if let tenant = settings.tenantID {
            request.headers.append(.init(name: "X-Scope-OrgID", value: Secret(tenant)))
        }
        return request
    }
}
