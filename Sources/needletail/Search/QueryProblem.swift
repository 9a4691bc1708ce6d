package import LogQuery

/// A wrong query with a caret under the place.
package enum QueryProblem {
    /// Three lines: what is wrong, the query, the caret.
    package static func text(_ query: String, _ error: QueryError, columns: Int) -> String {
        let bytes = Array(query.utf8)
        let start = min(max(0, error.range.lowerBound), bytes.count)
        let end = min(max(start, error.range.upperBound), bytes.count)
        let before = TerminalText.safe(Array(bytes[..<start]))
        let marked = TerminalText.safe(Array(bytes[start..<end]))
        let after = TerminalText.safe(Array(bytes[end...]))
        // A long query is shown from shortly before the place on.
        let room = max(20, columns - 4)
        var shownBefore = before
        if TerminalText.width(before) + TerminalText.width(marked) > room {
            shownBefore = "…" + String(before.suffix(max(0, room / 3)))
        }
        let line = TerminalText.fitted(shownBefore + marked + after, to: room)
        let indent = TerminalText.width(shownBefore)
        let length = max(1, min(TerminalText.width(marked), room - indent))
        return """
            error: \(error.message)
              \(line)
              \(String(repeating: " ", count: indent))\(String(repeating: "^", count: length))
            """
    }
}
