import LogQuery

/// Where searches are answered: a store on this host, or a collector elsewhere.
protocol LogSource: Sendable {
    /// A page of events, newest first.
    func page(_ question: LogQuestion, limit: Int, before: Cursor?) async throws -> LogPage
    func trace(_ id: String) async throws -> Trace
    /// Events as they come, until the task ends or what is shown is not wanted any more.
    func follow(_ question: LogQuestion, from sequence: Int64, _ show: ([FoundEvent]) throws -> Void) async throws
}

/// What is asked.
struct LogQuestion: Sendable {
    /// As it was written, and what it means.
    var text: String
    var query: Query
}

struct LogPage: Sendable {
    var events: [FoundEvent]
    var next: Cursor?
    /// Where to follow from.
    var position: Int64
    /// What could not be read, for the person who asks.
    var problems: [String] = []
}

/// Why there is no answer.
enum LogSourceError: Error {
    /// The query is wrong; the other side says so.
    case query(QueryError)
    /// No store, no collector, or no right to either.
    case unavailable(String)
}
