import Agent
package import ArgumentParser

/// `needletail registry`: which files the agent knows, and how far each is settled.
package struct RegistryCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "registry",
        abstract: "Shows which files are known, and how far each is settled.",
        discussion: """
            Examples:
              needletail registry list
              needletail registry list --json --path.data /var/lib/needletail
              needletail registry show /var/log/app.log

            The agent may be running.
            """,
        subcommands: [RegistryListCommand.self, RegistryShowCommand.self]
    )

    package init() {}

    /// Prints the answer, or says on standard error why there is none.
    static func answer(_ query: RegistryQuery, _ options: ConfigOptions) throws {
        let (status, text) = AgentRunner.registry(query, options)
        guard status == .success else {
            StandardError.write("needletail: \(text)")
            throw ExitCode(status.rawValue)
        }
        print(text)
    }
}

/// `needletail registry list`.
package struct RegistryListCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists all files.",
        discussion: "Example: needletail registry list --json"
    )

    @OptionGroup package var configuration: ConfigurationArguments

    @Flag(help: "As JSON.") package var json = false

    package init() {}

    package func run() async throws {
        try RegistryCommand.answer(.list(json: json), configuration.options)
    }
}

/// `needletail registry show PATH`.
package struct RegistryShowCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows everything that is known of one path.",
        discussion: "Example: needletail registry show /var/log/app.log"
    )

    @Argument(help: ArgumentHelp("Path of the log file.", valueName: "path"), completion: .file())
    package var path: String

    @OptionGroup package var configuration: ConfigurationArguments

    package init() {}

    package func run() async throws {
        try RegistryCommand.answer(.show(path: path), configuration.options)
    }
}
