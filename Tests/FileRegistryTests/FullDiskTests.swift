import EventModel
import Glibc
import SystemTools
import TestSupport
import Testing

@testable import FileRegistry

/// A small file system of its own; needs root.
private final class SmallDisk {
    let directory: TemporaryDirectory

    init?(_ directory: TemporaryDirectory) {
        self.directory = directory
        guard run("mount", "-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs", directory.path) else { return nil }
    }

    deinit { _ = run("umount", "-l", directory.path) }

    var filler: String { directory.path + "/filler" }

    /// Takes all space that is left.
    func fill() {
        let file = unsafe open(filler, O_WRONLY | O_CREAT, 0o600)
        let block = [UInt8](repeating: 0x20, count: 4096)
        while unsafe write(file, block, block.count) > 0 {}
        close(file)
    }

    func free() { RegistryFiles.remove(filler) }

    func remount(_ how: String) -> Bool { run("mount", "-o", "remount,\(how)", directory.path) }
}

/// Runs a program to its end; whether it ended well.
private func run(_ words: String...) -> Bool {
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { for index in words.indices { unsafe Glibc.free(arguments[index]) } }
    var process = pid_t()
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe SpawnAttributes.closeOthers(&actions)
    let failure = ForkLock.withLock { unsafe posix_spawnp(&process, words[0], &actions, nil, &arguments, nil) }
    guard failure == 0 else { return false }
    var status: Int32 = 0
    return unsafe waitpid(process, &status, 0) == process && status == 0
}

@Suite(.timeLimit(.minutes(5)), .serialized)
struct FullDiskTests {
    static var canMount: Bool {
        guard getuid() == 0, let directory = try? TemporaryDirectory() else { return false }
        return SmallDisk(directory) != nil
    }

    @Test(.enabled(if: canMount, "mounting a file system needs root"))
    func `on a full disk the registrar says so, keeps everything, and goes on by itself`() throws {
        let disk = try #require(SmallDisk(try TemporaryDirectory()))
        let book = LogBook()
        let registrar = try openRegistrar(disk.directory, book) { $0.flushInterval = .milliseconds(1) }
        #expect(registrar.wait(for: registrar.submit([record(1)], removed: []), timeout: patience))
        registrar.waitUntilQuiet()
        disk.fill()
        // The WAL may have room left in its last block; the trouble comes soon.
        var offset: UInt64 = 0
        while registrar.trouble == nil, offset < 1000 {
            offset += 1
            _ = registrar.submit((1...50).map { record($0, offset: offset) }, removed: [])
            registrar.waitUntilQuietOrTroubled()
        }
        #expect(registrar.trouble?.hasPrefix("disk full") == true)
        let last = registrar.submit((1...50).map { record($0, offset: 5000) }, removed: [7])
        #expect(!registrar.flush(timeout: .milliseconds(300)))
        #expect(registrar.committed < last)
        disk.free()
        #expect(registrar.wait(for: last, timeout: patience))
        #expect(registrar.waitUntil { $0.trouble == nil })
        let rows = try RegistryReader(directory: disk.directory.path).entries
        #expect(rows.count == 49)
        #expect(rows.allSatisfy { $0.record.offset == 5000 })
        #expect(book.all.filter { $0.hasPrefix("error") }.count == 1)
        #expect(registrar.recovery == nil)
        registrar.close(timeout: patience)
    }

    @Test(.enabled(if: canMount, "mounting a file system needs root"))
    func `an agent that starts on a full disk knows its positions`() throws {
        let disk = try #require(SmallDisk(try TemporaryDirectory()))
        try makeRegistry(disk.directory, [record(1, offset: 10)])
        disk.fill()
        let registrar = try openRegistrar(disk.directory)
        #expect(registrar.records(pipeline: "main") == [record(1, offset: 10)])
        let ticket = registrar.submit([record(1, offset: 20)], removed: [])
        #expect(registrar.waitUntil { $0.trouble != nil })
        disk.free()
        #expect(registrar.wait(for: ticket, timeout: patience))
        registrar.close(timeout: patience)
    }

    @Test(.enabled(if: canMount, "mounting a file system needs root"))
    func `an agent that starts on a read-only disk knows its positions, and goes on once it can write`() throws {
        let disk = try #require(SmallDisk(try TemporaryDirectory()))
        try makeRegistry(disk.directory, [record(1, offset: 10)])
        try #require(disk.remount("ro"))
        let registrar = try openRegistrar(disk.directory)
        #expect(registrar.trouble != nil)
        #expect(registrar.records(pipeline: "main") == [record(1, offset: 10)])
        let ticket = registrar.submit([record(1, offset: 20)], removed: [])
        #expect(!registrar.flush(timeout: .milliseconds(100)))
        try #require(disk.remount("rw"))
        #expect(registrar.wait(for: ticket, timeout: patience))
        #expect(registrar.waitUntil { $0.trouble == nil })
        registrar.close(timeout: patience)
        #expect(try RegistryReader(directory: disk.directory.path).entries.map(\.record) == [record(1, offset: 20)])
    }

    /// Whether a file that is open already can be made read-only.
    static var canLock: Bool {
        guard getuid() == 0, let directory = try? TemporaryDirectory() else { return false }
        let path = directory.path + "/file"
        let file = unsafe open(path, O_WRONLY | O_CREAT, 0o600)
        defer {
            _ = run("chattr", "-i", path)
            close(file)
        }
        guard run("chattr", "+i", path) else { return false }
        return unsafe write(file, "x", 1) < 0
    }

    @Test(.enabled(if: canLock, "needs root and a file system with chattr +i"), arguments: [true, false])
    func `when its files become read-only the registrar says so, and goes on or ends without harm`(repair: Bool) throws
    {
        let directory = try TemporaryDirectory()
        let files = RegistryPaths.family(directory.path + "/registry.db").dropLast()
        let book = LogBook()
        let registrar = try openRegistrar(directory, book) { $0.flushInterval = .milliseconds(1) }
        #expect(registrar.wait(for: registrar.submit([record(1, offset: 1)], removed: []), timeout: patience))
        registrar.waitUntilQuiet()
        defer { for file in files { _ = run("chattr", "-i", file) } }
        for file in files { try #require(run("chattr", "+i", file)) }
        let ticket = registrar.submit([record(1, offset: 2)], removed: [])
        #expect(registrar.waitUntil { $0.trouble != nil })
        #expect(registrar.trouble?.contains("read-only") == true)
        if repair {
            for file in files { try #require(run("chattr", "-i", file)) }
            #expect(registrar.wait(for: ticket, timeout: patience))
            #expect(registrar.waitUntil { $0.trouble == nil })
        }
        #expect(registrar.close(timeout: .milliseconds(300)) == repair)
        let left = try RegistryReader(directory: directory.path).entries.map(\.record)
        #expect(left == [record(1, offset: repair ? 2 : 1)])
        #expect(registrar.recovery == nil)
        #expect(book.all.filter { $0.hasPrefix("error") }.count == 1)
    }

    @Test(.enabled(if: canMount, "mounting a file system needs root"))
    func `a first start on a read-only disk is refused with what to do`() throws {
        let disk = try #require(SmallDisk(try TemporaryDirectory()))
        try #require(disk.remount("ro"))
        let error = #expect(throws: RegistryError.self) { try openRegistrar(disk.directory) }
        #expect(error?.code == .notWritable)
    }
}

extension Registrar {
    func waitUntilQuietOrTroubled() {
        while !desk.monitor.withLock({ $0.trouble != nil || ($0.pending.isEmpty && $0.alarm != 0) }) { sched_yield() }
    }
}
