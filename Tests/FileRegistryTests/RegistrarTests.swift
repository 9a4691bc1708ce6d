import CShim
import EventModel
import GRDB
import Glibc
import Synchronization
import SystemTools
import Testing

@testable import FileRegistry

@Suite(.timeLimit(.minutes(5)))
struct RegistrarTests {
    @Test func `every field of a row comes back after a restart`() throws {
        let directory = try TemporaryDirectory()
        let odd = FileRecord(
            id: 7, pipeline: "arch\u{e9}", input: "", path: "/tmp/a 'b'\n\u{1f600}", device: .max, inode: .max - 1,
            birth: -1, fingerprint: "", fingerprintLength: 0, generation: .max, idKey: "x", offset: 1 << 63,
            anchor: Anchor(hash: .max, length: 64), seen: .min, removed: true)
        try makeRegistry(directory, [odd, record(8, offset: 5)])
        let again = try openRegistrar(directory)
        #expect(again.records(pipeline: "arch\u{e9}") == [odd])
        #expect(again.records(pipeline: "main") == [record(8, offset: 5)])
        #expect(again.records(pipeline: "other") == [])
        #expect(again.recovery == nil)
    }

    @Test func `later content of a row replaces earlier content, and a removal removes it`() throws {
        let directory = try TemporaryDirectory()
        let registrar = try openRegistrar(directory)
        for offset in UInt64(1)...100 { _ = registrar.submit([record(1, offset: offset), record(2)], removed: []) }
        let ticket = registrar.submit([record(3)], removed: [2])
        #expect(ticket == 101)
        #expect(registrar.flush(timeout: patience))
        #expect(registrar.committed >= ticket)
        #expect(byID(registrar.records(pipeline: "main")) == byID([record(1, offset: 100), record(3)]))
    }

    @Test func `rows are committed without any further call`() throws {
        let directory = try TemporaryDirectory()
        let registrar = try openRegistrar(directory) { $0.flushInterval = .milliseconds(20) }
        for round in UInt64(1)...5 {
            let ticket = registrar.submit([record(1, offset: round)], removed: [])
            #expect(registrar.wait(for: ticket, timeout: patience))
            let reader = try RegistryReader(directory: directory.path)
            #expect(reader.entries.map(\.record) == [record(1, offset: round)])
        }
    }

    @Test func `rows that come soon after a commit wait for the interval and are committed together`() throws {
        let directory = try TemporaryDirectory()
        let registrar = try openRegistrar(directory) { $0.flushInterval = .seconds(3600) }
        #expect(registrar.wait(for: registrar.submit([record(1)], removed: []), timeout: patience))
        let commits = try commitCount(directory)
        for id in Int64(2)...50 { _ = registrar.submit([record(id)], removed: []) }
        #expect(registrar.committed == 1)
        #expect(registrar.flush(timeout: patience))
        #expect(registrar.committed == 50)
        #expect(try commitCount(directory) == commits + 1)
    }

    @Test func `rows that somebody waits for are committed before the interval is over`() throws {
        let directory = try TemporaryDirectory()
        let registrar = try openRegistrar(directory) { $0.flushInterval = .seconds(3600) }
        registrar.hurry()
        for id in Int64(1)...5 {
            let ticket = registrar.submit([record(id)], removed: [])
            registrar.hurry()
            #expect(registrar.wait(for: ticket, timeout: patience))
        }
        #expect(registrar.committed == 5)
    }

    /// Also when the flush comes while the rows that it waits for are being committed.
    @Test func `what is submitted after a flush is not hurried by it`() throws {
        for _ in 0..<40 {
            let directory = try TemporaryDirectory()
            let registrar = try openRegistrar(directory) { $0.flushInterval = .seconds(3600) }
            _ = registrar.submit([record(1)], removed: [])
            while registrar.desk.monitor.withLock({ !$0.pending.isEmpty }) {}
            #expect(registrar.flush(timeout: patience))
            _ = registrar.submit([record(2)], removed: [])
            while registrar.committed == 1, registrar.desk.monitor.withLock({ $0.hurry || ($0.alarm ?? 0) == 0 }) {
                sched_yield()
            }
            #expect(registrar.committed == 1)
        }
    }

    @Test func `with nothing to do the thread sleeps without a timer`() throws {
        let directory = try TemporaryDirectory()
        let registrar = try openRegistrar(directory)
        registrar.waitUntilQuiet()
        #expect(registrar.desk.monitor.withLock { $0.alarm } == nil)
        _ = registrar.submit([record(1)], removed: [])
        #expect(registrar.flush(timeout: patience))
        registrar.waitUntilQuiet()
        // The first commit was followed by the first backup: nothing is left to be done later.
        #expect(registrar.desk.monitor.withLock { $0.alarm } == nil)
        #expect(directory.names("registry.db.backup") == ["registry.db.backup"])
    }

    @Test func `an empty submission is no work`() throws {
        let directory = try TemporaryDirectory()
        let registrar = try openRegistrar(directory)
        #expect(registrar.submit([], removed: []) == 0)
        #expect(registrar.flush(timeout: patience))
    }

    @Test func `an id is never given twice, even when its row is gone`() throws {
        let directory = try TemporaryDirectory()
        var given: Set<Int64> = []
        for _ in 0..<3 {
            let registrar = try openRegistrar(directory)
            for _ in 0..<3 {
                let id = registrar.nextID()
                #expect(given.insert(id).inserted)
                _ = registrar.submit([record(id)], removed: [])
                #expect(registrar.flush(timeout: patience))
                _ = registrar.submit([], removed: [id])
            }
            #expect(registrar.close(timeout: patience))
        }
        #expect(given.count == 9)
    }

    @Test func `the agent's id is a UUID and is kept`() throws {
        let directory = try TemporaryDirectory()
        let first = try openRegistrar(directory)
        let (id, start) = (first.agentID, first.firstStart)
        first.close(timeout: patience)
        let second = try openRegistrar(directory)
        #expect(second.agentID == id)
        #expect(second.firstStart == start)
        #expect(id.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
        #expect(Array(id)[14] == "4")
        let other = try openRegistrar(try TemporaryDirectory())
        #expect(other.agentID != id)
    }

    @Test func `path data is made for the agent alone, and so are the files in it`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/data"
        defer {
            for name in RegistryFiles.names(in: path, prefix: "r") + ["needletail.lock"] {
                RegistryFiles.remove(path + "/" + name)
            }
            _ = unsafe rmdir(path)
        }
        let registrar = try Registrar(RegistrySettings(directory: path), logger: LogBook().logger)
        _ = registrar.submit([record(1)], removed: [])
        #expect(registrar.flush(timeout: patience))
        registrar.waitUntilQuiet()
        #expect(RegistryFiles.status(path)?.mode == 0o040750)
        for name in ["registry.db", "registry.db-wal", "registry.db.backup", "needletail.lock"] {
            #expect(RegistryFiles.status(path + "/" + name)?.mode == 0o100600, "\(name)")
        }
        registrar.close(timeout: patience)
    }

    @Test func `a second agent is refused and told the pid of the first`() throws {
        let directory = try TemporaryDirectory()
        let first = try openRegistrar(directory)
        let error = #expect(throws: RegistryError.self) { try openRegistrar(directory) }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("pid \(getpid())") == true)
        first.close(timeout: patience)
        _ = try openRegistrar(directory)
    }

    /// A descriptor that is closed twice may be somebody else's the second time.
    @Test func `a lock that is refused closes its file once`() throws {
        let directory = try TemporaryDirectory()
        let paths = RegistryPaths(directory: directory.path)
        let lock = try DirectoryLock(paths)
        let stranger = Stranger()
        let thread = NamedThread("nt-stranger") { stranger.run() }
        for _ in 0..<3000 {
            #expect(throws: RegistryError.self) { try DirectoryLock(paths) }
            if stranger.wrong.load(ordering: .relaxed) > 0 { break }
        }
        stranger.isOver.store(true, ordering: .relaxed)
        thread.join()
        #expect(stranger.wrong.load(ordering: .relaxed) == 0)
        withExtendedLifetime(lock) {}
    }

    /// Opens and closes files of its own, and counts those that somebody else had closed.
    private final class Stranger: Sendable {
        let isOver = Atomic(false)
        let wrong = Atomic(0)

        func run() {
            while !isOver.load(ordering: .relaxed) {
                let descriptor = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
                if close(descriptor) != 0 { wrong.add(1, ordering: .relaxed) }
            }
        }
    }

    /// Without its lock another program would take the registry for closed, and delete the WAL that is still written to.
    @Test func `who reads the rows again takes no lock from the registrar`() throws {
        let directory = try TemporaryDirectory()
        let registrar = try openRegistrar(directory)
        for offset in UInt64(1)...3 {
            _ = registrar.submit([record(1, offset: offset)], removed: [])
            #expect(registrar.flush(timeout: patience))
            registrar.waitUntilQuiet()
            let locks = locks(directory.path + "/registry.db")
            #expect(locks > 0)
            #expect(registrar.records(pipeline: "main") == [record(1, offset: offset)])
            #expect(try RegistryReader(directory: directory.path).entries.count == 1)
            #expect(self.locks(directory.path + "/registry.db") == locks)
        }
    }

    /// POSIX locks on a file, of any process.
    private func locks(_ path: String) -> Int {
        guard let inode = RegistryFiles.status(path)?.inode, let bytes = readBytes("/proc/locks") else { return 0 }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.count { $0.contains("POSIX") && $0.contains(":\(inode) ") }
    }

    @Test func `a registry of a newer agent is refused, and left as it is`() throws {
        let directory = try TemporaryDirectory()
        try makeRegistry(directory, [record(1)])
        let connection = try RegistryConnection(directory.path + "/registry.db", .write(cacheKiB: 512))
        try connection.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 2") }
        connection.close()
        let error = #expect(throws: RegistryError.self) { try openRegistrar(directory) }
        #expect(error?.code == .newerVersion)
        #expect(directory.names("registry.db.corrupt").isEmpty)
    }

    @Test func `a commit writes the changed rows, not the registry`() throws {
        let directory = try TemporaryDirectory()
        try makeRegistry(directory, (1...5000).map { record($0) })
        let registrar = try openRegistrar(directory)
        let wal = directory.path + "/registry.db-wal"
        _ = registrar.submit([record(2500, offset: 9)], removed: [])
        #expect(registrar.flush(timeout: patience))
        // The row's page, the state's page, and at most a page of the tree that they made longer.
        let frames = ((RegistryFiles.size(wal) ?? 0) - 32) / 4120
        #expect((2...3).contains(frames))
    }

    private func commitCount(_ directory: TemporaryDirectory) throws -> Int64 {
        let connection = try RegistryConnection(directory.path + "/registry.db", .read)
        defer { connection.close() }
        return try connection.load().state.commits
    }
}
