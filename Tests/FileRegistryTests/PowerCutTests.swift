import EventModel
import GRDB
import TestSupport
import Testing

@testable import FileRegistry

/// What a power cut may leave: the database and its WAL cut at any page, or with half-written pages. What is opened
/// afterwards is a state that was once committed, or the damage is found and the backup taken; nothing in between.
@Suite(.timeLimit(.minutes(5)))
struct PowerCutTests {
    /// A registry in mid-life: every state that it was in, its files, and the state of its backup.
    private final class History {
        var states: [[Int64: FileRecord]] = []
        var database: [UInt8] = []
        var wal: [UInt8] = []
        var backup: [UInt8] = []
        var backupState: [Int64: FileRecord] = [:]

        /// - Parameter checkpointed: whether part of the WAL is in the database already, and its place written again.
        init(seed: UInt64, checkpointed: Bool) throws {
            let directory = try TemporaryDirectory()
            try makeRegistry(directory, (1...30).map { record($0) })
            backup = try #require(readBytes(directory.path + "/registry.db.backup"))
            var state = byID((1...30).map { record($0) })
            backupState = state
            states.append(state)
            let connection = try RegistryConnection(directory.path + "/registry.db", .write(cacheKiB: 512))
            defer { connection.close() }
            _ = try connection.load()
            var random = SeededGenerator(seed: seed)
            for round in 0..<16 {
                var changes: [Int64: RowChange] = [:]
                for _ in 0..<Int.random(in: 1...12, using: &random) {
                    let id = Int64.random(in: 1...60, using: &random)
                    let remove = Int.random(in: 0..<5, using: &random) == 0
                    let new = record(id, offset: UInt64.random(in: 0..<1 << 40, using: &random))
                    changes[id] = remove ? .remove : .put(new)
                    state[id] = remove ? nil : new
                }
                try connection.commit(changes, nextID: 61, now: Int64(round))
                states.append(state)
                if checkpointed, round == 9 {
                    _ = try connection.queue.writeWithoutTransaction { try $0.checkpoint(.restart) }
                }
            }
            database = try #require(readBytes(directory.path + "/registry.db"))
            wal = try #require(readBytes(directory.path + "/registry.db-wal"))
        }

        /// Opens these files as an agent would that starts.
        func check(_ database: [UInt8], _ wal: [UInt8], _ what: String) throws {
            let directory = try TemporaryDirectory()
            writeBytes(database, directory.path + "/registry.db")
            writeBytes(wal, directory.path + "/registry.db-wal")
            writeBytes(backup, directory.path + "/registry.db.backup")
            let settings = RegistrySettings(directory: directory.path)
            let paths = RegistryPaths(directory: directory.path)
            let opened = try RegistryOpening(
                rebuild: RegistryRebuild(settings: settings, paths: paths, logger: LogBook().logger)
            ).run()
            defer { opened.connection?.close() }
            let found = byID(opened.snapshot.entries.map(\.record))
            if opened.recovery == nil {
                #expect(states.contains(found), "\(what): a state that never was")
            } else {
                #expect(found == backupState, "\(what): not the backup")
            }
            // And it can be written.
            try opened.connection?.commit([1: .put(record(1, offset: 1))], nextID: 99, now: 1)
            #expect(try opened.connection?.load().entries.contains { $0.record == record(1, offset: 1) } == true)
        }
    }

    private static let frame = 4096 + 24

    @Test(arguments: [false, true])
    func `the WAL is cut at every frame, and inside frames`(checkpointed: Bool) throws {
        let history = try History(seed: 1, checkpointed: checkpointed)
        var cuts = [0, 17]
        for start in stride(from: 32, through: history.wal.count, by: PowerCutTests.frame) {
            cuts += [start, start + 24 + 512]
        }
        for cut in cuts where cut <= history.wal.count {
            try history.check(history.database, Array(history.wal[..<cut]), "WAL cut at \(cut)")
        }
    }

    @Test(arguments: [false, true])
    func `the database is cut at every page, with and without its WAL`(checkpointed: Bool) throws {
        let history = try History(seed: 2, checkpointed: checkpointed)
        for cut in stride(from: 0, through: history.database.count, by: 2048) {
            let database = Array(history.database[..<cut])
            try history.check(database, history.wal, "database cut at \(cut)")
            try history.check(database, [], "database cut at \(cut), no WAL")
            let half = 32 + history.wal.count / PowerCutTests.frame / 2 * PowerCutTests.frame
            try history.check(database, Array(history.wal[..<half]), "database cut at \(cut), half the WAL")
        }
    }

    @Test(arguments: [false, true])
    func `sectors of any page are lost or stale`(checkpointed: Bool) throws {
        let history = try History(seed: 3, checkpointed: checkpointed)
        var random = SeededGenerator(seed: 4)
        for page in 0..<(history.database.count / 4096) {
            var zeroed = history.database
            let sector = page * 4096 + 512 * Int.random(in: 0..<8, using: &random)
            zeroed.replaceSubrange(sector..<(sector + 512), with: repeatElement(0, count: 512))
            try history.check(zeroed, history.wal, "sector \(sector) lost")
            try history.check(zeroed, [], "sector \(sector) lost, no WAL")
            var stale = history.database
            let old = page * 4096 < history.backup.count ? Array(history.backup[(page * 4096)...].prefix(4096)) : []
            stale.replaceSubrange((page * 4096)..<(page * 4096 + old.count), with: old)
            try history.check(stale, [], "page \(page) stale")
        }
        for start in stride(from: 32, to: history.wal.count, by: PowerCutTests.frame) {
            var torn = history.wal
            let sector = start + 24 + 512 * Int.random(in: 0..<8, using: &random)
            torn.replaceSubrange(sector..<(sector + 512), with: repeatElement(0, count: 512))
            try history.check(history.database, torn, "WAL sector \(sector) lost")
        }
    }
}
