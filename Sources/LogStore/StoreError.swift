/// Why the store cannot do what it is asked.
package struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// Another process writes to the directory.
        case locked
        case notFound, notReadable, notWritable
        /// Content that is not what was written.
        case damaged
        case newerVersion
        /// Too many bytes wait for their commit: try again later.
        case overloaded
        /// The store is being closed.
        case closed
        /// Nothing can be committed at the moment (a full disk): try again later.
        case unavailable
        case failed

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
