/// What is searched for: `level:error service:checkout "card declined" since:15m`.
///
/// | written                          | finds events                                                     |
/// |----------------------------------|------------------------------------------------------------------|
/// | `declined`                       | with this word in any value, whatever its case                   |
/// | `"card declined"`, `card-declined` | with these words one behind the other in one value             |
/// | `decl*`                          | with a word that begins so                                       |
/// | `user.id:42`, `error.text:"a b"` | with these words in the value at that path                       |
/// | `user.id:*`                      | with a value at that path                                        |
/// | `path:="/pay"`                   | where the words are the whole value                              |
/// | `status:>=500`, `ms:5..9`        | where the value is a number in that range                        |
/// | `level:error`, `level:>=warn`    | of that level                                                    |
/// | `service:`, `host:`, `trace_id:`, `span_id:`, `request_id:`, `id:` | where this is the whole value, wherever the event has it |
/// | `file:`, `message:`              | with these words in it                                           |
/// | `since:15m`, `since:2026-11-23T10:00`, `until:…` | of that time (UTC); not inside OR, NOT or parentheses |
/// | `a b`, `a AND b`, `a OR b`, `NOT a`, `-a`, `(…)` | AND binds closer than OR                         |
package struct Query: Sendable, Equatable {
    package let root: QueryNode
    /// Of the events, ns since 1970.
    package let time: Range<Int64>
    package let text: String

    /// - Parameter now: ns since 1970, what `since:15m` counts from.
    package init(parsing text: String, now: Int64) throws(QueryError) {
        var parser = QueryParser(text, now: now)
        root = try parser.parse()
        time = parser.since..<max(parser.since, parser.until)
        self.text = text
    }

    package init(root: QueryNode, time: Range<Int64> = .min ..< .max, text: String = "") {
        self.root = root
        self.time = time
        self.text = text
    }

    /// The same within a shorter time.
    package func clamped(to other: Range<Int64>) -> Query {
        Query(root: root, time: time.clamped(to: other), text: text)
    }

    /// The same, and something else.
    package func adding(_ node: QueryNode) -> Query { Query(root: .and([root, node]), time: time, text: text) }
}
