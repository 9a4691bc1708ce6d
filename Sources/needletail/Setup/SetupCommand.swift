package import Agent
package import ArgumentParser
package import ElasticSetup

/// `needletail setup`: what the servers need to know before events come.
package struct SetupCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Loads templates into Elasticsearch, and a dashboard into Kibana.",
        discussion: """
            Examples:
              needletail setup elasticsearch -c needletail.yml
              needletail setup elasticsearch --print
              needletail setup kibana --url http://localhost:5601

            A second run changes nothing.
            """,
        subcommands: [SetupElasticsearchCommand.self, SetupKibanaCommand.self]
    )

    package init() {}

    /// Runs a setup, says on standard error what is on the way and why it failed, and ends with that status.
    static func run<Result>(
        _ body: (@escaping SetupReport) async throws(SetupError) -> Result
    ) async throws -> Result {
        do throws(SetupError) {
            return try await body { StandardError.write("needletail: " + TerminalText.safe($0)) }
        } catch {
            StandardError.write("error: " + TerminalText.safe("\(error)"))
            throw ExitCode(status(of: error).rawValue)
        }
    }

    /// What may go better later is told from what somebody has to put right.
    package static func status(of error: SetupError) -> ExitStatus {
        error.isTransient ? .notDelivered : .configuration
    }
}
