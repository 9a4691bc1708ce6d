import GRDB
import GRDBSQLite
import SQLiteTools
import SystemTools

/// One SQLite connection to a segment.
///
/// - Ownership: one thread at a time, which therefore uses SQLite's handle directly; GRDB opens, configures and closes.
/// - Errors: `Damage` where the content is not what was written; GRDB's `DatabaseError` for the rest.
@safe
final class SegmentConnection {
    struct Damage: Error { let reason: String }
    struct NewerVersion: Error { let version: Int64 }

    enum Mode {
        case write
        /// Beside a writer, or without one.
        case read
        /// Of a file that nobody writes to; leaves nothing beside it.
        case immutable
    }

    let path: String
    private let queue: DatabaseQueue
    private let handle: OpaquePointer

    init(_ path: String, _ mode: Mode) throws {
        self.path = path
        var configuration = Configuration()
        configuration.busyMode = .timeout(2)
        configuration.foreignKeysEnabled = false
        configuration.label = "segment"
        configuration.allowsUnsafeTransactions = true
        var name = path
        switch mode {
        case .write: break
        case .read: configuration.readonly = true
        case .immutable:
            configuration.readonly = true
            name = SQLiteAddress.immutable(path)
        }
        let pragmas = SegmentConnection.pragmas(mode)
        configuration.prepareDatabase { try $0.execute(sql: pragmas) }
        queue = try DatabaseQueue(path: name, configuration: configuration)
        unsafe handle = queue.inDatabase { unsafe $0.sqliteConnection! }
    }

    deinit { try? queue.close() }

    func prepare(_ sql: String) throws -> SQLStatement { unsafe try SQLStatement(handle, sql) }

    /// Runs statements whose rows, if any, are not wanted.
    func execute(_ sql: String) throws {
        try queue.inDatabase { try $0.execute(sql: sql) }
    }

    /// The first column of the first row.
    func integer(_ sql: String) throws -> Int64? {
        let statement = try prepare(sql)
        defer { statement.reset() }
        return try statement.step() && !statement.isNull(0) ? statement.integer(0) : nil
    }

    /// Rows that the last statement inserted, changed or deleted.
    var changes: Int { unsafe Int(sqlite3_changes(handle)) }

    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// - Errors: `Damage` for another kind of file, `NewerVersion` for one of a later release.
    func checkVersion() throws {
        guard try integer("PRAGMA application_id") == SegmentSchema.application else {
            throw Damage(reason: "the file is not a segment of a log store")
        }
        let version = try integer("PRAGMA user_version") ?? 0
        guard version == SegmentSchema.version else {
            if version > SegmentSchema.version { throw NewerVersion(version: version) }
            throw Damage(reason: "the segment has no version")
        }
    }

    /// FULL: a commit is on disk when it returns. `cell_size_check` finds damage inside pages.
    private static func pragmas(_ mode: Mode) -> String {
        let common = "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; "
        switch mode {
        case .write:
            return common + """
                PRAGMA page_size = \(SegmentSchema.pageBytes); PRAGMA cache_size = -16384; PRAGMA mmap_size = 0; \
                PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000; \
                PRAGMA journal_size_limit = 33554432;
                """
        case .read, .immutable:
            // The kernel caches the file. Mapped, all that a long count read would be the collector's own memory.
            return common + "PRAGMA cache_size = -2048; PRAGMA mmap_size = 0; PRAGMA query_only = ON;"
        }
    }
}

/// What an error means for a segment.
enum SegmentFailure {
    /// The file is not what was written: it is set aside.
    case damage(String)
    /// A later release has written it.
    case newer(String)
    /// The disk or its rights: it may go on by itself.
    case trouble(String)

    init(_ error: any Error) {
        switch error {
        case let damage as SegmentConnection.Damage: self = .damage(damage.reason)
        case let damage as ZstdDecoder.Damage: self = .damage(damage.reason)
        case is ByteReader.Malformed: self = .damage("a block's columns are malformed")
        case let newer as SegmentConnection.NewerVersion: self = .newer("version \(newer.version)")
        case let error as DatabaseError:
            self = error.isDamage ? .damage(error.plainText) : .trouble(error.plainText)
        default: self = .trouble("\(error)")
        }
    }

    var text: String {
        switch self {
        case .damage(let text), .newer(let text), .trouble(let text): text
        }
    }
}
