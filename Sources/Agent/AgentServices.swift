import AgentConfig
import Logging
import ServiceLifecycle
import UnixSignals

/// The pipelines as one service: a graceful shutdown stops them, and its end is theirs.
struct PipelinesService: Service {
    let agent: RunningAgent

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await agent.wait()
        } onGracefulShutdown: {
            agent.stop()
        }
    }
}

/// Ends with the first signal, and the others with it. The signals are trapped long before the services run.
struct SignalService: Service {
    let signals: UnixSignalsSequence

    func run() async throws {
        for try await _ in signals.cancelOnGracefulShutdown() { return }
    }
}

/// Tells how the agent is: a line in the log when something happened, the status text and watchdog of systemd.
struct ReportingService: Service {
    /// The text under `systemctl status` is renewed so often, where a service manager listens.
    private static let statusInterval = Duration.seconds(5)

    let agent: RunningAgent
    let notify: SystemdNotify?

    func run() async throws {
        notify?.ready(status: SystemdNotifyText.text(from: nil, to: agent.status))
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                if agent.settings.logging.summary { group.addTask { await summaries() } }
                if let notify {
                    group.addTask { await statusTexts(notify) }
                    if let interval = notify.watchdogInterval {
                        group.addTask { await watchdog(notify, every: interval) }
                    }
                }
                await waitForShutdown()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            notify?.stopping(status: "stopping")
        }
    }

    private func waitForShutdown() async {
        try? await gracefulShutdown()
    }

    private func summaries() async {
        var earlier: AgentStatus?
        while await pause(agent.settings.logging.summaryPeriod) {
            let now = agent.status
            for fields in AgentLogSummary.lines(from: earlier, to: now) {
                agent.logger.info(AgentLogSummary.message, metadata: fields)
            }
            earlier = now
        }
    }

    private func statusTexts(_ notify: SystemdNotify) async {
        var earlier: AgentStatus?
        while await pause(ReportingService.statusInterval) {
            let now = agent.status
            notify.status(SystemdNotifyText.text(from: earlier, to: now))
            earlier = now
        }
    }

    /// Only pipelines that have answered keep the watchdog quiet: one that hangs is to be restarted.
    private func watchdog(_ notify: SystemdNotify, every interval: Duration) async {
        var asked = agent.askForSignsOfLife()
        while await pause(interval) {
            if agent.signsOfLife >= asked { notify.watchdog() }
            asked = agent.askForSignsOfLife()
        }
    }

    /// - Returns: false when the time was cut short by the end.
    private func pause(_ time: Duration) async -> Bool {
        do {
            try await Task.sleep(for: time)
            return true
        } catch {
            return false
        }
    }
}
