package import Publishing

/// Why a connection could not be made, or broke, in an operator's words.
package struct TransportError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// Settings that cannot work: a file that is missing, a key that does not fit.
        case configuration
        case resolve, connect, timeout, tls, reset
        case protocolError = "protocol"
    }

    package let code: Code
    /// What happened, and what to do about it.
    package let message: String
    package let endpoint: Endpoint?

    package init(_ code: Code, _ message: String, endpoint: Endpoint? = nil) {
        self.code = code
        self.message = message
        self.endpoint = endpoint
    }

    package var description: String {
        endpoint.map { "\($0): \(message)" } ?? message
    }

    /// The same as the pipeline sees it.
    package var failure: Reply.Failure {
        let label: Reply.Failure.Label =
            switch code {
            case .configuration, .tls: .tls
            case .resolve, .connect: .connect
            case .timeout: .timeout
            case .reset: .reset
            case .protocolError: .protocolError
            }
        return Reply.Failure(label, description)
    }

    /// The same, with the host it is about.
    func at(_ endpoint: Endpoint) -> TransportError {
        TransportError(code, message, endpoint: self.endpoint ?? endpoint)
    }
}
