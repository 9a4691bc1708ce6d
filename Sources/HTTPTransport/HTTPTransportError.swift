/// Why an HTTP output cannot be made of its settings.
package struct HTTPTransportError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case noHosts = "no_hosts"
        case invalidURL = "invalid_url"
        case invalidProxy = "invalid_proxy"
        case invalidHeader = "invalid_header"
        case tls
        case outOfMemory = "out_of_memory"

        package var label: String { rawValue }
    }

    package let code: Code
    /// What to do.
    package let message: String
    /// The URL without its secrets, or the name of the header.
    package let endpoint: String?

    package init(_ code: Code, _ message: String, endpoint: String? = nil) {
        self.code = code
        self.message = message
        self.endpoint = endpoint
    }

    package var description: String { endpoint.map { "\($0): \(message)" } ?? message }
}
