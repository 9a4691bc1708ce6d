package import HTTPTransport

/// `output.otlp`: OpenTelemetry's log protocol over HTTP.
package struct OTLPSettings: Sendable, Equatable {
    package enum Encoding: String, Sendable, CaseIterable { case proto, json }

    package var client = HTTPClientSettings()
    /// `json` is for the eye; it takes three times the bytes.
    package var encoding = Encoding.proto
    /// Fields that describe where an event comes from, besides `service.name` and `host.name`: they are sent once per
    /// group of records. A name, or the beginning of names with `.*` behind it.
    package var resourceAttributes = OTLPSettings.defaultResourceAttributes
    /// Attributes of a record; what is beyond is counted in it (`dropped_attributes_count`).
    package var maxAttributes = 128

    package static let defaultResourceAttributes = [
        "service.version", "service.namespace", "service.instance.id", "deployment.environment",
        "deployment.environment.name", "k8s.*", "kubernetes.*", "container.*", "cloud.*",
    ]

    package init() {}
}
