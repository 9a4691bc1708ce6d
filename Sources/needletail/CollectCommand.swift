import Agent
package import AgentConfig
package import ArgumentParser
package import Collector
import Logging

/// `needletail collect`: the collector.
package struct CollectCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Receives, stores and shows logs on this host.",
        discussion: """
            Examples:
              needletail collect
              needletail collect --data /tmp/logs -E collector.http.port=8080
              needletail collect -c /etc/needletail/collector.yml

            It listens on 127.0.0.1: Lumberjack (Filebeat, Logstash, Needletail) on 5044; Elasticsearch's _bulk, \
            OTLP's /v1/logs, NDJSON on /ingest, and the page on 5080. Off loopback it wants TLS and a token or client \
            certificates (collector.yml says how).

            Exit status: 0 stopped by a signal, 78 wrong configuration, or a port or directory that is taken.
            """
    )

    @Option(
        help: ArgumentHelp("Directory of the store (path.data).", valueName: "dir"), completion: .directory)
    package var data: String?

    @Option(
        name: .customShort("c"),
        help: ArgumentHelp("Configuration file; may be given several times, later ones win.", valueName: "file"),
        completion: .file())
    package var files: [String] = []

    @Option(
        name: .customShort("E"),
        help: ArgumentHelp("Overrides a setting: -E collector.http.port=8080", valueName: "key=value"))
    package var overrides: [String] = []

    @Flag(help: "Let others on the network in without TLS, or without a token or certificate.")
    package var insecure = false

    @Option(
        name: .customLong("strict.perms"),
        help: ArgumentHelp("Refuse configuration files that others can write.", valueName: "true|false"))
    package var strictPermissions: Bool = true

    package init() {}

    /// The settings that files and options make; `data` wins.
    package func settings(environment: [String: String]) throws(ConfigurationErrors) -> CollectorSettings {
        var settings = try ConfigLoader.loadCollector(
            files: files, overrides: overrides, environment: environment, strictPermissions: strictPermissions)
        if let data { settings.dataPath = data }
        return settings
    }

    package func run() async throws {
        let settings: CollectorSettings
        do throws(ConfigurationErrors) {
            settings = try self.settings(environment: ConfigLoader.processEnvironment())
        } catch {
            for problem in error.errors { StandardError.write("error: \(problem)") }
            throw ExitCode(ExitStatus.configuration.rawValue)
        }
        let host = host(settings)
        for warning in settings.warnings { host.logger.warning("configuration", metadata: ["warning": "\(warning)"]) }
        do throws(CollectorError) {
            try await CollectorRunner.run(settings, insecure: insecure, host: host)
        } catch {
            for line in error.message.split(separator: "\n") { StandardError.write("error: \(line)") }
            throw ExitCode(ExitStatus.configuration.rawValue)
        }
    }

    private func host(_ settings: CollectorSettings) -> CollectorHost {
        let journal = AgentLogStyle.isJournal(descriptor: 2, variable: SystemdNotify.variable("JOURNAL_STREAM"))
        let style = AgentLogStyle(format: settings.logging.json ? .json : .text, levelPrefix: journal)
        let level = Logger.Level(rawValue: settings.logging.level.rawValue) ?? .info
        let sink = AgentLogSink()
        var host = CollectorHost(
            logger: Logger.agent("needletail.collector", level: level, style: style, sink: sink))
        let notify = SystemdNotify()
        host.ready = { addresses in
            notify?.ready(status: "listening")
            print(CollectGreeting.text(addresses))
            StandardOutput.flush()
        }
        host.status = { notify?.status($0) }
        host.stopping = { notify?.stopping(status: "stopping") }
        host.watchdogInterval = notify?.watchdogInterval
        host.alive = { notify?.watchdog() }
        return host
    }
}

/// The first lines of `collect`: where everything is, and what to do next.
package enum CollectGreeting {
    package static func text(_ addresses: CollectorAddresses) -> String {
        var lines = ["Needletail collects; Ctrl-C ends it."]
        if let http = addresses.http { lines.append("  page        \(http)/") }
        if let lumberjack = addresses.lumberjack {
            let tls = addresses.lumberjackUsesTLS ? ", TLS" : ""
            lines.append("  Lumberjack  \(lumberjack)\(tls)   (output.logstash.hosts of Needletail and Filebeat)")
        }
        if let http = addresses.http {
            lines.append("  bulk        \(http)   (as Elasticsearch)")
            lines.append("  OTLP        \(http)/v1/logs")
            lines.append("  NDJSON      \(http)/ingest")
        }
        lines.append("  data        \(addresses.dataPath)")
        if let lumberjack = addresses.lumberjack, !addresses.lumberjackUsesTLS {
            lines.append("Try: needletail ship app.log --to lumberjack://\(lumberjack)")
        } else if let http = addresses.http, http.hasPrefix("http:") {
            lines.append("Try: curl --data-binary @app.ndjson \(http)/ingest")
        }
        return lines.joined(separator: "\n")
    }
}
