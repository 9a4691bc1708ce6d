import LogQuery
import LogStore

/// A store's directory, of a collector that is running or not.
struct LocalLogSource: LogSource {
    private let search: LogSearch

    /// How often a follower looks whether something came: often enough to seem at once, and a few system calls each.
    private static let pause = Duration.milliseconds(150)
    private static let round = 1000

    init(_ search: LogSearch) { self.search = search }

    func page(_ question: LogQuestion, limit: Int, before: Cursor?) async throws -> LogPage {
        let position = try search.nextSequence()
        let page = try search.search(question.query, limit: limit, before: before)
        return LogPage(
            events: page.events, next: page.next, position: position, problems: page.problems.map(\.description))
    }

    func trace(_ id: String) async throws -> Trace { try search.trace(id) }

    func follow(_ question: LogQuestion, from sequence: Int64, _ show: ([FoundEvent]) throws -> Void) async throws {
        var position = sequence
        while !Task.isCancelled {
            let page = try search.tail(question.query, from: position, limit: LocalLogSource.round)
            position = page.next
            if page.events.isEmpty {
                try await Task.sleep(for: LocalLogSource.pause)
            } else {
                try show(page.events)
            }
        }
    }
}
