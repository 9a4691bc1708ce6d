import EventFields
import LogStore

extension LogSearch {
    /// Most events of a trace that are read.
    package static let longestTrace = 10_000

    /// All events of a trace; those that mention its id when no event says that it is of it.
    package func trace(_ id: String, deadline: Deadline = Deadline()) throws -> Trace {
        let id = Array(id.utf8)
        let words = Words.of(id)
        guard !words.isEmpty, words.count <= 64 else { return Trace(id: id, events: []) }
        let own = QueryTerm(field: .role(.trace), condition: .whole(words: words, isOpen: false))
        var (events, isCut) = try all(Query(root: .term(own)), deadline)
        if events.isEmpty, !isCut {
            let mention = QueryTerm(field: .any, condition: .phrase(words: words, isOpen: false))
            (events, isCut) = try all(Query(root: .term(mention)), deadline)
        }
        var trace = Trace(id: id, events: events)
        trace.isCut = isCut
        return trace
    }

    private func all(_ query: Query, _ deadline: Deadline) throws -> (events: [FoundEvent], isCut: Bool) {
        let page = try search(query, limit: LogSearch.longestTrace, deadline: deadline)
        return (page.events, page.isCut || page.next != nil)
    }
}
