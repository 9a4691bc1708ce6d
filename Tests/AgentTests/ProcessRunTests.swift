import TestSupport
import Testing

/// `run` from one start to the next.
@Suite(.timeLimit(.minutes(4)))
struct ProcessRunTests {
    @Test func `run --once ends when everything is delivered, and the next one sends nothing`() async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(.lumberjack)
            scene.configure(collector, wire: .lumberjack)
            var logs = ProcessLogs(scene.logs, files: ["a.log", "b.log"])
            for _ in 0..<5 { for file in 0..<logs.count { logs.append(file, 500) } }
            #expect(try await scene.run("--once").exitStatus() == 0)
            try collector.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
            #expect(try await scene.run("--once").exitStatus() == 0)
            #expect(collector.heard.current.tally.total == logs.total)
            logs.append(1, 3)
            #expect(try await scene.run("--once").exitStatus() == 0)
            try collector.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
            logs.finish()
        }
    }

    @Test func `a second agent on the same data directory is refused and told the pid of the first`() async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(.lumberjack)
            scene.configure(collector, wire: .lumberjack)
            var logs = ProcessLogs(scene.logs, files: ["a.log"])
            logs.append(0, 10)
            let first = try scene.run()
            try await scene.arrived(10, at: collector)
            #expect(try await scene.run().exitStatus() == 78)
            #expect(scene.log.contains("another agent (pid \(first.processID))"))
            #expect(try await first.terminate() == 0)
            logs.append(0, 10)
            let third = try scene.run()
            try await scene.arrived(20, at: collector)
            #expect(try await third.terminate() == 0)
            try collector.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
            logs.finish()
        }
    }

    /// The pattern that matches the rotated names too, and the one that does not.
    @Test(arguments: ["*.log*", "*.log"])
    func `files that are rotated while no agent runs are read to their ends`(_ pattern: String) async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(.lumberjack)
            scene.configure(collector, wire: .lumberjack, pattern: pattern)
            var logs = ProcessLogs(scene.logs, files: ["a.log", "b.log"])
            for file in 0..<logs.count { logs.append(file, 400) }
            for _ in 0..<3 {
                let agent = try scene.run()
                try await scene.arrived(logs.total, at: collector)
                #expect(try await agent.terminate() == 0)
                for file in 0..<logs.count {
                    logs.append(file, 200)
                    logs.rotate(file)
                    logs.append(file, 300)
                }
            }
            let agent = try scene.run()
            try await scene.arrived(logs.total, at: collector)
            #expect(try await agent.terminate() == 0)
            try collector.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
            logs.finish()
        }
    }

    @Test func `the status of a running agent closes its ledger, also while the collector is away`() async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(.lumberjack)
            scene.configure(
                ProcessScene.output(collector, wire: .lumberjack),
                more: "http.enabled: true\nhttp.host: unix://\(scene.socket)")
            var logs = ProcessLogs(scene.logs, files: ["a.log", "b.log"])
            for file in 0..<logs.count { logs.append(file, 500) }
            let agent = try scene.run()
            try await scene.arrived(1000, at: collector)
            let stats = try await ProcessStatus.wait(scene, "all lines as delivered") {
                ProcessStatus.number("delivered", in: $0.body.after("\"events\"")) == 1000
            }
            #expect(ProcessStatus.number("unaccounted", in: stats.body) == 0)
            #expect(ProcessStatus.number("pending", in: stats.body) == 0)
            #expect(ProcessStatus.get("/healthz", scene)?.status == 200)
            try await collector.takeAway()
            logs.append(0, 700)
            let waiting = try await ProcessStatus.wait(scene, "lines that wait") {
                ProcessStatus.number("pending", in: $0.body) ?? 0 > 0
            }
            #expect(ProcessStatus.number("unaccounted", in: waiting.body) == 0)
            try await collector.giveBack()
            try await scene.arrived(logs.total, at: collector)
            let metrics = try #require(ProcessStatus.get("/metrics", scene))
            #expect(metrics.status == 200)
            let samples = metrics.body.split(separator: "\n").filter { !$0.hasPrefix("#") }
            #expect(samples.contains("needletail_unaccounted_bytes{pipeline=\"logstash\"} 0"))
            for sample in samples {
                let words = sample.split(separator: " ")
                #expect(words.count >= 2 && Double(words[words.count - 1]) != nil, "\(sample)")
            }
            #expect(try await agent.terminate() == 0)
            #expect(ProcessStatus.get("/stats", scene) == nil)
            try collector.heard.current.tally.checkAll(logs.written)
            logs.finish()
        }
    }

    @Test func `registry list and show tell where a running agent stands`() async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(.lumberjack)
            scene.configure(collector, wire: .lumberjack)
            var logs = ProcessLogs(scene.logs, files: ["a.log"])
            logs.append(0, 500)
            let agent = try scene.run()
            try await scene.arrived(500, at: collector)
            let size = ProcessFile.text("\(scene.logs)/a.log").utf8.count
            func ask(_ words: String...) -> ChildProcess {
                ChildProcess.runHere(ChildProcess.needletail, ["registry"] + words + ["--path.data", scene.data])
            }
            // The commit follows the acknowledgement within a second.
            while !ask("list", "--json").output.contains("\"offset\":\(size)") {
                try await Task.sleep(for: .milliseconds(20))
            }
            let shown = ask("show", "\(scene.logs)/a.log")
            #expect(shown.status == 0)
            #expect(shown.output.contains(String(size)))
            #expect(ask("show", "\(scene.logs)/none.log").status != 0)
            #expect(agent.isRunning)
            #expect(try await agent.terminate() == 0)
            logs.finish()
        }
    }
}

extension String {
    fileprivate func after(_ text: String) -> String {
        firstRange(of: text).map { String(self[$0.upperBound...]) } ?? ""
    }
}
