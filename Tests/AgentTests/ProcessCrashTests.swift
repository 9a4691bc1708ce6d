import TestSupport
import Testing

/// `kill -9` and SIGTERM of the real binary while files are written, rotated, truncated and deleted beneath it.
@Suite(.timeLimit(.minutes(4)))
struct ProcessCrashTests {
    @Test(arguments: [(ProcessCollector.Wire.lumberjack, 22, UInt64(1)), (.lines, 8, 2)])
    func `killed at random moments, nothing is lost and nothing comes twice by id`(
        _ wire: ProcessCollector.Wire, _ kills: Int, _ seed: UInt64
    ) async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(wire)
            scene.configure(collector, wire: wire)
            var random = SeededGenerator(processSeed: seed)
            let written = try await ProcessLoad(scene: scene, collector: collector, seed: seed + 100).run {
                for _ in 0..<kills {
                    let agent = try scene.run()
                    if Int.random(in: 0..<4, using: &random) == 0 {
                        // While it starts: a moment, not a state to wait for.
                        try await Task.sleep(for: .milliseconds(Int.random(in: 0...120, using: &random)))
                    } else {
                        let lines = collector.heard.look { $0.tally.distinct }
                        try await scene.arrived(lines + Int.random(in: 1...900, using: &random), at: collector)
                    }
                    #expect(agent.isRunning)
                    try await agent.destroy()
                }
            }
            try collector.heard.current.tally.checkAll(written)
        }
    }

    @Test(arguments: [(ProcessCollector.Wire.lumberjack, UInt64(3)), (.lines, 4)])
    func `stopped by SIGTERM again and again, nothing is lost and nothing comes twice`(
        _ wire: ProcessCollector.Wire, _ seed: UInt64
    ) async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(wire)
            scene.configure(collector, wire: wire)
            var random = SeededGenerator(processSeed: seed)
            let written = try await ProcessLoad(scene: scene, collector: collector, seed: seed + 100).run {
                for _ in 0..<10 {
                    let (lines, taken) = collector.heard.look { ($0.tally.distinct, $0.connectionsTaken) }
                    let agent = try scene.run()
                    try await scene.arrived(lines + Int.random(in: 1...900, using: &random), at: collector)
                    // The lines may be the last ones of the agent before; this one runs once it has connected.
                    try await collector.wait("for a connection of the agent") { $0.connectionsTaken > taken }
                    #expect(try await agent.terminate() == 0)
                }
            }
            try collector.heard.current.tally.checkAll(written, exactlyOnce: true)
        }
    }

    @Test func `SIGTERM in the middle of a back-off ends the agent at once, and its place is kept`() async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(.lumberjack)
            scene.configure(
                """
                output.logstash:
                  hosts: ["127.0.0.1:\(collector.port)"]
                  backoff.init: 1h
                  backoff.max: 1h
                """, more: "http.enabled: true\nhttp.host: unix://\(scene.socket)")
            var logs = ProcessLogs(scene.logs, files: ["a.log"])
            logs.append(0, 1000)
            let agent = try scene.run()
            try await scene.arrived(1000, at: collector)
            try await collector.takeAway()
            logs.append(0, 500)
            try await ProcessStatus.wait(scene, for: "\"connect\":")
            // Far less than the shutdown timeout, which is for collectors that answer.
            #expect(try await agent.terminate(limit: .seconds(20)) == 0)
            try await collector.giveBack()
            let next = try scene.run()
            try await scene.arrived(1500, at: collector)
            #expect(try await next.terminate() == 0)
            try collector.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
        }
    }

    @Test func `what was acknowledged of a delivery that SIGTERM cut off does not come again`() async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(.lumberjack)
            collector.heard.update { $0.stallsAt = 1 }
            scene.configure(
                """
                output.logstash:
                  hosts: ["127.0.0.1:\(collector.port)"]
                  compression_level: 0
                  backoff.init: 20ms
                """, shutdownTimeout: "1s")
            var logs = ProcessLogs(scene.logs, files: ["a.log"])
            logs.append(0, 2000)
            let agent = try scene.run()
            try await scene.arrived(1, at: collector)
            #expect(try await agent.terminate() == 0)
            let came = collector.heard.current.tally.total
            #expect(came < 2000)
            // What waits in the socket of the agent that has gone is not heard any more.
            try await collector.takeAway()
            collector.resume()
            try await collector.giveBack()
            #expect(try await scene.run("--once").exitStatus() == 0)
            try collector.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
            logs.finish()
        }
    }
}
