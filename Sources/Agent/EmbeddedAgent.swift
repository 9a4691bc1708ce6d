import AgentConfig
import FileInput
import Glibc
package import Logging
import ServiceLifecycle

/// An agent inside another command's process: follows some files, ships them to one place, until it is told to end.
///
/// - Errors: `ExitError` at `init`, in an operator's words. Later troubles are logged and retried, as in `run`.
package struct EmbeddedAgent: Service {
    /// Why there is no agent.
    package struct ExitError: Error, CustomStringConvertible {
        package let status: ExitStatus
        package let description: String
    }

    private let agent: RunningAgent

    /// - Parameters:
    ///   - paths: files and globs; what a glob matches later is followed, too.
    ///   - destination: as `ship --to` takes it.
    ///   - data: directory for the place in each file.
    package init(paths: [String], destination: String, data: String, logger: Logger) async throws(ExitError) {
        var settings = AgentSettings()
        var input = FileInputSettings()
        input.id = "demo"
        input.symlinks = true
        // A name that exists is that file, whatever letters it has.
        input.paths = paths.map { unsafe access($0, F_OK) == 0 ? PathLiteral.pattern($0) : $0 }
        input.checkInterval = .seconds(2)
        settings.inputs = [input]
        settings.paths.data = data
        settings.shutdownTimeout = .seconds(1)
        do {
            settings.outputs = [try ShipTarget.parse(destination)]
        } catch {
            throw ExitError(status: .usage, description: error.errors.map { "\($0)" }.joined(separator: "\n"))
        }
        let problems = RunningAgent.problems(of: settings)
        guard problems.isEmpty else {
            throw ExitError(status: .noInput, description: problems.joined(separator: "\n"))
        }
        do {
            agent = try await RunningAgent(settings, once: false, logger: logger)
        } catch {
            throw ExitError(status: .configuration, description: "\(error)")
        }
    }

    /// Runs until a graceful shutdown or cancellation; what was read by then gets a second to arrive.
    package func run() async throws {
        let agent = agent
        agent.start()
        let result: Result<Void, any Error>
        do {
            try await withTaskCancellationOrGracefulShutdownHandler {
                try await agent.wait()
            } onCancelOrGracefulShutdown: {
                agent.stop()
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await agent.close()
        try result.get()
    }
}
