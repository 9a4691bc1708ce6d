package import AgentConfig
import FileRegistry
import Glibc
import Logging
import Publishing
import ServiceLifecycle
import UnixSignals

/// What the command line calls: one function for each thing that the agent can be asked to do.
///
/// - Signals: `run` and `ship` take over SIGINT and SIGTERM while they run. The first one stops reading, makes one
///   immediate attempt for what is in flight, stores the positions and returns; `run` within `shutdown_timeout`.
/// - Output: `run` writes its own log; the others write nothing themselves, but hand lines to their caller.
/// - Errors: none is thrown; each function returns how the process is to end.
package enum AgentRunner {
    /// Reads the configuration and runs the agent until a signal, or with `once` until everything is settled.
    /// Configuration errors go to standard error, all of them, one a line.
    package static func run(_ options: RunOptions) async -> ExitStatus {
        let sink = AgentLogSink()
        let settings: AgentSettings
        do {
            settings = try load(options.configuration)
        } catch {
            for problem in error.errors { sink.write("error: \(problem)") }
            return .configuration
        }
        let logger = logger(settings.logging, options, sink)
        for warning in settings.warnings { logger.warning("configuration", metadata: ["warning": "\(warning)"]) }
        let problems = RunningAgent.problems(of: settings)
        for problem in problems { sink.write("error: \(problem)") }
        if !problems.isEmpty { return .configuration }
        // Before anything is read: whoever stops an agent that has just begun gets an orderly end, too.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let agent: RunningAgent
        do {
            agent = try await RunningAgent(settings, once: options.once, logger: logger)
        } catch {
            logger.error("the agent cannot start", metadata: ["error.message": "\(error)"])
            return .configuration
        }
        return await serve(agent, until: signals)
    }

    /// Runs a started agent to its end.
    private static func serve(_ agent: RunningAgent, until signals: UnixSignalsSequence) async -> ExitStatus {
        agent.start()
        agent.logger.info("started", metadata: agent.startFields)
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if agent.settings.status.enabled {
            let status = agent.settings.status
            services.append(
                .init(
                    service: StatusServer(
                        address: StatusAddress(host: status.host, port: status.port), logger: agent.logger
                    ) { agent.status }))
        }
        services.append(.init(service: ReportingService(agent: agent, notify: SystemdNotify())))
        services.append(
            .init(service: PipelinesService(agent: agent), successTerminationBehavior: .gracefullyShutdownGroup))
        services.append(
            .init(service: SignalService(signals: signals), successTerminationBehavior: .gracefullyShutdownGroup))
        var quiet = agent.logger
        quiet.logLevel = .error
        var configuration = ServiceGroupConfiguration(services: services, logger: quiet)
        // The pipelines keep their own deadline; this is the net below it.
        configuration.maximumGracefulShutdownDuration = agent.settings.shutdownTimeout + .seconds(10)
        var result = ExitStatus.success
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            agent.logger.error("the agent ends", metadata: ["error.message": "\(error)"])
            agent.stop()
            try? await agent.wait()
            result = .software
        }
        await agent.close()
        let pipelines = agent.status.pipelines
        agent.logger.info(
            "stopped",
            metadata: [
                "events.delivered": "\(pipelines.reduce(0) { $0 + $1.eventsDelivered })",
                "bytes.pending": "\(pipelines.reduce(0) { $0 + $1.pendingBytes })",
            ])
        return result
    }

    /// Reads and checks the configuration without running anything.
    package static func testConfig(_ options: ConfigOptions) -> ConfigReport {
        var report = ConfigReport()
        do {
            let settings = try load(options)
            report.warnings = settings.warnings
            report.dataDirectory = settings.dataPath
            report.errors = RunningAgent.problems(of: settings)
        } catch {
            report.errors = error.errors.map { "\($0)" }
        }
        return report
    }

    /// Reads the registry of the configured data directory, beside a running agent too.
    /// - Returns: what to print: the answer, or why there is none.
    package static func registry(_ query: RegistryQuery, _ options: ConfigOptions) -> (status: ExitStatus, text: String)
    {
        do {
            let directory = try options.data ?? load(options).dataPath
            let reader = try RegistryReader(directory: directory)
            switch query {
            case .list(json: false): return (.success, RegistryListing(reader.entries).table)
            case .list(json: true): return (.success, RegistryListing(reader.entries).json)
            case .show(let path):
                let found = reader.entries(path: path)
                guard !found.isEmpty else {
                    return (.noInput, "\(path): the registry in \(directory) does not know it")
                }
                return (.success, RegistryListing(found).details)
            }
        } catch let error as ConfigurationErrors {
            return (.configuration, error.errors.map { "error: \($0)" }.joined(separator: "\n"))
        } catch {
            return (.noInput, "\(error)")
        }
    }

    // MARK: Configuration

    package static func load(_ options: ConfigOptions) throws(ConfigurationErrors) -> AgentSettings {
        var overrides = options.overrides
        for (key, value) in [
            ("path.home", options.home), ("path.config", options.config), ("path.data", options.data),
            ("path.logs", options.logs),
        ] {
            if let value { overrides.append("\(key)=\"\(value)\"") }
        }
        let files =
            options.files.isEmpty ? ["\(options.config ?? PathSettings().config)/needletail.yml"] : options.files
        return try ConfigLoader.load(
            files: files, overrides: overrides, environment: environment(),
            strictPermissions: options.strictPermissions)
    }

    static func environment() -> [String: String] {
        var result: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { result[String(pair[0])] = String(pair[1]) }
            unsafe entry += 1
        }
        return result
    }

    private static func logger(_ settings: LoggingSettings, _ options: RunOptions, _ sink: AgentLogSink) -> Logger {
        let level =
            options.logLevel.flatMap { Logger.Level(rawValue: $0) } ?? Logger.Level(rawValue: settings.level.rawValue)
        let journal = AgentLogStyle.isJournal(descriptor: 2, variable: SystemdNotify.variable("JOURNAL_STREAM"))
        let style = AgentLogStyle(format: settings.json ? .json : .text, levelPrefix: journal)
        return Logger.agent("needletail", level: level ?? .info, style: style, sink: sink)
    }
}

/// A question to the registry.
package enum RegistryQuery: Sendable, Equatable {
    /// All files: path, offset, pipeline, … as a table or as a JSON array.
    case list(json: Bool)
    /// Everything that is known of the files with that path.
    case show(path: String)
}

/// What `test config` found, and where the agent would keep its data.
package struct ConfigReport: Sendable, Equatable {
    /// All errors, each with file, line and column; empty when the configuration is good.
    package var errors: [String] = []
    package var warnings: [String] = []
    /// The data directory (`path.data`); nil when the configuration is too broken to tell.
    package var dataDirectory: String?

    package init() {}
}
