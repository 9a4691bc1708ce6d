import ElasticsearchOutput
import EventModel

extension FuzzTarget {
    /// An answer to a bulk request has the items that a plain reading finds, their words lie within it, and what stands in
    /// front of a cut is read as it was.
    static let bulkAnswer = FuzzTarget(name: "bulk-answer") { bytes in
        let whole = AnswerBook.read(bytes)
        for item in whole.items {
            guard item.type.upperBound <= bytes.count, item.reason.upperBound <= bytes.count, item.status >= 0 else {
                throw FuzzFinding("an item outside of the answer: \(item)", bytes)
            }
        }
        let half = AnswerBook.read(Array(bytes.prefix(bytes.count / 2)))
        guard whole.items.starts(with: half.items) else { throw FuzzFinding("the half says something else", bytes) }
        guard whole.end == .whole, let object = JSONTree(bytes)?.object, object.members.count == whole.members else {
            return
        }
        guard case .array(let items) = object["items"] else { return }
        guard items.count == whole.count else { throw FuzzFinding("\(whole.count ?? -1) items", bytes) }
    }
}

private struct AnswerBook {
    var items: [BulkAnswer.Item] = []
    var count: Int?
    var end = BulkAnswer.End.garbage
    /// Members at the top; those that come twice are two.
    var members = 0

    static func read(_ bytes: [UInt8]) -> AnswerBook {
        var book = AnswerBook()
        var items: [BulkAnswer.Item] = []
        let answer = unsafe bytes.withUnsafeBufferPointer { BulkAnswer($0, operation: .create) { items.append($0) } }
        book.items = items
        book.count = answer.count
        book.end = answer.end
        book.members = answer.members
        return book
    }
}
