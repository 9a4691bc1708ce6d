import Glibc
import TestSupport
import Testing

/// The disk of `path.data` is full, or nothing can be written there any more.
@Suite(.timeLimit(.minutes(4)))
struct ProcessDiskTests {
    @Test(.enabled(if: DataDisk.canMount, "needs root and mount(2)"))
    func `with a full disk reading pauses within the budget, says why, and goes on when there is space`() async throws {
        try await ProcessScene.play { scene in
            let disk = try #require(DataDisk(mountedAt: scene.data))
            defer { disk.unmount() }
            try await pausesAndGoesOn(scene, break: disk.fill, repair: disk.free)
        }
    }

    @Test(.enabled(if: DataDisk.canLock, "needs root and a file system with chattr +i"))
    func `with files that nobody may write reading pauses within the budget, and goes on`() async throws {
        try await ProcessScene.play { scene in
            let names = ["registry.db", "registry.db-wal", "registry.db-shm"].map { "\(scene.data)/\($0)" }
            defer { DataDisk.lock(names, false) }
            try await pausesAndGoesOn(
                scene, break: { DataDisk.lock(names, true) }, repair: { DataDisk.lock(names, false) })
        }
    }

    private func pausesAndGoesOn(_ scene: ProcessScene, break: () -> Void, repair: () -> Void) async throws {
        let budget = 512 * 1024
        let collector = try scene.collector(.lumberjack)
        scene.configure(
            ProcessScene.output(collector, wire: .lumberjack) + "\n  queue.mem.bytes: 512KiB",
            more: "http.enabled: true\nhttp.host: unix://\(scene.socket)\nfilebeat.registry.flush: 100ms")
        var logs = ProcessLogs(scene.logs, files: ["a.log"])
        logs.append(0, 100)
        let agent = try scene.run()
        try await scene.arrived(100, at: collector)
        try await ProcessStatus.wait(scene, for: "\"trouble\": null")
        // The rows of those lines are on disk once the registry shows them.
        while !listing(scene).contains("a.log") { try await Task.sleep(for: .milliseconds(20)) }
        `break`()
        logs.append(0, 100)
        let broken = try await ProcessStatus.wait(scene, "trouble") { !$0.body.contains("\"trouble\": null") }
        let before = try #require(ProcessStatus.number("read", in: broken.body))
        for _ in 0..<30 { logs.append(0, 1000) }
        let paused = try await ProcessStatus.wait(scene, "a pause") {
            $0.body.contains("\"paused\": \"the registry cannot be written: ")
        }
        let read = try #require(ProcessStatus.number("read", in: paused.body))
        #expect(read > before, "it goes on for a while")
        #expect(read <= budget + before, "and stops before a crash would cost more than the budget")
        #expect(collector.heard.look { $0.tally.distinct } < logs.total)
        #expect(agent.isRunning)
        repair()
        try await scene.arrived(logs.total, at: collector)
        _ = try await ProcessStatus.wait(scene, "a registry that is well") {
            $0.body.contains("\"trouble\": null") && $0.body.contains("\"paused\": null")
        }
        #expect(try await agent.terminate() == 0)
        try collector.heard.current.tally.checkAll(logs.written, exactlyOnce: true)
        logs.finish()
    }

    private func listing(_ scene: ProcessScene) -> String {
        ChildProcess.runHere(ChildProcess.needletail, ["registry", "list", "--path.data", scene.data]).output
    }
}

/// A small file system for `path.data`, and files that cannot be written.
struct DataDisk {
    private let path: String
    private var filler: String { "\(path)/filler" }

    init?(mountedAt path: String) {
        self.path = path
        let mounted = ChildProcess.runHere("mount", ["-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", path])
        if mounted.status != 0 { return nil }
    }

    func unmount() { _ = ChildProcess.runHere("umount", ["-l", path]) }

    /// Takes all space that is left.
    func fill() {
        let file = unsafe open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let block = [UInt8](repeating: 0x20, count: 4096)
        while unsafe write(file, block, block.count) > 0 {}
        close(file)
    }

    func free() { _ = unsafe unlink(filler) }

    static func lock(_ paths: [String], _ locked: Bool) {
        for path in paths { _ = ChildProcess.runHere("chattr", [locked ? "+i" : "-i", path]) }
    }

    static var canMount: Bool {
        withScratch { path in
            guard getuid() == 0, let disk = DataDisk(mountedAt: path) else { return false }
            disk.unmount()
            return true
        }
    }

    /// Whether a file that is open already can be made read-only.
    static var canLock: Bool {
        withScratch { path in
            let name = "\(path)/file"
            let file = unsafe open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            defer {
                lock([name], false)
                close(file)
            }
            lock([name], true)
            return unsafe write(file, "x", 1) < 0
        }
    }

    private static func withScratch(_ body: (String) -> Bool) -> Bool {
        var template = Array("/tmp/needletail-disk-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { return false }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { _ = ChildProcess.runHere("rm", ["-rf", path]) }
        return body(path)
    }
}
