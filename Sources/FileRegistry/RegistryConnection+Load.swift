import EventModel
import GRDB
import GRDBSQLite

/// One whole committed state.
struct RegistrySnapshot: Sendable {
    var state = RegistryState()
    var meta: [String: String] = [:]
    var entries: [RegistryEntry] = []
    /// Rows that did not match their checksums; only a lenient load lets them pass.
    var damagedRows = 0
}

extension RegistryConnection {
    /// Reads everything and verifies it against the checksums and the digest.
    ///
    /// - Parameter lenient: leaves damaged rows out instead of failing, for `registry list`.
    /// - Errors: `Damage`; `RegistryError` `.newerVersion` where a newer agent made the file.
    func load(lenient: Bool = false) throws -> RegistrySnapshot {
        let snapshot = try queue.unsafeRead { db in
            // One transaction, so that all tables are of one commit while another process writes.
            try db.execute(sql: "BEGIN")
            defer { try? db.execute(sql: "COMMIT") }
            do {
                return try read(db, lenient: lenient)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
                throw Damage(reason: "the schema is not the registry's: \(error.message ?? "")")
            }
        }
        state = snapshot.state
        return snapshot
    }

    private func read(_ db: Database, lenient: Bool) throws -> RegistrySnapshot {
        try checkVersion(db)
        var snapshot = RegistrySnapshot()
        snapshot.meta = try readMeta(db)
        snapshot.state = try readState(db)
        var digest: UInt64 = 0
        let statement = try db.makeStatement(sql: RegistrySchema.selectFiles)
        let rows = try Row.fetchCursor(statement)
        snapshot.entries.reserveCapacity(Int(clamping: min(max(snapshot.state.rows, 0), 1_000_000)))
        while try rows.next() != nil {
            let columns = Columns(statement)
            let entry = columns.entry
            let stored = UInt32(truncatingIfNeeded: columns.integer(17))
            if stored == checksum.of(entry.record, updated: entry.updated) {
                digest &+= RowChecksum.share(id: entry.record.id, checksum: stored)
                snapshot.entries.append(entry)
            } else if lenient {
                snapshot.damagedRows += 1
            } else {
                throw Damage(reason: "row \(entry.record.id) does not match its checksum")
            }
        }
        let whole = digest == snapshot.state.digest && Int64(snapshot.entries.count) == snapshot.state.rows
        guard whole || lenient else { throw Damage(reason: "the rows are not those of one commit") }
        return snapshot
    }

    private func checkVersion(_ db: Database) throws {
        let application = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard application == RegistrySchema.application, version >= 1 else {
            throw Damage(reason: "not a registry")
        }
        guard version == RegistrySchema.version else {
            throw RegistryError(
                .newerVersion,
                "the registry was written by a newer agent (schema \(version), known here: \(RegistrySchema.version))",
                path: path)
        }
    }

    private func readMeta(_ db: Database) throws -> [String: String] {
        var meta: [String: String] = [:]
        let statement = try db.makeStatement(sql: RegistrySchema.selectMeta)
        let rows = try Row.fetchCursor(statement)
        while try rows.next() != nil {
            let columns = Columns(statement)
            let (key, value) = (columns.text(0), columns.text(1))
            guard UInt32(truncatingIfNeeded: columns.integer(2)) == checksum.of(key: key, value: value) else {
                throw Damage(reason: "the meta table does not match its checksums")
            }
            meta[key] = value
        }
        guard meta[MetaKey.agentID] != nil else { throw Damage(reason: "the meta table is not complete") }
        return meta
    }

    private func readState(_ db: Database) throws -> RegistryState {
        let statement = try db.makeStatement(sql: RegistrySchema.selectState)
        let rows = try Row.fetchCursor(statement)
        guard try rows.next() != nil else { throw Damage(reason: "the state row is missing") }
        let columns = Columns(statement)
        let state = RegistryState(
            commits: columns.integer(0), rows: columns.integer(1), nextID: columns.integer(2),
            digest: UInt64(columns.text(3), radix: 16) ?? 0, committed: columns.integer(4))
        guard UInt32(truncatingIfNeeded: columns.integer(5)) == checksum.of(state) else {
            throw Damage(reason: "the state row does not match its checksum")
        }
        return state
    }

    /// `PRAGMA quick_check`: finds broken trees and free lists, which loading every row does not.
    func quickCheck() throws {
        let answer = try queue.unsafeRead { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard answer == "ok" else { throw Damage(reason: answer ?? "quick_check failed") }
    }

    /// Where the agent's id can still be read, it is kept, whatever else is damaged.
    func salvageMeta() -> [String: String] {
        (try? queue.unsafeRead { try readMeta($0) }) ?? [:]
    }
}

/// Names in the `meta` table.
enum MetaKey {
    static let agentID = "agent.id"
    static let firstStart = "first_start"
}

/// The columns of the row that a statement stands on. SQLite converts whatever a damaged file holds, where GRDB's own
/// conversions would trap; the checksum then says that it is wrong.
@safe
private struct Columns {
    private let statement: SQLiteStatement

    init(_ statement: Statement) { unsafe self.statement = statement.sqliteStatement }

    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

    func text(_ column: Int32) -> String {
        guard let start = unsafe sqlite3_column_text(statement, column) else { return "" }
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    private func unsigned(_ column: Int32) -> UInt64 { UInt64(bitPattern: integer(column)) }

    /// In the order of `RegistrySchema.selectFiles`.
    var entry: RegistryEntry {
        let record = FileRecord(
            id: integer(0), pipeline: text(1), input: text(2), path: text(3), device: unsigned(4), inode: unsigned(5),
            birth: integer(6), fingerprint: text(7), fingerprintLength: Int(integer(8)),
            generation: UInt32(truncatingIfNeeded: integer(9)), idKey: text(10), offset: unsigned(11),
            anchor: Anchor(
                hash: UInt64(text(12), radix: 16) ?? 0, length: UInt8(truncatingIfNeeded: integer(13))),
            seen: integer(14), removed: integer(15) != 0)
        return RegistryEntry(record: record, updated: integer(16))
    }
}
