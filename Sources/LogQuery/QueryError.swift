/// What is wrong with a query, and where.
package struct QueryError: Error, Sendable, Equatable {
    package let message: String
    /// In bytes of the query's UTF-8.
    package let range: Range<Int>

    package init(_ message: String, at range: Range<Int>) {
        self.message = message
        self.range = range
    }
}
