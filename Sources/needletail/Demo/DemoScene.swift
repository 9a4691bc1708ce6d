import Agent
import Collector
import Glibc
import Logging

/// What a demo ships, and the agent that ships it.
struct DemoScene: Sendable {
    /// nil: paths were given.
    private let writer: DemoWriter?
    private let paths: [String]
    private let directory: DemoDirectory
    private let logger: Logger

    /// The past that the services' story has.
    private static let past = 15.0 * 60

    /// - Throws: `DemoWriter.StoryError` when a file can't be made or is not there.
    init(_ paths: [String], rate: Double, directory: DemoDirectory, logger: Logger) throws(DemoWriter.StoryError) {
        self.directory = directory
        self.logger = logger
        guard paths.isEmpty else {
            writer = nil
            self.paths = paths.map(DemoDirectory.absolute)
            for path in self.paths where !path.contains(where: { "*?[{".contains($0) }) {
                guard unsafe access(path, R_OK) == 0 else {
                    throw DemoWriter.StoryError(description: "\(path): \(unsafe String(cString: strerror(errno)))")
                }
            }
            return
        }
        // Some thousand lines of the past are enough, however fast it goes on.
        let past = min(DemoScene.past, 20_000 / rate)
        let writer = try DemoWriter(directory: directory.path + "/logs", rate: rate, past: past)
        self.writer = writer
        self.paths = writer.paths
    }

    func stop() { writer?.stop() }

    /// Ships until the end comes.
    func ship(to addresses: CollectorAddresses, until ending: AsyncStream<Void>) async -> ExitStatus {
        guard let lumberjack = addresses.lumberjack, let http = addresses.http else { return .software }
        do throws(EmbeddedAgent.ExitError) {
            let agent = try await EmbeddedAgent(
                paths: paths, destination: "lumberjack://\(lumberjack)", data: directory.path + "/agent",
                logger: logger)
            print(DemoGreeting.text(http: http, lumberjack: lumberjack, trace: writer?.troubledTrace, directory))
            StandardOutput.flush()
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    do {
                        try await agent.run()
                    } catch {
                        logger.error("the agent ended", metadata: ["error.message": "\(error)"])
                    }
                }
                tasks.addTask { for await _ in ending {} }
                await tasks.next()
                tasks.cancelAll()
            }
            return .success
        } catch {
            StandardError.write("error: \(error)")
            // Without an agent there is nothing to look at.
            kill(getpid(), SIGTERM)
            return error.status
        }
    }
}

/// What a demo says when everything runs.
enum DemoGreeting {
    /// - Parameter trace: the id of a trace worth looking at; nil: other files are followed.
    static func text(http: String, lumberjack: String, trace: String?, _ directory: DemoDirectory) -> String {
        let name = CommandLine.arguments.first ?? "needletail"
        var lines = [
            trace == nil
                ? "An agent ships the files to a collector; Ctrl-C ends both."
                : "Three services write logs, an agent ships them, a collector keeps them; Ctrl-C ends all.",
            "",
            "  Look at them   \(http)/",
            "",
            "  Or ask, from another terminal:",
        ]
        let first = trace == nil ? "level:>=warn" : "level:error service:checkout since:15m"
        lines.append("    \(name) search --url \(http) '\(first)'")
        if let trace { lines.append("    \(name) trace --url \(http) \(trace)") }
        lines.append("    \(name) search --url \(http) --follow \(trace == nil ? "''" : "'service:payments'")")
        if trace == nil { lines.append("    \(name) search --url \(http) --json --limit 5 ''") }
        lines += ["", "  Ship to it     \(name) ship app.log --to lumberjack://\(lumberjack)"]
        lines.append("  Its files      \(directory.path)\(directory.isTemporary ? " (removed at the end)" : "")")
        return lines.joined(separator: "\n")
    }
}
