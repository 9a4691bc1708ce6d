import TestSupport
import Testing

/// The collector is taken away and given back.
@Suite(.timeLimit(.minutes(4)))
struct ProcessOutageTests {
    /// Plain TCP cannot survive a reset without loss, and does not claim to; it survives a collector that hangs up and
    /// reads what is under way.
    @Test(arguments: [ProcessCollector.Wire.lumberjack, .lines])
    func `a collector that comes and goes gets every line, each file in its order`(_ wire: ProcessCollector.Wire)
        async throws
    {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(wire)
            scene.configure(collector, wire: wire)
            var random = SeededGenerator(processSeed: 5)
            let load = ProcessLoad(scene: scene, collector: collector, seed: 105, shortens: false)
            let written = try await load.run {
                let agent = try scene.run()
                for _ in 0..<6 {
                    let lines = collector.heard.look { $0.tally.distinct }
                    try await scene.arrived(lines + Int.random(in: 1...900, using: &random), at: collector)
                    if wire == .lumberjack { try await collector.takeAway() } else { try await collector.leave() }
                    #expect(agent.isRunning)
                    try await collector.giveBack()
                }
                #expect(try await agent.terminate() == 0)
            }
            try collector.heard.current.tally.checkAll(written)
        }
    }

    @Test func `of two outputs the one that is up gets everything, and the other one catches up`() async throws {
        try await ProcessScene.play { scene in
            let up = try scene.collector(.lumberjack)
            let down = try scene.collector(.lines, listening: false)
            scene.configure(
                """
                outputs:
                  first:
                    type: logstash
                    hosts: ["127.0.0.1:\(up.port)"]
                  second:
                    type: tcp
                    hosts: ["127.0.0.1:\(down.port)"]
                    queue.mem.bytes: 1MiB
                    backoff.init: 20ms
                    backoff.max: 200ms
                """)
            var logs = ProcessLogs(scene.logs, files: ["a.log", "b.log"])
            let agent = try scene.run()
            for round in 0..<10 {
                for file in 0..<logs.count { logs.append(file, 800) }
                try await scene.arrived(logs.total, at: up)
                if round == 5 { logs.rotate(0) }
            }
            #expect(down.heard.current.connectionsTaken == 0)
            try await down.giveBack()
            try await scene.arrived(logs.total, at: down)
            #expect(try await agent.terminate() == 0)
            try up.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
            try down.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
            logs.finish()
        }
    }

    @Test func `a file that is deleted while the collector is away is read to its end`() async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(.lumberjack)
            scene.configure(
                ProcessScene.output(collector, wire: .lumberjack) + "\n  queue.mem.bytes: 512KiB")
            var logs = ProcessLogs(scene.logs, files: ["a.log"])
            logs.append(0, 10)
            let agent = try scene.run()
            try await scene.arrived(10, at: collector)
            try await collector.takeAway()
            for _ in 0..<20 { logs.append(0, 1000) }
            logs.delete(0)
            logs.append(0, 100)
            try await collector.giveBack()
            try await scene.arrived(logs.total, at: collector)
            #expect(try await agent.terminate() == 0)
            try collector.heard.current.tally.checkAll(logs.written)
            logs.finish()
        }
    }

    @Test func `of two hosts that share the load one that hangs does not stop the other`() async throws {
        try await ProcessScene.play { scene in
            let up = try scene.collector(.lumberjack)
            let hanging = try scene.collector(.lumberjack)
            hanging.heard.update { $0.stallsAt = 0 }
            scene.configure(
                """
                output.logstash:
                  hosts: ["127.0.0.1:\(up.port)", "127.0.0.1:\(hanging.port)"]
                  loadbalance: true
                  timeout: 1h
                  bulk_max_size: 300
                  queue.mem.bytes: 256KiB
                """)
            var logs = ProcessLogs(scene.logs, files: (0..<40).map { "\($0).log" })
            for file in 0..<logs.count { logs.append(file, 300) }
            let agent = try scene.run()
            // A file stays on its lane: twenty of them lead to each host.
            try await scene.arrived(20 * 300, at: up)
            for file in 0..<logs.count { logs.append(file, 300) }
            try await scene.arrived(40 * 300, at: up)
            #expect(hanging.heard.look { $0.tally.total } == 0)
            hanging.heard.update { $0.stallsAt = .max }
            try await hanging.giveBack()
            try await scene.arrived(40 * 300, at: hanging)
            #expect(try await agent.terminate() == 0)
            #expect(up.heard.look { $0.tally.distinct + hanging.heard.look { $0.tally.distinct } } == logs.total)
            logs.finish()
        }
    }
}
