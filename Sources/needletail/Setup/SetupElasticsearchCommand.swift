import Agent
import AgentConfig
package import ArgumentParser
package import ElasticSetup
import ElasticsearchOutput
import EventModel
import HTTPTransport

/// `needletail setup elasticsearch`.
package struct SetupElasticsearchCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "elasticsearch",
        abstract: "Loads the index template and the lifecycle of needletail-*.",
        discussion: """
            Examples:
              needletail setup elasticsearch -c needletail.yml
              needletail setup elasticsearch --url http://localhost:9200 --retention 14d --replicas 0
              needletail setup elasticsearch --print

            It asks the hosts of output.elasticsearch with its credentials, or --url, and waits for a cluster that is \
            still starting. What is there already is left as it is; what differs from this version is updated; what \
            somebody else has made is not touched without --force. Elasticsearch from 7.9, and OpenSearch.

            The credentials need the cluster privileges monitor and manage_index_templates, and manage_ilm for an ILM \
            policy.

            Exit status: 0 all is there, 64 wrong usage, 75 no answer in time, 78 refused or wrong configuration.
            """
    )

    @OptionGroup package var configuration: ConfigurationArguments

    @Option(help: ArgumentHelp("Ask this address instead of those in the configuration.", valueName: "url"))
    package var url: String?

    @OptionGroup package var access: SetupArguments

    @Option(
        help: ArgumentHelp(
            "auto (by what the server is), dsl (data stream lifecycle), ilm, ism (OpenSearch) or none.",
            valueName: "kind"))
    package var lifecycle = ElasticsearchOptions.Lifecycle.auto

    @Option(help: ArgumentHelp("Keep events so long: 30d, 12h, forever (30d).", valueName: "time"))
    package var retention: Retention?

    @Option(help: ArgumentHelp("Primary shards of each index.", valueName: "n"))
    package var shards = 1

    @Option(help: ArgumentHelp("Copies of each shard; 0 for a single node.", valueName: "n"))
    package var replicas = 1

    @Option(help: ArgumentHelp("Name of the template and the policy.", valueName: "name"))
    package var name = "needletail"

    @Option(help: ArgumentHelp("The data streams that are meant.", valueName: "pattern"))
    package var pattern = "needletail-*"

    @Flag(help: "Replace what somebody else has made under that name.")
    package var force = false

    @Flag(name: .customLong("print"), help: "Print what would be loaded, as Kibana's console takes it; ask no server.")
    package var prints = false

    package init() {}

    package func validate() throws {
        if let url { _ = try SetupArguments.checked(url: url) }
        guard (1...1024).contains(shards) else { throw ValidationError("--shards takes 1 to 1024") }
        guard (0...100).contains(replicas) else { throw ValidationError("--replicas takes 0 to 100") }
        guard IndexText.isName(name) else {
            throw ValidationError("--name takes small letters, digits, '-', '_' and '.'")
        }
        guard IndexText.isPattern(pattern) else {
            throw ValidationError("--pattern takes the name of data streams, such as needletail-*")
        }
    }

    package var options: ElasticsearchOptions {
        var options = ElasticsearchOptions()
        options.lifecycle = lifecycle
        if let retention { options.retention = retention.time }
        options.shards = shards
        options.replicas = replicas
        options.name = name
        options.pattern = pattern
        options.force = force
        return options
    }

    package func run() async throws {
        let options = options
        if prints {
            let text = try await SetupCommand.run { _ throws(SetupError) in try ElasticsearchSetup.printed(options) }
            print(text, terminator: "")
            StandardError.write("needletail: this is \(ElasticsearchSetup.printedFor(options))")
            return
        }
        let environment = ConfigLoader.processEnvironment()
        for target in try targets(environment) {
            SetupArguments.warn(target)
            let result = try await SetupCommand.run { report throws(SetupError) in
                try await ElasticsearchSetup.run(options, on: target, report: report)
            }
            for line in SetupText.lines(result) { print(TerminalText.safe(line)) }
        }
    }

    /// Each output of the configuration that speaks to Elasticsearch, or the one address that was named.
    private func targets(_ environment: [String: String]) throws -> [SetupTarget] {
        var outputs = url == nil || !configuration.files.isEmpty ? try SetupOutputs.load(configuration.options) : []
        if let url {
            var output = outputs.first ?? ElasticsearchSettings()
            output.client.hosts = [url]
            outputs = [output]
        }
        guard !outputs.isEmpty else {
            StandardError.write("error: the configuration has no output.elasticsearch; name a server with --url")
            throw ExitCode(ExitStatus.configuration.rawValue)
        }
        return try outputs.map {
            try access.target($0.client, apiKey: $0.encodedAPIKey.map { Secret($0) }, environment: environment)
        }
    }
}

extension Retention: ExpressibleByArgument {}
extension ElasticsearchOptions.Lifecycle: ExpressibleByArgument {}
