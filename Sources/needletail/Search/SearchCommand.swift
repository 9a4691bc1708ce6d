import Agent
import AgentConfig
package import ArgumentParser
import Glibc
package import LogQuery
import LogStore

/// `needletail search`: asks a collector's store.
package struct SearchCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Searches the logs that a collector has.",
        discussion: """
            Examples:
              needletail search 'level:error service:checkout "card declined" since:15m'
              needletail search 'status:>=500 -path:/health' --follow
              needletail search 'user.id:42 OR user.email:ada*' --since 2026-11-23T10:00 --until 2h
              needletail search 'level:>=warn' --json --limit 0 | jq .message
              needletail search timeout --url http://logs.example:5080

            The query: words and "phrases" anywhere in an event; field:word, field:"a phrase", field:="the whole value", \
            field:>=5, field:5..9, field:*; prefix*; level:>=warn; service: host: file: trace_id: span_id: request_id: \
            wherever the services write them; since:15m, until:2026-11-23; AND, OR, NOT or -, and parentheses.

            Events come oldest first, so that they read like a log: in columns on a terminal, and as the lines that the \
            services wrote in a pipe.

            Exit status: 0 done, 64 wrong query or usage, 66 no such store or collector.
            """
    )

    package enum Colour: String, ExpressibleByArgument, CaseIterable, Sendable { case auto, always, never }

    @Argument(help: ArgumentHelp("What to look for; without it, everything.", valueName: "query"))
    package var words: [String] = []

    @OptionGroup package var arguments: SourceArguments

    @Option(name: .shortAndLong, help: ArgumentHelp("Most events, the newest ones; 0 for all.", valueName: "number"))
    package var limit: Int = 100

    @Flag(name: .shortAndLong, help: "Go on with new events as they come.")
    package var follow = false

    @Flag(help: "One JSON object a line.")
    package var json = false

    @Option(help: ArgumentHelp("From then on: 15m, 2h, 7d, 2026-11-23, 2026-11-23T10:00.", valueName: "time"))
    package var since: String?

    @Option(help: ArgumentHelp("Up to then.", valueName: "time"))
    package var until: String?

    @Option(help: "auto: on a terminal. always: columns and colours in a pipe too. never: columns without colours.")
    package var color: Colour = .auto

    package init() {}

    package func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit is a number from 0 on") }
        for (name, text) in [("since", since), ("until", until)] {
            if let text, QueryTime.nanoseconds(text.utf8, now: 0) == nil {
                throw ValidationError("--\(name) takes 15m, 2h, 7d, 2026-11-23 or 2026-11-23T10:00, not \(text)")
            }
        }
    }

    package var text: String { words.joined(separator: " ") }

    /// The query, within the times of the options.
    package func query(now: Int64) throws(QueryError) -> Query {
        let from = since.flatMap { QueryTime.nanoseconds($0.utf8, now: now) } ?? .min
        let to = until.flatMap { QueryTime.nanoseconds($0.utf8, now: now) } ?? .max
        return try Query(parsing: text, now: now).clamped(to: from..<max(from, to))
    }

    package func run() async throws {
        try await SearchFailure.reported(query: text) {
            let environment = ConfigLoader.processEnvironment()
            let question = LogQuestion(text: text, query: try query(now: LocalTime.now))
            let settings = try arguments.settings(environment)
            let source = try arguments.source(settings, environment)
            var show = EventPrinter(json: json, color: color, environment: environment)
            // The pages come newest first, and are shown from the oldest on.
            let wanted = limit == 0 ? Int.max : limit
            let page = try await all(source, question, wanted)
            show.print(page.events.reversed())
            for problem in page.problems { StandardError.write("needletail: \(problem)") }
            if follow {
                try await source.follow(question, from: page.position) { show.print($0) }
            } else if page.next != nil {
                StandardError.write("needletail: there are more; --limit 0 shows all")
            }
        }
    }

    /// One page, or all of them one behind the other.
    private func all(_ source: any LogSource, _ question: LogQuestion, _ wanted: Int) async throws -> LogPage {
        guard wanted == .max else { return try await source.page(question, limit: wanted, before: nil) }
        var result = try await source.page(question, limit: 1000, before: nil)
        while let next = result.next {
            let page = try await source.page(question, limit: 1000, before: next)
            result.events += page.events
            result.next = page.next
        }
        return result
    }
}

/// Prints events in the form that fits where they go.
struct EventPrinter {
    private enum Form { case text, raw, json }

    private let form: Form
    private var text: EventText
    private var printer = Printer()

    init(json: Bool, color: SearchCommand.Colour, environment: [String: String]) {
        let style = TerminalStyle.choose(color, environment)
        form = json ? .json : style == nil ? .raw : .text
        text = EventText(
            style: style ?? TerminalStyle(hasColours: false, columns: nil), today: LocalTime(LocalTime.now).day)
    }

    mutating func print(_ events: [FoundEvent]) {
        if form == .text { text.makeRoom(for: events) }
        for event in events {
            switch form {
            case .json: printer.print(ResultJSON.event(event))
            case .raw: printer.print(text.raw(event))
            case .text: for line in text.lines(event) { printer.print(line) }
            }
        }
        printer.flush()
    }
}

extension TerminalStyle {
    /// nil: the lines as they are, for a pipe.
    static func choose(_ colour: SearchCommand.Colour, _ environment: [String: String]) -> TerminalStyle? {
        let isTerminal = isatty(1) == 1
        guard isTerminal || colour != .auto else { return nil }
        let isPlain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
        return TerminalStyle(
            hasColours: colour == .always || (colour == .auto && !isPlain),
            columns: isTerminal ? TerminalStyle.columns(of: 1) : nil)
    }
}

/// Failures of `search` and `trace`, said on standard error.
enum SearchFailure {
    static func reported(query: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as QueryError {
            throw wrong(query, error)
        } catch LogSourceError.query(let error) {
            throw wrong(query, error)
        } catch LogSourceError.unavailable(let reason) {
            StandardError.write("error: \(reason)")
            throw ExitCode(ExitStatus.noInput.rawValue)
        } catch let error as ConfigurationErrors {
            for problem in error.errors { StandardError.write("error: \(problem)") }
            throw ExitCode(ExitStatus.configuration.rawValue)
        } catch let error as StoreError {
            StandardError.write("error: \(error)")
            throw ExitCode(ExitStatus.noInput.rawValue)
        }
    }

    private static func wrong(_ query: String, _ error: QueryError) -> ExitCode {
        StandardError.write(QueryProblem.text(query, error, columns: TerminalStyle.columns(of: 2)))
        return ExitCode(ExitStatus.usage.rawValue)
    }
}
