/// Why nothing, or not everything, was set up.
package struct SetupError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// Hosts, certificates or the name of a space are wrong.
        case settings
        /// No answer, or only that it is not ready, until the time was up.
        case unavailable
        /// 401.
        case unauthorized
        /// 403.
        case forbidden
        /// Somebody else's template or policy has the name.
        case foreign
        /// The server is too old, or of a kind that has not what is needed.
        case unsupported
        /// The server refuses what it was sent.
        case refused
        /// The answer is none of this protocol.
        case badAnswer = "bad_answer"

        package var label: String { rawValue }
    }

    package let code: Code
    /// What to do.
    package let message: String
    /// The URL without its secrets.
    package let endpoint: String?

    package init(_ code: Code, _ message: String, endpoint: String? = nil) {
        self.code = code
        self.message = message
        self.endpoint = endpoint
    }

    /// It may go better a little later, without anybody changing anything.
    package var isTransient: Bool { code == .unavailable }

    package var description: String { endpoint.map { "\($0): \(message)" } ?? message }
}
