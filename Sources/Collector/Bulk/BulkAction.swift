/// The line in front of an event in a bulk request: `{"create":{"_index":"logs","_id":"…"}}`.
package struct BulkAction: Sendable, Equatable {
    package enum Operation: String, Sendable { case create, index, update, delete }

    /// As Elasticsearch has it, in bytes.
    package static let longestID = 512

    var operation: Operation
    var index: String?
    var id: String?

    /// - Parameter line: a JSON object; its grammar has been checked.
    /// - Returns: nil when it is no action.
    init?(_ bytes: [UInt8], _ line: Range<Int>) {
        var found: BulkAction?
        var count = 0
        var reader = JSONReader(bytes, range: line)
        reader.members { key, value in
            count += 1
            guard let operation = Operation(rawValue: key), value.kind == .object else { return }
            var action = BulkAction(operation)
            value.members { name, value in
                guard value.kind == .string || value.kind == .number else { return }
                if name == "_index" { action.index = value.string() }
                if name == "_id" { action.id = value.string() }
            }
            found = action
        }
        guard let found, count == 1 else { return nil }
        self = found
        if id?.isEmpty == true { id = nil }
    }

    private init(_ operation: Operation) { self.operation = operation }
}
