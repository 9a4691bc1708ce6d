import CShim
import EventModel
import GRDB
import Glibc
import Testing

@testable import FileRegistry

@Suite(.timeLimit(.minutes(5)))
struct RegistryListingTests {
    @Test func `the registry is listed beside a running agent, and without one`() throws {
        let directory = try TemporaryDirectory()
        let registrar = try openRegistrar(directory)
        _ = registrar.submit([record(2), record(1), record(3, pipeline: "archive")], removed: [])
        #expect(registrar.flush(timeout: patience))
        registrar.waitUntilQuiet()
        let running = try RegistryReader(directory: directory.path)
        #expect(running.entries.map(\.record.id) == [3, 1, 2])
        #expect(running.agentID == registrar.agentID)
        registrar.close(timeout: patience)
        let files = directory.names()
        let stopped = try RegistryReader(directory: directory.path)
        #expect(stopped.entries == running.entries)
        #expect(stopped.entries(path: "/var/log/app/2.log").map(\.record) == [record(2)])
        #expect(directory.names() == files, "reading leaves nothing behind")
        #expect(files == ["needletail.lock", "registry.db", "registry.db.backup"])
    }

    @Test func `a plain select shows positions with readable times`() throws {
        let directory = try TemporaryDirectory()
        try makeRegistry(directory, [record(1, offset: 7)])
        let row = try DatabaseQueue(path: directory.path + "/registry.db").read {
            try Row.fetchOne($0, sql: "SELECT path, offset, seen, updated FROM positions")
        }
        #expect(row?["path"] == "/var/log/app/1.log")
        #expect(row?["offset"] == 7)
        #expect(row?["seen"] == "2026-09-21T14:13:20.000Z")
        let updated: String = try #require(row?["updated"])
        let entry = try #require(try RegistryReader(directory: directory.path).entries.first)
        #expect(updated.prefix(19) == TimeText(milliseconds: entry.updated / 1_000_000).text.prefix(19))
    }

    @Test func `a directory name with special characters is no obstacle`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a?b#c%41 d"
        let registrar = try Registrar(RegistrySettings(directory: path), logger: LogBook().logger)
        _ = registrar.submit([record(1)], removed: [])
        #expect(registrar.close(timeout: patience))
        #expect(try RegistryReader(directory: path).entries.count == 1)
        for name in RegistryFiles.names(in: path, prefix: "") { RegistryFiles.remove(path + "/" + name) }
        _ = unsafe rmdir(path)
    }

    @Test func `no registry, or none that can be read, is an error that says so`() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: RegistryError.self) { try RegistryReader(directory: directory.path) }
        do { _ = try RegistryReader(directory: directory.path) } catch { #expect(error.code == .notFound) }
        writeBytes(Array(repeating: 1, count: 8192), directory.path + "/registry.db")
        do {
            _ = try RegistryReader(directory: directory.path)
            Issue.record("garbage was read")
        } catch { #expect(error.code == .damaged) }
    }

    @Test func `each row says how its file stands to it`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/app.log"
        writeBytes(Array(repeating: 0x61, count: 100), path)
        let file = try #require(RegistryFiles.status(path))
        func state(_ offset: UInt64, _ change: (inout FileRecord) -> Void = { _ in }) -> String {
            var row = record(1, path: path, offset: offset)
            (row.device, row.inode) = (file.device, file.inode)
            change(&row)
            let line = RegistryListing([RegistryEntry(record: row, updated: 0)]).lines[0]
            return "\(line.state.rawValue) \(line.size.map(String.init) ?? "-") \(line.lag.map(String.init) ?? "-")"
        }
        #expect(state(100) == "current 100 0")
        #expect(state(40) == "behind 100 60")
        #expect(state(101) == "truncated 100 0")
        #expect(state(100) { $0.inode += 1 } == "replaced - -")
        #expect(state(100) { $0.path += ".1" } == "missing - -")
        #expect(state(100) { $0.removed = true } == "removed - -")
    }

    @Test func `the table is aligned, and control characters do not reach the terminal`() {
        let rows = [record(1, path: "/nowhere/a\u{1b}[31m.log", offset: 7), record(2, path: "/nowhere/b.log")]
        let table = RegistryListing(rows.map { RegistryEntry(record: $0, updated: 1_790_000_000_123_000_000) }).table
        #expect(
            table == """
                PIPELINE  INPUT  PATH                      INODE  GEN  OFFSET  SIZE  LAG  UPDATED                   STATE
                main      app    /nowhere/a\\x1b[31m.log  1000001    0       7     -    -  2026-09-21T14:13:20.123Z  missing
                main      app    /nowhere/b.log          1000002    0       0     -    -  2026-09-21T14:13:20.123Z  missing

                """)
    }

    @Test func `JSON has all fields, and null for what is not known`() {
        #expect(RegistryListing([]).json == "[]\n")
        let row = record(1, path: "/nowhere/\"a\\\n.log", offset: 7)
        let json = RegistryListing([RegistryEntry(record: row, updated: 1_790_000_000_123_000_000)]).json
        #expect(
            json == """
                [
                  {"pipeline":"main","input":"app","path":"/nowhere/\\"a\\\\\\u000a.log","state":"missing","offset":7,\
                "size":null,"lag":null,"updated":"2026-09-21T14:13:20.123Z","seen":"2026-09-21T14:13:20.000Z",\
                "generation":0,"device":2049,"inode":1000001,"birth":"2026-05-28T20:26:40.000Z",\
                "fingerprint":"\(String(repeating: "5a", count: 32))","fingerprint_length":1024,"id_key":"k1","id":1}
                ]

                """)
    }

    @Test func `details name each field once`() {
        let row = record(1, path: "/nowhere/x.log", offset: 7)
        let details = RegistryListing([RegistryEntry(record: row, updated: 0)]).details
        #expect(details.contains("path                /nowhere/x.log\n"))
        #expect(details.contains("offset              7\n"))
        #expect(details.split(separator: "\n").count == 17)
    }
}
