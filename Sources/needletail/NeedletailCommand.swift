package import ArgumentParser

/// The command line: every command is a file of its own and does no more than ask `AgentRunner`.
@main
package struct Needletail: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "needletail",
        abstract: "Ships log files: keeps its place in them, and knows that they arrived.",
        discussion: """
            Examples:
              needletail run -c /etc/needletail/needletail.yml
              needletail ship /var/log/app/*.log --to lumberjack://logs.example:5044
              needletail test config -c needletail.yml

            Without a command, options are those of run: needletail -c filebeat.yml -e.

            Exit status: 0 done, 64 wrong usage, 66 no such input, 75 not delivered in time, 78 wrong configuration.
            """,
        version: VersionCommand.text,
        subcommands: [
            DemoCommand.self, RunCommand.self, ShipCommand.self, CollectCommand.self, SearchCommand.self,
            TraceCommand.self, SetupCommand.self, TestCommand.self, RegistryCommand.self, VersionCommand.self,
            CompletionsCommand.self,
        ]
    )

    package init() {}

    package static func main() async {
        let arguments: [String]? = CommandLineForm.normalised(Array(CommandLine.arguments.dropFirst()))
        await main(arguments)
    }
}
