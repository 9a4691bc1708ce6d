import AgentConfig
package import ArgumentParser
package import ElasticSetup
import ElasticsearchOutput
import EventModel
import HTTPTransport

/// `needletail setup kibana`.
package struct SetupKibanaCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "kibana",
        abstract: "Imports a data view, searches and a dashboard.",
        discussion: """
            Examples:
              needletail setup kibana
              needletail setup kibana --url https://kibana.example:5601 --space ops -c needletail.yml
              needletail setup kibana --print > needletail.ndjson

            The data view needletail-*, the search "Logs by trace", and a dashboard of events by level and service with \
            the errors below. For Kibana from 8.8, 9.x too. Its credentials are those of output.elasticsearch when -c \
            names a configuration. A second run imports the same objects again under the same ids; with --keep it \
            leaves those that are there, with what people have changed in them.

            Exit status: 0 all is there, 64 wrong usage, 75 no answer in time, 78 refused or wrong configuration.
            """
    )

    @Option(help: ArgumentHelp("Kibana's address, with its base path.", valueName: "url"))
    package var url = "http://localhost:5601"

    @Option(help: ArgumentHelp("Id of the space that gets them; else the default one.", valueName: "id"))
    package var space: String?

    @OptionGroup package var configuration: ConfigurationArguments

    @OptionGroup package var access: SetupArguments

    @Option(help: ArgumentHelp("The data streams that the data view shows.", valueName: "pattern"))
    package var pattern = "needletail-*"

    @Flag(help: "Leave objects that are there as they are.")
    package var keep = false

    @Flag(name: .customLong("print"), help: "Print the objects as NDJSON, to be imported by hand; ask no server.")
    package var prints = false

    package init() {}

    package func validate() throws {
        _ = try SetupArguments.checked(url: url)
        guard IndexText.isPattern(pattern) else {
            throw ValidationError("--pattern takes the name of data streams, such as needletail-*")
        }
    }

    package var options: KibanaSetup.Options {
        var options = KibanaSetup.Options()
        options.space = space
        options.pattern = pattern
        options.keepsExisting = keep
        return options
    }

    package func run() async throws {
        if prints {
            print(String(decoding: KibanaObjects.ndjson(pattern: pattern), as: UTF8.self), terminator: "")
            return
        }
        let environment = ConfigLoader.processEnvironment()
        let output = configuration.files.isEmpty ? nil : try SetupOutputs.load(configuration.options).first
        var client = HTTPClientSettings()
        client.hosts = [url]
        client.username = output?.client.username
        client.password = output?.client.password
        client.bearerToken = output?.client.bearerToken
        let target = try access.target(
            client, apiKey: output?.encodedAPIKey.map { Secret($0) }, environment: environment)
        SetupArguments.warn(target)
        let options = options
        let result = try await SetupCommand.run { report throws(SetupError) in
            try await KibanaSetup.run(options, on: target, report: report)
        }
        for line in SetupText.lines(result) { print(TerminalText.safe(line)) }
    }
}
