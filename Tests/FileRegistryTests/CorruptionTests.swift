import EventModel
import GRDB
import Glibc
import Testing

@testable import FileRegistry

@Suite(.timeLimit(.minutes(5)))
struct CorruptionTests {
    /// Changes what stands in the database file where `text` is first found.
    private func damage(_ path: String, at text: String, to other: String) throws {
        var bytes = try #require(readBytes(path))
        let needle = Array(text.utf8)
        let start = try #require(
            bytes.indices.first { bytes[$0...].starts(with: needle) }, "the text is in the file")
        bytes.replaceSubrange(start..<(start + needle.count), with: Array(other.utf8))
        #expect(writeBytes(bytes, path))
    }

    @Test func `changed bytes inside a page are found, and the backup is taken`() throws {
        let directory = try TemporaryDirectory()
        let rows = (1...40).map { record($0, offset: UInt64($0) * 100) }
        try makeRegistry(directory, Array(rows))
        try damage(directory.path + "/registry.db", at: "/var/log/app/17.log", to: "/var/log/app/77.log")
        let book = LogBook()
        let registrar = try openRegistrar(directory, book)
        #expect(byID(registrar.records(pipeline: "main")) == byID(Array(rows)))
        let recovery = try #require(registrar.recovery)
        #expect(recovery.reason.contains("row 17 does not match its checksum"))
        guard case .backup = recovery.source else { return #expect(Bool(false), "\(recovery)") }
        #expect(recovery.records == 40)
        #expect(recovery.setAside.count == 1)
        #expect(RegistryFiles.exists(recovery.setAside[0]))
        #expect(recovery.setAside[0].contains("/registry.db.corrupt-20"))
        #expect(book.all.contains { $0.hasPrefix("error") && $0.contains("lines settled since it was made are sent") })
    }

    @Test func `after a recovery ids go on behind those that were lost`() throws {
        let directory = try TemporaryDirectory()
        try makeRegistry(directory, [record(1)])
        let lost = try openRegistrar(directory)
        let id = lost.nextID()
        _ = lost.submit([record(id)], removed: [])
        #expect(lost.close(timeout: patience))
        writeBytes([], directory.path + "/registry.db")
        let registrar = try openRegistrar(directory)
        #expect(registrar.records(pipeline: "main") == [record(1)])
        #expect(registrar.nextID() > id)
    }

    @Test func `without a backup a loud error says what is sent again, and the agent keeps its id`() throws {
        let directory = try TemporaryDirectory()
        try makeRegistry(directory, [record(1), record(2)], backup: false)
        let id = try RegistryReader(directory: directory.path).agentID
        try damage(directory.path + "/registry.db", at: "/var/log/app/2.log", to: "/var/log/app/9.log")
        let book = LogBook()
        let registrar = try openRegistrar(directory, book)
        #expect(registrar.records(pipeline: "main") == [])
        #expect(registrar.recovery?.source == .nothing)
        #expect(registrar.agentID == id)
        #expect(book.all.contains { $0.hasPrefix("error") && $0.contains("sent again from its first byte") })
    }

    @Test(arguments: ["registry.db", "registry.db.backup"])
    func `a backup that is damaged too is not taken`(which: String) throws {
        let directory = try TemporaryDirectory()
        try makeRegistry(directory, [record(1)])
        try damage(directory.path + "/registry.db", at: "/var/log/app/1.log", to: "/var/log/app/2.log")
        if which == "registry.db.backup" {
            try damage(directory.path + "/registry.db.backup", at: "/var/log/app/1.log", to: "/var/log/app/3.log")
        }
        let registrar = try openRegistrar(directory)
        let good = which == "registry.db"
        #expect(registrar.records(pipeline: "main") == (good ? [record(1)] : []))
        #expect((registrar.recovery?.source == .nothing) == !good)
    }

    @Test(arguments: ["no SQLite file", "empty", "missing", "other database", "half"])
    func `a registry that is no registry any more is replaced by the backup`(how: String) throws {
        let directory = try TemporaryDirectory()
        try makeRegistry(directory, [record(1)])
        let path = directory.path + "/registry.db"
        switch how {
        case "no SQLite file": writeBytes(Array(repeating: 0x41, count: 9000), path)
        case "empty": writeBytes([], path)
        case "half": writeBytes(try #require(readBytes(path)).prefix(6000), path)
        case "missing": RegistryFiles.remove(path)
        default:
            RegistryFiles.remove(path)
            try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE files (id INTEGER)") }
        }
        let registrar = try openRegistrar(directory)
        #expect(registrar.records(pipeline: "main") == [record(1)])
        guard case .backup = registrar.recovery?.source else { return #expect(Bool(false), "no backup taken") }
        let ticket = registrar.submit([record(1, offset: 77)], removed: [])
        #expect(registrar.wait(for: ticket, timeout: patience))
        #expect(registrar.close(timeout: patience))
        #expect(try RegistryReader(directory: directory.path).entries.map(\.record) == [record(1, offset: 77)])
    }

    @Test func `a row deleted by hand is found`() throws {
        let directory = try TemporaryDirectory()
        try makeRegistry(directory, [record(1), record(2)])
        try DatabaseQueue(path: directory.path + "/registry.db").write {
            try $0.execute(sql: "DELETE FROM files WHERE id = 2")
        }
        let registrar = try openRegistrar(directory)
        #expect(registrar.recovery?.reason == "the rows are not those of one commit")
        #expect(registrar.records(pipeline: "main").count == 2)
    }

    @Test func `damage while running costs nothing: backup and memory are the whole registry`() throws {
        let directory = try TemporaryDirectory()
        try makeRegistry(directory, (1...200).map { record($0) })
        let book = LogBook()
        let registrar = try openRegistrar(directory, book) {
            $0.flushInterval = .milliseconds(1)
            $0.cacheKiB = 8
        }
        var expected = byID(registrar.records(pipeline: "main"))
        expected[5] = record(5, offset: 1234)
        #expect(registrar.wait(for: registrar.submit([record(5, offset: 1234)], removed: []), timeout: patience))
        registrar.waitUntilQuiet()
        // Every page but the first, under the feet of the open connection, and the WAL.
        let path = directory.path + "/registry.db"
        overwrite(path, from: 4096)
        overwrite(path + "-wal", from: 32)
        var id: Int64 = 10
        while registrar.recovery == nil, id < 200 {
            expected[id] = record(id, offset: 99)
            #expect(registrar.wait(for: registrar.submit([record(id, offset: 99)], removed: []), timeout: patience))
            id += 1
        }
        #expect(registrar.recovery?.source == .backupAndMemory)
        #expect(book.all.contains { $0.hasPrefix("warning") && $0.contains("nothing is sent again") })
        #expect(registrar.close(timeout: patience))
        let again = try openRegistrar(directory)
        #expect(again.recovery == nil)
        #expect(byID(again.records(pipeline: "main")) == expected)
    }

    @Test func `a registry deleted beneath the running agent is written anew`() throws {
        let directory = try TemporaryDirectory()
        let rows = (1...20).map { record($0) }
        try makeRegistry(directory, rows)
        let registrar = try openRegistrar(directory)
        for name in directory.names("registry.db") { RegistryFiles.remove(directory.path + "/" + name) }
        _ = registrar.submit([record(3, offset: 5)], removed: [4])
        #expect(registrar.flush(timeout: patience))
        #expect(registrar.recovery?.source == .rebuilt)
        #expect(registrar.close(timeout: patience))
        var expected = byID(rows)
        expected[3] = record(3, offset: 5)
        expected[4] = nil
        #expect(byID(try openRegistrar(directory).records(pipeline: "main")) == expected)
    }

    @Test func `only the newest damaged registries are kept`() throws {
        let directory = try TemporaryDirectory()
        try makeRegistry(directory, [record(1)])
        for _ in 0..<4 {
            writeBytes(Array("broken".utf8), directory.path + "/registry.db")
            let registrar = try openRegistrar(directory) { $0.setAsideKept = 2 }
            #expect(registrar.records(pipeline: "main") == [record(1)])
            registrar.close(timeout: patience)
        }
        #expect(directory.names("registry.db.corrupt-").count == 2)
    }

    private func overwrite(_ path: String, from start: Int) {
        let descriptor = unsafe open(path, O_WRONLY)
        let junk = [UInt8](repeating: 0xa5, count: 4096)
        let size = Int(RegistryFiles.size(path) ?? 0)
        var at = start
        while at < size {
            _ = unsafe pwrite(descriptor, junk, min(junk.count, size - at), off_t(at))
            at += junk.count
        }
        close(descriptor)
    }
}
