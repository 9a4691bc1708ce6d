package import HTTPTransport

/// `output.http`: batches by POST to any URL.
package struct HTTPSettings: Sendable, Equatable {
    package enum Format: String, Sendable { case ndjson, jsonArray = "json_array" }

    package var client = HTTPClientSettings()
    package var method = "POST"
    package var format = Format.ndjson

    package init() {}
}
