import Agent
package import ArgumentParser

/// `needletail test`: is the configuration good, and do the outputs answer?
package struct TestCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Checks the configuration, or the outputs.",
        discussion: """
            Examples:
              needletail test config -c needletail.yml
              needletail test output -c needletail.yml -E output.logstash.hosts=logs.example:5044
            """,
        subcommands: [TestConfigCommand.self, TestOutputCommand.self]
    )

    package init() {}
}

/// `needletail test config`: all errors at once, each with its place.
package struct TestConfigCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Says OK, or everything that is wrong in the configuration.",
        discussion: "Example: needletail test config -c needletail.yml"
    )

    @OptionGroup package var configuration: ConfigurationArguments

    package init() {}

    package func run() async throws {
        let report = AgentRunner.testConfig(configuration.options)
        for warning in report.warnings { StandardError.write("warning: \(warning)") }
        for error in report.errors { StandardError.write("error: \(error)") }
        guard report.errors.isEmpty else { throw ExitCode(ExitStatus.configuration.rawValue) }
        print("Config OK")
    }
}

/// `needletail test output`: each step to each output, with its time.
package struct TestOutputCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "output",
        abstract: "Resolves, connects, does TLS and the protocol's hello with each output.",
        discussion: "Example: needletail test output -c needletail.yml"
    )

    @OptionGroup package var configuration: ConfigurationArguments

    package init() {}

    package func run() async throws {
        throw ExitCode(await AgentRunner.testOutput(configuration.options) { print($0) }.rawValue)
    }
}
