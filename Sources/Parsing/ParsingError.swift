/// What is wrong with a setting of Parsing.
package struct ParsingError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable { case badPattern, unknownEncoding, unknownTerminator }

    package let code: Code
    /// What is wrong and what to do, for the operator.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
