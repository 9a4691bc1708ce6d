import CShim
import EventModel
import Glibc
import Logging
import Publishing
import Synchronization
import TestSupport

@testable import FileOutput

/// A directory of its own for a test, and what is in it.
final class FileScene: Sendable {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    /// 2026-11-23, noon.
    static let noon: Int64 = 1_795_435_200_000
    let path: String

    init(in parent: String = "/tmp") {
        var template = Array("\(parent)/needletail-file-XXXXXX".utf8CString)
        path = unsafe template.withUnsafeMutableBufferPointer { unsafe String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit {
        for name in names { unsafe unlink("\(path)/\(name)") }
        unsafe rmdir(path)
    }

    var names: [String] { (FileCalls.names(in: path) ?? []).filter { !$0.hasPrefix(".") }.sorted() }

    func text(_ name: String) -> String {
        let descriptor = FileCalls.open("\(path)/\(name)", O_RDONLY)
        defer { close(descriptor) }
        let size = Int(FileCalls.status(descriptor).size)
        return String(decoding: FileCalls.read(descriptor, at: 0, count: size) ?? [], as: UTF8.self)
    }

    func write(_ name: String, _ text: String) {
        let descriptor = FileCalls.open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        defer { close(descriptor) }
        var text = text
        text.withUTF8 { bytes in _ = unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
    }

    /// The messages of all files, oldest first; a line that is no whole event stands as it is.
    var messages: [String] {
        names.compactMap { FileName($0, of: "app") }.sorted().flatMap { name in
            text(name.text("app")).split(separator: "\n").map { line in
                line.hasSuffix("}") ? EventText.message(of: line) ?? String(line) : String(line)
            }
        }
    }

    func settings(_ adjust: (inout FileOutputSettings) -> Void = { _ in }) -> FileOutputSettings {
        var settings = FileOutputSettings()
        settings.path = path
        settings.filename = "app"
        adjust(&settings)
        return settings
    }

    func output(
        calls: FileCalls = FileCalls(), now: Int64 = noon, _ adjust: (inout FileOutputSettings) -> Void = { _ in }
    ) -> FileOutput {
        FileOutput(settings(adjust), counters: nil, logger: FileScene.quiet, calls: calls) { now }
    }

    /// Runs one lane of an output, and closes it.
    func drive(_ output: FileOutput, _ body: (LaneDriver) async throws -> Void) async rethrows {
        let driver = LaneDriver(output.makeLane(0))
        try await body(driver)
        driver.lane.close()
        // What is sent to a closed lane is answered when its file is closed, too.
        var factory = BatchFactory()
        _ = await driver.deliver(factory.batch(["behind the end"]))
        // A child that another test is making has the file's lock until it runs its program.
        ForkLock.withLock {}
    }
}

/// System calls that fail when a test says so, and note what was called.
final class FaultyCalls: Sendable {
    struct Plan: Sendable {
        /// Bytes that still fit on the disk.
        var space = Int.max
        var syncError: CInt = 0
        var truncateError: CInt = 0
        var log: [String] = []
    }
    private let plan = Mutex(Plan())

    func set(_ change: (inout sending Plan) -> Void) { plan.withLock { change(&$0) } }
    var log: [String] { plan.withLock { $0.log } }
    func note(_ text: String) { plan.withLock { $0.log.append(text) } }

    var calls: FileCalls {
        var calls = FileCalls()
        let real = FileCalls()
        unsafe calls.write = { [self] descriptor, bytes in
            let room = plan.withLock { plan in
                let room = min(bytes.count, plan.space)
                plan.space -= room
                if room > 0 { plan.log.append("write") }
                return room
            }
            if room == 0 { return -Int(ENOSPC) }
            return unsafe real.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<room]))
        }
        calls.sync = { [self] descriptor in
            let error = plan.withLock { plan in
                plan.log.append("sync")
                return plan.syncError
            }
            return error == 0 ? real.sync(descriptor) : -Int(error)
        }
        calls.truncate = { [self] descriptor, size in
            let error = plan.withLock { plan in
                plan.log.append("truncate")
                return plan.truncateError
            }
            return error == 0 ? real.truncate(descriptor, size) : -Int(error)
        }
        return calls
    }
}
