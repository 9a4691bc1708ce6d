package import HTTPTransport

/// `output.loki`: Grafana Loki's push API.
package struct LokiSettings: Sendable, Equatable {
    package enum Encoding: String, Sendable, CaseIterable { case protobuf, json }

    /// What becomes of the line.
    package enum Line: String, Sendable, CaseIterable {
        /// As it stands in the file.
        case raw
        /// The service's message alone.
        case message
        /// The whole event.
        case json
    }

    /// What of an event goes beside its line, where it makes no streams.
    package enum Metadata: String, Sendable, CaseIterable {
        case traceID = "trace_id"
        case spanID = "span_id"
        case level
        case eventID = "event_id"
        case filename, offset
    }

    package enum LongLines: String, Sendable, CaseIterable {
        case deadLetter = "dead_letter"
        case truncate
    }

    /// One label of all streams.
    package struct Label: Sendable, Equatable {
        package var name: String
        /// A text with `%{[field]}` or `%{[field]:default}` in it.
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var client = HTTPClientSettings()
    /// `protobuf` is packed by snappy, `json` by gzip (`compression_level`).
    package var encoding = Encoding.protobuf
    package var labels = LokiSettings.defaultLabels
    package var structuredMetadata = Metadata.allCases
    package var line = Line.raw
    /// `X-Scope-OrgID`.
    package var tenantID: String?
    /// Streams, and values of one label, that this output may make in an hour; what is beyond shares one value.
    package var maxStreams = 1000
    package var maxLabelValues = 500
    /// Bytes of a line; 0: as many as the server takes, which is learnt from its first refusal.
    package var maxLineSize = 0
    package var longLines = LongLines.deadLetter

    package static let defaultLabels = [
        Label("host", "%{[host.name]}"), Label("service_name", "%{[service.name]:unknown_service}"),
    ]

    package init() {}
}
