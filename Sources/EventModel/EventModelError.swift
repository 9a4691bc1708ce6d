/// What is wrong with a setting that says how events are made.
package struct EventModelError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable { case badFormat, badFields }

    package let code: Code
    /// What is wrong and what to do, for the operator.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
