import Glibc
import TestSupport
import Testing

/// What the kernel tells of files, and what it drops.
@Suite(.timeLimit(.minutes(10)))
struct ProcessWatchTests {
    @Test func `when the kernel's queue of events overflows nothing has to wait for the rescan`() async throws {
        let room = try #require(Int(ProcessFile.text("/proc/sys/fs/inotify/max_queued_events").dropLast()))
        try await ProcessScene.play { scene in
            let collector = try scene.collector(.lumberjack)
            scene.configure(ProcessScene.output(collector, wire: .lumberjack), checkInterval: "1h")
            var logs = ProcessLogs(scene.logs, files: ["a.log", "b.log"])
            for file in 0..<2 { logs.append(file, 10) }
            let agent = try scene.run()
            try await scene.arrived(logs.total, at: collector)
            agent.signal(SIGSTOP)
            // Two events that are alike, one after the other, are one to the kernel; these are not.
            for turn in 0..<(room + 1000) { logs.append(turn % 2, 1) }
            var late = ProcessLogs(scene.logs, files: ["c.log"])
            late.append(0, 100)
            agent.signal(SIGCONT)
            try await scene.arrived(logs.total + late.total, at: collector)
            #expect(scene.log.contains("the kernel dropped file events"))
            #expect(try await agent.terminate() == 0)
            try collector.heard.current.tally.checkAll(
                logs.written.merging(late.written) { first, _ in first }, exactlyOnce: true)
            logs.finish()
            late.finish()
        }
    }
}
