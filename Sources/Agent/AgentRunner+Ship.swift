import AgentConfig
import FileInput
import FileRegistry
import Glibc
import Logging
import Publishing
import ServiceLifecycle
import UnixSignals

/// Shipping files once.
extension AgentRunner {
    /// Ships files once.
    ///
    /// - Parameter progress: called about ten times a second while there is something to tell, from any thread, one
    ///   call at a time; never after the function has returned.
    package static func ship(
        _ request: ShipRequest, progress: @escaping @Sendable (ShipProgress) -> Void
    ) async -> ShipResult {
        var result = ShipResult(status: .success, progress: ShipProgress())
        let job: ShipJob
        let settings: AgentSettings
        do {
            job = try ShipJob(request)
            settings = try job.settings(request)
        } catch let error as ConfigurationErrors {
            return failed(.usage, error.errors.map { "\($0)" })
        } catch let error as ShipError {
            return failed(error.status, error.messages)
        } catch {
            return failed(.software, ["\(error)"])
        }
        let notes = ShipNotes()
        // Before anything is read: whoever interrupts what has just begun gets an orderly end, too.
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let agent: RunningAgent
        do {
            agent = try await RunningAgent(
                settings, once: true, keepsPositions: request.resume != nil, compressedFiles: job.compressed,
                logger: Logger(label: "needletail") { _ in notes.handler })
        } catch {
            return failed(.configuration, ["\(error)"])
        }
        let resumed = agent.resumedBytes
        let clock = ContinuousClock()
        let begin = clock.now
        agent.start()
        let toConsole = settings.outputs.contains { $0.kind.label == "console" }
        let ended = await watch(agent, signals, timeout: request.timeout, toConsole: toConsole) {
            progress(job.progress(agent.status, resumed: resumed, elapsed: clock.now - begin))
        }
        result.progress = job.progress(agent.status, resumed: resumed, elapsed: clock.now - begin)
        result.messages = notes.messages
        result.interrupted = ended == .interrupted
        await agent.close()
        if case .failed(let text) = ended { return failed(.software, [text]) }
        let everything = result.progress.settledBytes >= result.progress.totalBytes ?? 0
        if ended != .completed || !everything || notes.hasErrors { result.status = .notDelivered }
        if ended == .timedOut { result.messages.append("not everything was delivered in time") }
        if ended == .readerGone { result.messages.append("standard output: nobody reads it any more") }
        return result
    }

    /// Whether standard output is a pipe whose reader went away (`ship FILE --to - | head`): it will never come back.
    private static func readerIsGone() -> Bool {
        var wait = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        return unsafe poll(&wait, 1, 0) == 1 && wait.revents & Int16(POLLERR) != 0
    }

    private static func failed(_ status: ExitStatus, _ messages: [String]) -> ShipResult {
        var result = ShipResult(status: status, progress: ShipProgress())
        result.messages = messages
        return result
    }

    enum ShipEnd: Sendable, Equatable {
        case completed, interrupted, timedOut, readerGone
        case failed(String)
    }

    /// Waits for the end, whichever comes first, and shows the progress meanwhile.
    private static func watch(
        _ agent: RunningAgent, _ signals: UnixSignalsSequence, timeout: Duration?, toConsole: Bool,
        _ show: @escaping @Sendable () -> Void
    ) async -> ShipEnd {
        await withTaskGroup(of: ShipEnd?.self) { group in
            group.addTask {
                do {
                    try await agent.wait()
                    return .completed
                } catch {
                    return .failed("\(error)")
                }
            }
            group.addTask {
                for await _ in signals { return .interrupted }
                return nil
            }
            group.addTask {
                while !Task.isCancelled {
                    show()
                    if toConsole, readerIsGone() { return .readerGone }
                    try? await Task.sleep(for: .milliseconds(100))
                }
                return nil
            }
            if let timeout {
                group.addTask {
                    try? await Task.sleep(for: timeout)
                    return Task.isCancelled ? nil : .timedOut
                }
            }
            var end = ShipEnd.completed
            for await finished in group {
                guard let finished else { continue }
                end = finished
                break
            }
            if end != .completed { agent.stop() }
            group.cancelAll()
            return end
        }
    }
}
