import EventFields
package import LogStore

extension Query {
    /// What an event's words must be for it to match: never less than the query asks, often more, so that what it passes
    /// has to be looked at, and what it does not pass has not.
    /// - Parameter mayHide: whether full text may leave out the value at a path (`EventScanner.mayHide`).
    package func words(mayHide: ([UInt8]) -> Bool) -> WordExpression { Query.words(root, mayHide) }

    private static func words(_ node: QueryNode, _ mayHide: ([UInt8]) -> Bool) -> WordExpression {
        switch node {
        // What an event must not have says nothing of its block, which has others too.
        case .all, .not: return .all
        case .term(let term): return words(term, mayHide)
        case .and(let nodes):
            let parts = nodes.map { words($0, mayHide) }.filter { $0 != .all }
            return parts.isEmpty ? .all : parts.count == 1 ? parts[0] : .and(parts)
        case .or(let nodes):
            let parts = nodes.map { words($0, mayHide) }
            return parts.contains(.all) ? .all : .or(parts)
        }
    }

    private static func words(_ term: QueryTerm, _ mayHide: ([UInt8]) -> Bool) -> WordExpression {
        switch term.field {
        // An id may have come beside the event.
        case .level, .role(.eventID): return .all
        case .path(let path) where mayHide(path): return .all
        default: break
        }
        switch term.condition {
        case .phrase(let words, let isOpen), .whole(let words, let isOpen):
            let parts = words.enumerated().map { index, word in
                isOpen && index == words.count - 1 ? WordExpression.prefix(word) : .word(word)
            }
            return parts.count == 1 ? parts[0] : .and(parts)
        case .number, .levels, .exists: return .all
        }
    }
}
