import Agent
import AgentConfig
package import ArgumentParser
import Collector
import Logging
import Synchronization

/// `needletail demo`: the whole system in one process, with something to look at.
package struct DemoCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Shows the whole system on this host: services, agent, collector, page.",
        discussion: """
            Examples:
              needletail demo
              needletail demo --rate 200
              needletail demo /var/log/syslog '/var/log/app/*.log'

            Without paths, three small services are played: gateway and checkout log as zap does, payments as logrus \
            does; they share trace ids, and now and then something goes wrong. An agent follows their files and ships \
            them by Lumberjack to a collector. All of it is in one process, on loopback and free ports, in a temporary \
            directory. With paths, those files are followed from their beginning instead.

            Exit status: 0 stopped by a signal, 66 no such file, 78 a directory or port that can't be used.
            """
    )

    @Argument(
        help: ArgumentHelp("Files or globs to follow instead of the demo's own services.", valueName: "path"),
        completion: .file())
    package var paths: [String] = []

    @Option(help: ArgumentHelp("Lines a second that the services write.", valueName: "lines"))
    package var rate: Double = 20

    @Option(help: ArgumentHelp("Port of the page; 0: one that is free.", valueName: "port"))
    package var port: Int = 0

    @Option(
        help: ArgumentHelp("Work in this directory and leave it there.", valueName: "dir"), completion: .directory)
    package var keep: String?

    package init() {}

    package func validate() throws {
        if !(0.1...5000).contains(rate) { throw ValidationError("--rate is a number from 0.1 to 5000") }
        if !(0...65_535).contains(port) { throw ValidationError("--port is a number from 0 to 65535") }
    }

    package func run() async throws {
        let directory: DemoDirectory
        do {
            directory = try DemoDirectory(keep: keep)
        } catch {
            StandardError.write("error: \(error)")
            throw ExitCode(ExitStatus.configuration.rawValue)
        }
        let result = await play(in: directory)
        if directory.isTemporary {
            directory.remove()
            StandardError.write("Ended; \(directory.path) is removed.")
        }
        if result != .success { throw ExitCode(result.rawValue) }
    }

    /// Everything up to the signal that ends it.
    private func play(in directory: DemoDirectory) async -> ExitStatus {
        let logger = Logger.agent(
            "needletail.demo", level: .warning, style: AgentLogStyle(format: .text, levelPrefix: false),
            sink: AgentLogSink())
        // What happened before now is written while the collector starts.
        let scene: DemoScene
        do {
            scene = try DemoScene(self.paths, rate: rate, directory: directory, logger: logger)
        } catch {
            StandardError.write("error: \(error)")
            return .noInput
        }
        defer { scene.stop() }
        let (ready, readied) = AsyncStream.makeStream(of: CollectorAddresses.self)
        let (ending, ended) = AsyncStream.makeStream(of: Void.self)
        var host = CollectorHost(logger: logger)
        host.ready = { readied.yield($0) }
        host.stopping = { ended.finish() }
        let settings = settings(directory)
        return await withTaskGroup(of: ExitStatus.self) { [host] tasks in
            tasks.addTask {
                // However the collector ends, the agent ends with it.
                defer {
                    readied.finish()
                    ended.finish()
                }
                do throws(CollectorError) {
                    try await CollectorRunner.run(settings, host: host)
                    return .success
                } catch {
                    StandardError.write("error: \(error.message)")
                    return .configuration
                }
            }
            tasks.addTask {
                for await addresses in ready { return await scene.ship(to: addresses, until: ending) }
                return .success
            }
            var result = ExitStatus.success
            for await status in tasks where status != .success { result = status }
            return result
        }
    }

    private func settings(_ directory: DemoDirectory) -> CollectorSettings {
        var settings = CollectorSettings()
        settings.dataPath = directory.path + "/store"
        settings.http.port = port
        settings.lumberjack.port = 0
        settings.shutdownTimeout = .seconds(1)
        settings.logging.summary = false
        return settings
    }
}
