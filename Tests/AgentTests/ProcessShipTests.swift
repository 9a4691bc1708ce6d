import Glibc
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
            #expect(await ChildProcess.run("gzip", ["\(scene.logs)/four"]).status == 0)
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
            try await collector.giveBack()
            #expect(try await scene.start(arguments).exitStatus() == 0)
            logs.append(0, 500)
            #expect(try await scene.start(arguments).exitStatus() == 0)
            #expect(try await scene.start(arguments).exitStatus() == 0)
            try collector.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
            logs.finish()
        }
    }

    /// What is on its way must not take longer than the five seconds that `ship` waits for it, on a busy machine either.
    @Test func `ship that is interrupted ends with 75, and --resume sends the rest and nothing twice`() async throws {
        try await ProcessScene.play { scene in
            let collector = try scene.collector(.lumberjack)
            collector.heard.update { $0.stallsAt = 1 }
            var logs = ProcessLogs(scene.logs, files: ["x.log"])
            logs.append(0, 1200)
            let arguments =
                Self.ship(scene, "x.log", collector)
                + ["--compression-level", "0", "--resume", "\(scene.directory)/place"]
            let first = try scene.start(arguments)
            try await scene.arrived(1, at: collector)
            #expect(collector.heard.current.tally.total < 1200)
            first.signal(SIGTERM)
            let interrupted = ContinuousClock.now
            collector.resume()
            #expect(try await first.exitStatus() == 75)
            let time = ContinuousClock.now - interrupted
            logs.append(0, 300)
            #expect(try await scene.start(arguments).exitStatus() == 0)
            logs.finish()
            do {
                try collector.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
            } catch {
                throw ProcessFailure(description: "\(error)\nship had ended after \(time)")
            }
        }
    }

    @Test func `ship to a pipe ends when nobody reads it any more`() async throws {
        try await ProcessScene.play { scene in
            var logs = ProcessLogs(scene.logs, files: ["x.log"])
            for _ in 0..<8 { logs.append(0, 1000) }
            logs.finish()
            let ship = "'\(ChildProcess.needletail)' ship '\(scene.logs)/x.log' --to -"
            let result = await ChildProcess.run("bash", ["-c", "\(ship) | head -1; echo ${PIPESTATUS[0]}"])
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 2 && lines[0].hasPrefix("{") && lines.last == "75")
            #expect(result.errors.contains("nobody reads it any more"))
        }
    }

    private static func ship(_ scene: ProcessScene, _ name: String, _ collector: ProcessCollector) -> [String] {
        ["ship", "\(scene.logs)/\(name)"] + to(collector, .lumberjack)
    }

    private static func to(_ collector: ProcessCollector, _ wire: ProcessCollector.Wire) -> [String] {
        ["--quiet", "--to", "\(wire == .lines ? "tcp" : "lumberjack")://127.0.0.1:\(collector.port)"]
    }
}
