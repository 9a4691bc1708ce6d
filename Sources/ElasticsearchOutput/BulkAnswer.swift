/// The answer to a bulk request, read once from its first byte to its last, without taking it apart.
///
/// ```
/// {"errors":true,"items":[{"create":{"status":201}},{"create":{"status":400,"error":{"type":"…","reason":"…"}}}]}
/// ```
/// - Shape: items come in the order of the request. Members that are not known are skipped.
/// - Errors: `end` says whether the text stopped in the middle, or makes no sense; the items in front of that place stand.
/// - Source: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk
package struct BulkAnswer {
    /// What became of one action.
    package struct Item: Sendable, Equatable {
        package var status = 0
        /// Where the insides of the error's strings lie in the answer, with their escapes.
        package var type = 0..<0
        package var reason = 0..<0
    }

    package enum End: Sendable, Equatable { case whole, cut, garbage }

    package private(set) var hasErrors: Bool?
    /// Items that were read; nil without a list of them.
    package private(set) var count: Int?
    package private(set) var end = End.garbage
    /// Members at the top, those that come twice counted twice.
    package private(set) var members = 0

    /// - Parameters:
    ///   - operation: `create` or `index`, which nearly all items name.
    ///   - visit: called with each item, in order.
    @safe
    package init(_ bytes: UnsafeBufferPointer<UInt8>, operation: ElasticsearchSettings.Operation, visit: (Item) -> Void)
    {
        var cursor = unsafe AnswerCursor(bytes)
        let common = Array("{\"\(operation.rawValue)\":{\"status\":201}}".utf8)
        do throws(AnswerCursor.Stop) {
            try cursor.members { (cursor, name) throws(AnswerCursor.Stop) in
                members += 1
                if cursor.isText(name, "errors") {
                    hasErrors = try cursor.boolean()
                } else if cursor.isText(name, "items") {
                    count = 0
                    try cursor.elements { (cursor) throws(AnswerCursor.Stop) in
                        let item = cursor.take(common) ? Item(status: 201) : try BulkAnswer.item(&cursor)
                        visit(item)
                        count! += 1
                    }
                } else {
                    try cursor.skipValue()
                }
            }
            cursor.skipSpace()
            end = cursor.isAtEnd ? .whole : .garbage
        } catch {
            end = error == .end ? .cut : .garbage
        }
    }

    /// `{"create":{"status":…,"error":{"type":…,"reason":…}}}`; very old servers say the error in one string.
    private static func item(_ cursor: inout AnswerCursor) throws(AnswerCursor.Stop) -> Item {
        var item = Item()
        try cursor.members { (cursor, _) throws(AnswerCursor.Stop) in
            try cursor.members { (cursor, name) throws(AnswerCursor.Stop) in
                if cursor.isText(name, "status") {
                    item.status = try cursor.number()
                } else if cursor.isText(name, "error") {
                    try readError(&cursor, &item)
                } else {
                    try cursor.skipValue()
                }
            }
        }
        return item
    }

    private static func readError(_ cursor: inout AnswerCursor, _ item: inout Item) throws(AnswerCursor.Stop) {
        guard try cursor.next() == 0x7b else {
            if try cursor.next() == 0x22 { item.reason = try cursor.string() } else { try cursor.skipValue() }
            return
        }
        try cursor.members { (cursor, name) throws(AnswerCursor.Stop) in
            let isType = cursor.isText(name, "type")
            guard isType || cursor.isText(name, "reason"), try cursor.next() == 0x22 else {
                return try cursor.skipValue()
            }
            let text = try cursor.string()
            if isType { item.type = text } else { item.reason = text }
        }
    }
}
