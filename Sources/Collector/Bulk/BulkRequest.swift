/// The body of a bulk request, read: the events for the store, and an item for each action, in order.
///
/// - Errors: `RequestFailure` when the body makes no sense as a whole; then nothing of it is kept. What is wrong with one
///   action is said in its item. A source that is no JSON object is kept as a text, see `EventCheck`.
/// - Source: Elasticsearch's reference, "Bulk API".
package struct BulkRequest: Sendable {
    package struct Item: Sendable {
        package enum Outcome: Sendable, Equatable {
            /// The event with this number in the batch.
            case event(Int)
            case refused(RequestFailure)
        }
        package var operation: BulkAction.Operation
        /// Number in `indices`.
        var index: Int
        package var id: String?
        package var outcome: Outcome
    }

    package private(set) var batch = EventBatch()
    package private(set) var items: [Item] = []
    private(set) var indices: [String] = []
    private let eventLimit: Int

    /// - Parameter index: from the path; nil: each action names its own.
    package init(_ body: [UInt8], index: String?, eventLimit: Int) throws(RequestFailure) {
        self.eventLimit = eventLimit
        let end = body.count
        var bytes = body
        EventCheck.pad(&bytes)
        var lines = LineSplitter(bytes, end: end)
        var last: (line: Range<Int>, action: BulkAction)?
        while let line = lines.nextFilled() {
            let action: BulkAction
            if let last, last.action.id == nil, bytes[last.line].elementsEqual(bytes[line]) {
                action = last.action
            } else {
                action = try BulkRequest.action(bytes, line, number: items.count + 1)
                last = (line, action)
            }
            guard items.count < EventBatch.requestLimit else {
                throw RequestFailure(
                    413, "content_too_long_exception",
                    "more than \(EventBatch.requestLimit) actions; send fewer at once")
            }
            var source: Range<Int>?
            if action.operation != .delete {
                guard let next = lines.next() else {
                    throw .badRequest("the last action has no source behind it; the body ends too early")
                }
                source = next
            }
            add(action, source.map { bytes[$0] }, index)
        }
        guard !items.isEmpty else { throw .badRequest("request body is required") }
    }

    /// The events, once.
    package mutating func takeBatch() -> EventBatch {
        defer { batch = EventBatch() }
        return batch
    }

    private static func action(
        _ bytes: [UInt8], _ line: Range<Int>, number: Int
    ) throws(RequestFailure) -> BulkAction {
        if let problem = EventCheck.problem(bytes, line) {
            throw .badRequest("Malformed action/metadata line [\(number)]: \(problem)")
        }
        guard let action = BulkAction(bytes, line) else {
            throw .badRequest(
                "Malformed action/metadata line [\(number)]: expected one of create, index, update, delete and an object"
            )
        }
        return action
    }

    private mutating func add(_ action: BulkAction, _ source: ArraySlice<UInt8>?, _ pathIndex: String?) {
        let name = action.index ?? pathIndex ?? ""
        if indices.last != name, !indices.contains(name) { indices.append(name) }
        let index = indices.lastIndex(of: name) ?? 0
        var item = Item(operation: action.operation, index: index, id: action.id, outcome: .event(batch.count))
        if let failure = refusal(of: action, source?.count ?? 0, name) {
            item.outcome = .refused(failure)
        } else if let source {
            batch.append(source, id: action.id.map { StoredID.of($0, index: name) })
        }
        items.append(item)
    }

    private func refusal(of action: BulkAction, _ count: Int, _ index: String) -> RequestFailure? {
        if action.operation == .update || action.operation == .delete {
            return .badRequest("\(action.operation.rawValue) is not possible here: events are only added")
        }
        if index.isEmpty { return RequestFailure(400, "action_request_validation_exception", "index is missing") }
        if let id = action.id, id.utf8.count > BulkAction.longestID {
            return .badRequest("id is too long, must be no longer than \(BulkAction.longestID) bytes")
        }
        if count > eventLimit {
            return .badRequest("an event of \(count) bytes; collector.limits.event allows \(eventLimit)")
        }
        return nil
    }
}

/// The id under which the store knows an event of a bulk request.
enum StoredID {
    /// Ids are unique within an index, as in Elasticsearch. Those that Needletail makes from file and offset are unique
    /// everywhere, and the same over every protocol: 20 hexadecimal digits, `-`, and decimal ones.
    static func of(_ id: String, index: String) -> String { isNeedletails(id) ? id : "\(index)/\(id)" }

    private static func isNeedletails(_ id: String) -> Bool {
        let parts = id.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].count == 20 && !parts[1].isEmpty
            && parts[0].allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            && parts[1].allSatisfy { (0x30...0x39).contains($0) }
    }
}
