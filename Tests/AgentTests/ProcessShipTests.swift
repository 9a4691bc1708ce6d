import TestSupport
import Testing

/// `ship` as a process of its own.
@Suite(.timeLimit(.minutes(4)))
struct ProcessShipTests {
    @Test(arguments: [ProcessCollector.Wire.lumberjack, .lines])
    func `ship delivers a file, a glob, a compressed file and standard input, and ends with 0`(
        _ wire: ProcessCollector.Wire
    ) async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(wire)
            var logs = ProcessLogs(scene.logs, files: ["one.log", "two.txt", "three.txt", "four", "five"])
            for file in 0..<logs.count { for _ in 0..<4 { logs.append(file, 500) } }
            logs.finish()
            #expect(ChildProcess.run("gzip", ["\(scene.logs)/four"]).status == 0)
            let agent = try scene.start(
                ["ship", "\(scene.logs)/one.log", "\(scene.logs)/*.txt", "\(scene.logs)/four.gz", "-"]
                    + Self.to(collector, wire), input: "\(scene.logs)/five")
            #expect(try await agent.exitStatus() == 0)
            // What the kernel has taken is still to be counted.
            try await scene.arrived(logs.total, at: collector)
            try collector.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
        }
    }

    @Test func `ship sends a last line without its end`() async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(.lumberjack)
            ProcessFile.write("x#1 first\nx#2 last", to: "\(scene.logs)/x.log")
            #expect(try await scene.start(Self.ship(scene, "x.log", collector)).exitStatus() == 0)
            try collector.heard.current.tally.checkAll(["x": 2], exactlyOnce: true)
        }
    }

    @Test func `without a collector ship ends with 75, and --resume goes on where it stopped`() async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(.lumberjack, listening: false)
            var logs = ProcessLogs(scene.logs, files: ["x.log"])
            logs.append(0, 2000)
            let arguments = Self.ship(scene, "x.log", collector) + ["--resume", "\(scene.directory)/place"]
            #expect(try await scene.start(arguments + ["--timeout", "300ms"]).exitStatus() == 75)
            #expect(collector.heard.current.connectionsTaken == 0)
            #expect(await collector.giveBack())
            #expect(try await scene.start(arguments).exitStatus() == 0)
            logs.append(0, 500)
            #expect(try await scene.start(arguments).exitStatus() == 0)
            #expect(try await scene.start(arguments).exitStatus() == 0)
            try collector.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
            logs.finish()
        }
    }

    @Test func `ship that is interrupted ends with 75, and --resume sends the rest and nothing twice`() async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(.lumberjack)
            var logs = ProcessLogs(scene.logs, files: ["x.log"])
            for _ in 0..<8 { logs.append(0, 1000) }
            logs.finish()
            let arguments = Self.ship(scene, "x.log", collector) + ["--resume", "\(scene.directory)/place"]
            let first = try scene.start(arguments)
            try await scene.arrived(1, at: collector)
            let status = try await first.terminate()
            let came = collector.heard.current.tally.total
            #expect(status == 75 || came == logs.total)
            #expect(try await scene.start(arguments).exitStatus() == 0)
            try collector.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
        }
    }

    private static func ship(_ scene: ProcessScene, _ name: String, _ collector: ProcessCollector) -> [String] {
        ["ship", "\(scene.logs)/\(name)"] + to(collector, .lumberjack)
    }

    private static func to(_ collector: ProcessCollector, _ wire: ProcessCollector.Wire) -> [String] {
        ["--quiet", "--to", "\(wire == .lines ? "tcp" : "lumberjack")://127.0.0.1:\(collector.port)"]
    }
}
