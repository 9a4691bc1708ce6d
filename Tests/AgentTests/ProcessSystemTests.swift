import Glibc
import TestSupport
import Testing

/// The whole system: what programs write to files is in the collector's store.
@Suite(.timeLimit(.minutes(5)))
struct ProcessSystemTests {
    private static let lines = 200_000
    private static let kills = 20
    /// Lines that may be written and not yet stored: less than what comes between two kills, so that they are written
    /// all the time.
    private static let lead = 8000

    @Test(arguments: [ProcessSystem.Wire.lumberjack, .bulk])
    func `agent and collector killed 20 times, the store holds each of 200,000 lines exactly once`(
        _ wire: ProcessSystem.Wire
    ) async throws {
        try await ProcessScene.play { scene in
            let system = try ProcessSystem(scene, wire)
            let logs = try await Self.run(system)
            #expect(system.state.look { $0.stored } == Self.lines)
            try await Self.check(try await Self.search(system), logs.written)
        }
    }

    @Test func `over OTLP the store holds as many lines as were written, whoever was killed on the way`() async throws {
        try await ProcessScene.play { scene in
            let system = try ProcessSystem(scene, .otlp)
            _ = try await Self.run(system)
            #expect(system.state.look { $0.stored } == Self.lines)
        }
    }

    /// Writes, kills, and waits until all is stored.
    private static func run(_ system: ProcessSystem) async throws -> ProcessLogs {
        async let writing = write(system)
        try await system.observed {
            var random = SeededGenerator(processSeed: 21)
            // Some of these are so close that the next kill hits what has just been started.
            let moments = (0..<kills).map { _ in Int.random(in: 0..<(lines - lead), using: &random) }.sorted()
            for moment in moments {
                try await system.stored(moment)
                // Not only when a commit has just been seen: a moment, not a state to wait for.
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...60, using: &random)))
                try await system.kill(ProcessSystem.Part.allCases.randomElement(using: &random) ?? .agent)
            }
            try await system.stored(lines)
            // The agent waits for all answers, so that whatever came twice is counted now.
            try await system.stop()
        }
        return try await writing
    }

    private static func write(_ system: ProcessSystem) async throws -> ProcessLogs {
        var random = SeededGenerator(processSeed: 22)
        var logs = ProcessLogs(system.scene.logs, files: ["a.log", "b.log", "c.log"], form: .zap)
        while logs.total < lines {
            try await system.stored(logs.total - lead)
            let file = Int.random(in: 0..<logs.count, using: &random)
            logs.append(file, min(Int.random(in: 1...400, using: &random), lines - logs.total))
            if Int.random(in: 0..<20, using: &random) == 0 { logs.rotate(file) }
        }
        logs.finish()
        return logs
    }

    /// What `needletail search` prints of all events: the lines as they were written.
    /// - Returns: a file.
    private static func search(_ system: ProcessSystem) async throws -> String {
        let search = try system.scene.start(
            ["search", "--data", system.store, "--limit", "0"], output: "found")
        let status = try await search.exitStatus()
        guard status == 0 else { throw ProcessFailure(description: "search ended with \(status)") }
        return "\(system.scene.directory)/found"
    }

    private static func check(_ path: String, _ written: [String: Int]) async throws {
        var missing: Set<String> = []
        for (series, last) in written where last > 0 {
            for number in 1...last { missing.insert(ProcessLogs.Form.zap.line(series, number)) }
        }
        #expect(missing.count == lines)
        var surplus: [String] = []
        ProcessFile.forEachLine(path) { line in if missing.remove(line) == nil { surplus.append(line) } }
        #expect(missing.isEmpty, "\(missing.count) lines are missing: \(missing.sorted().prefix(5))")
        #expect(surplus.isEmpty, "\(surplus.count) lines came twice or were never written: \(surplus.prefix(5))")
    }
}
