import Agent
import AgentConfig
package import ArgumentParser
import LogQuery

/// `needletail trace`: every line of one trace, over all services.
package struct TraceCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Shows every line of a trace, over all services.",
        discussion: """
            Examples:
              needletail trace 4bf92f3577b34da6a3ce929d0e0e4736
              needletail trace 4bf92f3577b34da6a3ce929d0e0e4736 --flat
              needletail trace 4bf92f3577b34da6a3ce929d0e0e4736 --json | jq '.events[].message'
              needletail trace 4bf92f3577b34da6a3ce929d0e0e4736 --open

            Lines come in the order of their time, each with the time since the first one and, behind an arrow, since \
            the one before; under their spans where the services write span ids.

            Exit status: 0 done, 64 wrong usage, 66 no such trace, store or collector.
            """
    )

    @Argument(help: ArgumentHelp("The trace's id.", valueName: "trace-id"))
    package var id: String

    @OptionGroup package var arguments: SourceArguments

    @Flag(help: "In the order of time alone, without spans.")
    package var flat = false

    @Flag(help: "As JSON, as the API has it.")
    package var json = false

    @Flag(help: "Print the addresses where the trace can be looked at: the collector's page, and collector.trace_url.")
    package var open = false

    @Option(help: "auto: colours on a terminal; always or never.")
    package var color: SearchCommand.Colour = .auto

    package init() {}

    package func validate() throws {
        if id.isEmpty || id.utf8.count > 256 { throw ValidationError("that is no trace id") }
    }

    package func run() async throws {
        try await SearchFailure.reported(query: id) {
            let environment = ConfigLoader.processEnvironment()
            let settings = try arguments.settings(environment)
            if open {
                for address in TraceLinks.addresses(id, page: arguments.page(settings), settings.traceURL) {
                    print(address)
                }
                return
            }
            let clock = ContinuousClock()
            let begin = clock.now
            let trace = try await arguments.source(settings, environment).trace(id)
            guard !trace.lines.isEmpty else {
                throw LogSourceError.unavailable("no event of the trace \(TerminalText.safe(id)) is there")
            }
            var printer = Printer()
            if json {
                printer.print(ResultJSON.trace(trace, took: clock.now - begin))
            } else {
                let style = TerminalStyle.choose(color, environment) ?? TerminalStyle(hasColours: false, columns: nil)
                for line in TraceText(trace, style: style).lines(isFlat: flat) { printer.print(line) }
            }
            printer.flush()
        }
    }
}

/// Where a trace can be looked at.
package enum TraceLinks {
    /// The collector's page, and the viewer that is configured, with `{trace_id}` in its address.
    package static func addresses(_ id: String, page: String, _ viewer: String?) -> [String] {
        let escaped = id.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
        let own = "\(page)/?trace=\(escaped)"
        guard let viewer else { return [own] }
        return [own, viewer.replacing("{trace_id}", with: escaped)]
    }
}
