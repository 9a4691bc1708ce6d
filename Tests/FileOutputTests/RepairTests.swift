import EventModel
import Glibc
import Publishing
import TestSupport
import Testing

@testable import FileOutput

@Suite struct RepairTests {
    @Test(.timeLimit(.minutes(5)), arguments: ["", "whole\n", "whole\nwhole too\n"])
    func `what a crash left half-written is cut off`(_ whole: String) async throws {
        for torn in ["{\"half", String(repeating: "x", count: 200_000)] {
            let scene = FileScene()
            scene.write("app-20261123.ndjson", whole + torn)
            await scene.drive(scene.output { $0.rotateOnStartup = false }) { driver in
                var factory = BatchFactory()
                #expect(await driver.deliver(factory.batch(["next"])) == .delivered)
            }
            #expect(scene.messages == whole.split(separator: "\n").map(String.init) + ["next"])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a full disk settles whole lines only, and goes on when there is space`()
        async throws
    {
        let lines = BatchFactory.numbered(0..<20)
        for space in stride(from: 0, through: 3300, by: 271) {
            let scene = FileScene()
            let faults = FaultyCalls()
            faults.set { $0.space = space }
            await scene.drive(scene.output(calls: faults.calls)) { driver in
                var factory = BatchFactory()
                let batch = factory.batch(lines)
                let reply = await driver.deliver(batch)
                let delivered = lines.indices.filter { reply.verdict(at: $0) == .delivered }.count
                #expect(delivered < 20 && reply.failure?.label == .io)
                #expect(scene.messages == Array(lines[..<delivered]))
                faults.set { $0.space = .max }
                let rest = Delivery(batch: batch, events: .range(delivered..<20), attempt: 1)
                #expect(await driver.reply(to: driver.send(rest)) == .delivered)
            }
            #expect(scene.messages == lines)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a torn line that cannot be cut off holds everything up until it can`()
        async throws
    {
        let scene = FileScene()
        let faults = FaultyCalls()
        faults.set {
            $0.space = 10
            $0.truncateError = EIO
        }
        await scene.drive(scene.output(calls: faults.calls)) { driver in
            var factory = BatchFactory()
            let batch = factory.batch(["a", "b"])
            #expect(await driver.deliver(batch).verdicts == .all(.retry))
            faults.set { $0.space = .max }
            let second = Delivery(batch: batch, events: .range(0..<2), attempt: 1)
            let reply = await driver.reply(to: driver.send(second))
            #expect(reply.verdicts == .all(.retry) && reply.failure?.message.contains("half-written") == true)
            faults.set { $0.truncateError = 0 }
            let third = Delivery(batch: batch, events: .range(0..<2), attempt: 2)
            #expect(await driver.reply(to: driver.send(third)) == .delivered)
        }
        #expect(scene.messages == ["a", "b"])
    }

    @Test(.timeLimit(.minutes(5)))
    func `nothing is settled before an fsync, and one that fails takes back what was written`() async throws {
        let scene = FileScene()
        let faults = FaultyCalls()
        await scene.drive(scene.output(calls: faults.calls)) { driver in
            var factory = BatchFactory()
            #expect(await driver.deliver(factory.batch(["a"])) == .delivered)
            faults.note("settled")
            // The directory with the file's name first, then what is in the file.
            #expect(faults.log == ["sync", "write", "sync", "settled"])
            faults.set { $0.syncError = EIO }
            let batch = factory.batch(["b", "c"])
            let reply = await driver.deliver(batch)
            #expect(reply.verdicts == .all(.retry) && reply.failure?.label == .io)
            #expect(scene.messages == ["a"])
            faults.set { $0.syncError = 0 }
            let again = Delivery(batch: batch, events: .range(0..<2), attempt: 1)
            #expect(await driver.reply(to: driver.send(again)) == .delivered)
        }
        #expect(scene.messages == ["a", "b", "c"])
    }

    @Test func `deliveries that wait together are made durable together`() throws {
        let scene = FileScene()
        let faults = FaultyCalls()
        let file = RotatingFile(scene.settings(), calls: faults.calls, logger: FileScene.quiet) { FileScene.noon }
        let sink = FileSink(file, nil)
        var factory = BatchFactory()
        let group = BatchFactory.numbered(0..<4).map { Delivery(all: factory.batch([$0])) }
        #expect(sink.write(group) == Array(repeating: .delivered, count: 4))
        #expect(faults.log == ["sync", "write", "write", "write", "write", "sync"])
        sink.finish()
    }

    @Test func `what was sent behind a failure does not overtake it`() throws {
        let scene = FileScene()
        let faults = FaultyCalls()
        let file = RotatingFile(scene.settings(), calls: faults.calls, logger: FileScene.quiet) { FileScene.noon }
        let sink = FileSink(file, nil)
        var factory = BatchFactory()
        let first = factory.batch(["first"])
        let second = factory.batch(["second"])
        faults.set { $0.space = 0 }
        #expect(sink.write([Delivery(all: first)])[0].verdicts == .all(.retry))
        faults.set { $0.space = .max }
        // Sent before the pipeline had seen the reply.
        #expect(sink.write([Delivery(all: second)])[0].verdicts == .all(.retry))
        let again = [first, second].map { Delivery(batch: $0, events: .range(0..<1), attempt: 1, failuresSeen: 2) }
        #expect(sink.write([again[0]]) == [.delivered])
        #expect(sink.write([again[1]]) == [.delivered])
        sink.finish()
        #expect(scene.messages == ["first", "second"])
    }

    @Test(.timeLimit(.minutes(5)), .enabled(if: TinyDisk.canMount, "needs root and mount(2)"))
    func `a real disk that is full loses nothing`() async throws {
        let disk = try #require(TinyDisk())
        defer { disk.unmount() }
        let scene = FileScene(in: disk.path)
        let ballast = "\(disk.path)/ballast"
        #expect(TinyDisk.write(ballast, bytes: 40 * 1024))
        let lines = BatchFactory.numbered(0..<60, length: 1000)
        await scene.drive(scene.output()) { driver in
            var factory = BatchFactory()
            let batch = factory.batch(lines)
            let reply = await driver.deliver(batch)
            let delivered = lines.indices.filter { reply.verdict(at: $0) == .delivered }.count
            #expect(delivered < 60 && reply.failure?.message.contains("no space left") == true)
            #expect(scene.messages == Array(lines[..<delivered]))
            unsafe unlink(ballast)
            let rest = Delivery(batch: batch, events: .range(delivered..<60), attempt: 1)
            #expect(await driver.reply(to: driver.send(rest)) == .delivered)
        }
        #expect(scene.messages == lines)
    }
}

/// A file system of 96 KiB in memory.
struct TinyDisk {
    let path: String

    /// Whether this process may mount, in this place.
    static let canMount: Bool = {
        guard let disk = TinyDisk() else { return false }
        disk.unmount()
        return true
    }()

    init?() {
        var template = Array("/tmp/needletail-disk-XXXXXX".utf8CString)
        path = unsafe template.withUnsafeMutableBufferPointer { unsafe String(cString: mkdtemp($0.baseAddress!)) }
        let options = Array("size=96k".utf8CString)
        let result = unsafe options.withUnsafeBytes { unsafe mount("tmpfs", path, "tmpfs", 0, $0.baseAddress) }
        if result != 0 {
            unsafe rmdir(path)
            return nil
        }
    }

    func unmount() {
        unsafe umount2(path, CInt(MNT_DETACH))
        unsafe rmdir(path)
    }

    static func write(_ path: String, bytes: Int) -> Bool {
        let descriptor = FileCalls.open(path, O_WRONLY | O_CREAT, mode: 0o600)
        defer { close(descriptor) }
        let zeros = [UInt8](repeating: 0, count: bytes)
        return unsafe Glibc.write(descriptor, zeros, bytes) == bytes
    }
}
