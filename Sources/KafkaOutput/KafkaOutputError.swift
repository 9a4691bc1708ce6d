/// Why a Kafka output cannot be made of its settings.
package struct KafkaOutputError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case noLibrary = "no_library"
        case badProperty = "bad_property"
        case badFormat = "bad_format"
        case tls
        case login
        case producer

        package var label: String { rawValue }
    }

    package let code: Code
    /// What to do.
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
