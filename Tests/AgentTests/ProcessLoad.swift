import Synchronization
import TestSupport

/// Writes, rotates, truncates and deletes beneath the agent until it is told to stop.
struct ProcessLoad: Sendable {
    let scene: ProcessScene
    let collector: ProcessCollector
    let seed: UInt64
    /// Whether a file may be truncated or deleted once all of it has come.
    var shortens = true
    let isOver = ProcessObserved(false)

    /// Runs beside the body, which is the agent's life; then delivers the rest by an agent that is not disturbed.
    /// - Returns: what was written, by series.
    func run(_ body: () async throws -> Void) async throws -> [String: Int] {
        async let writing = write()
        do {
            try await body()
        } catch {
            isOver.update { $0 = true }
            _ = try? await writing
            throw error
        }
        isOver.update { $0 = true }
        let logs = try await writing
        let status = try await scene.run("--once").exitStatus()
        // What the kernel has taken is still to be counted.
        try await scene.arrived(logs.total, at: collector)
        guard status == 0 else { throw ProcessFailure(description: "the last agent ended with \(status)") }
        return logs.written
    }

    /// Lines that may be written and not have come.
    private static let lead = 1500

    private func write() async throws -> ProcessLogs {
        var random = SeededGenerator(processSeed: seed)
        var logs = ProcessLogs(scene.logs, files: ["a.log", "b.log", "c.log"])
        while !isOver.current {
            let file = Int.random(in: 0..<logs.count, using: &random)
            logs.append(file, Int.random(in: 1...60, using: &random))
            let total = logs.total
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<8: logs.rotate(file)
            case 8..<10 where shortens:
                guard await reached(total) else { break }
                logs.truncate(file)
            case 10..<12 where shortens:
                guard await reached(total) else { break }
                logs.delete(file)
            default: break
            }
            if total - collector.heard.look({ $0.tally.distinct }) > ProcessLoad.lead {
                _ = await reached(total - ProcessLoad.lead / 2)
            }
        }
        logs.finish()
        return logs
    }

    /// Waits for the lines, or for the end of the test.
    private func reached(_ lines: Int) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await collector.heard.wait(limit: .seconds(120)) { $0.tally.distinct >= lines } }
            group.addTask {
                _ = await isOver.wait(limit: .seconds(120)) { $0 }
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
    }
}
