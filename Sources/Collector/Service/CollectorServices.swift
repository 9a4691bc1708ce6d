import AgentConfig
import LogStore
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// Ends with the first signal, and the others with it.
struct SignalService: Service {
    let signals: UnixSignalsSequence

    func run() async throws {
        for try await _ in signals.cancelOnGracefulShutdown() { return }
    }
}

/// Tells how the collector is: a line in the log when something came in, the status text and watchdog of systemd.
struct ReportingService: Service {
    private static let statusInterval = Duration.seconds(5)

    let parts: CollectorParts
    let host: CollectorHost
    let group: any EventLoopGroup

    func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { tasks in
                if parts.settings.logging.summary { tasks.addTask { await summaries() } }
                tasks.addTask { await statusTexts() }
                if let interval = host.watchdogInterval { tasks.addTask { await watchdog(every: interval) } }
                try? await gracefulShutdown()
                tasks.cancelAll()
            }
        } onGracefulShutdown: {
            host.stopping()
        }
    }

    private func summaries() async {
        var earlier = [CollectorProtocol: ReceivingCounts]()
        while await pause(parts.settings.logging.summaryPeriod) {
            let now = parts.intake.counters.counts
            for (kind, counts) in now.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                let before = earlier[kind] ?? ReceivingCounts()
                guard counts != before else { continue }
                host.logger.info(
                    "received",
                    metadata: [
                        "protocol": "\(kind.rawValue)", "events": "\(counts.events - before.events)",
                        "bytes": "\(counts.bytes - before.bytes)",
                        "duplicates": "\(counts.duplicates - before.duplicates)",
                        "refused": "\(counts.refused - before.refused)",
                        "wrapped": "\(counts.wrapped - before.wrapped)",
                        "overloads": "\(counts.overloads - before.overloads)",
                        "failures": "\(counts.failures - before.failures)",
                    ])
            }
            earlier = now
        }
    }

    private func statusTexts() async {
        var earlier = 0
        while await pause(ReportingService.statusInterval) {
            let events = parts.intake.counters.counts.values.reduce(0) { $0 + $1.events }
            let store = parts.store.status
            var text = "\((events - earlier) / 5) events/s, \(store.events) stored, \(store.bytes >> 20) MiB"
            if let trouble = store.trouble { text += "; \(trouble)" }
            host.status(text)
            earlier = events
        }
    }

    /// Only loops that answer keep the watchdog quiet: a collector that hangs is to be restarted.
    private func watchdog(every interval: Duration) async {
        while await pause(interval) {
            for loop in group.makeIterator() { try? await loop.submit {}.get() }
            host.alive()
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

extension CollectorAddresses {
    var logFields: Logger.Metadata {
        var fields: Logger.Metadata = ["path.data": "\(dataPath)"]
        if let lumberjack { fields["lumberjack"] = "\(lumberjack)" }
        if let http { fields["http"] = "\(http)" }
        return fields
    }
}
