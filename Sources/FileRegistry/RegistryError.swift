/// Why the registry cannot be used.
package struct RegistryError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case locked, notFound, notReadable, notWritable, damaged, newerVersion, failed

        /// Bounded text for metrics.
        package var label: String { rawValue }
    }

    package let code: Code
    /// What is wrong, and what to do.
    package let message: String
    package let path: String
    package let cause: String

    package init(_ code: Code, _ message: String, path: String, cause: String = "") {
        self.code = code
        self.message = message
        self.path = path
        self.cause = cause
    }

    package var description: String {
        cause.isEmpty ? "\(message) (\(path))" : "\(message) (\(path)): \(cause)"
    }
}
