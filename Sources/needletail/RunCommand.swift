package import Agent
package import ArgumentParser

/// `needletail run`: the daemon.
package struct RunCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs the agent until it is stopped.",
        discussion: """
            Examples:
              needletail run -c /etc/needletail/needletail.yml
              needletail run -c filebeat.yml -e --path.data /tmp/needletail
              needletail run -c needletail.yml --once -E output.console.pretty=true
            """
    )

    @OptionGroup package var configuration: ConfigurationArguments

    @Flag(name: .customLong("once"), help: "Ship what is there, then end.")
    package var once = false

    @Flag(name: .customShort("e"), help: "Log to standard error, whatever the configuration says.")
    package var logToStandardError = false

    @Flag(name: .customShort("v"), help: "Log at level info.")
    package var verbose = false

    @Option(
        name: .customShort("d"),
        help: ArgumentHelp("Log at level debug; takes Filebeat's selectors, such as \"*\".", valueName: "selectors"))
    package var debug: String?

    @Option(name: .customLong("environment"), help: .hidden)
    package var environment: String?

    package init() {}

    package var options: RunOptions {
        var options = RunOptions()
        options.configuration = configuration.options
        options.once = once
        options.logToStandardError = logToStandardError
        options.logLevel = debug != nil ? "debug" : verbose ? "info" : nil
        return options
    }

    package func run() async throws {
        throw ExitCode(await AgentRunner.run(options).rawValue)
    }
}
