import CShim
import EventModel
import GRDB
import SQLiteTools

/// One SQLite connection to a registry. Used by one thread at a time: the opener's, then the registrar's.
///
/// - Errors: `Damage` where the content is not what was committed; GRDB's `DatabaseError` for the rest.
final class RegistryConnection {
    /// The registry does not hold a committed state any more.
    struct Damage: Error { let reason: String }

    enum Mode {
        /// The agent's own.
        case write(cacheKiB: Int)
        /// The agent's own when nothing can be written any more, not even shared memory: rows are only loaded.
        case exclusive
        /// Beside a running agent.
        case read
        /// Of a file that nobody writes to; leaves nothing beside it.
        case immutable
        /// A file that is not published yet: no journal, no fsync, one file when it is closed.
        case unpublished
    }

    let queue: DatabaseQueue
    let path: String
    /// Of the file that was opened: another one under its name is not this registry.
    let inode: UInt64?
    /// What was last loaded or committed.
    var state = RegistryState()
    var checksum = RowChecksum()

    init(_ path: String, _ mode: Mode) throws {
        self.path = path
        var configuration = Configuration()
        configuration.busyMode = .timeout(0.5)
        configuration.foreignKeysEnabled = false
        configuration.label = "registry"
        configuration.allowsUnsafeTransactions = true
        var name = path
        switch mode {
        case .read: configuration.readonly = true
        case .immutable:
            configuration.readonly = true
            name = SQLiteAddress.immutable(path)
        case .write, .exclusive, .unpublished: break
        }
        let pragmas = RegistryConnection.pragmas(mode)
        configuration.prepareDatabase { try $0.execute(sql: pragmas) }
        inode = RegistryFiles.status(path)?.inode
        queue = try DatabaseQueue(path: name, configuration: configuration)
    }

    /// SQLite goes on writing to a file that was deleted or renamed beneath it.
    func checkInPlace() throws {
        guard RegistryFiles.status(path)?.inode == inode else {
            throw Damage(reason: "registry.db was deleted or replaced beneath the agent")
        }
    }

    func close() { try? queue.close() }

    /// FULL: a commit is on disk when it returns. The WAL is checkpointed at 1 MiB, so that opening after a crash has
    /// little to replay, and is cut back to that size after a burst. `cell_size_check` finds damage inside pages.
    private static func pragmas(_ mode: Mode) -> String {
        let common = "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; "
        switch mode {
        case .write(let cacheKiB):
            return common + """
                PRAGMA cache_size = -\(cacheKiB); PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 1048576;
                """
        case .exclusive:
            return common + "PRAGMA cache_size = -512; PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON;"
        case .read, .immutable:
            return common + "PRAGMA cache_size = -512;"
        case .unpublished:
            return common + """
                PRAGMA cache_size = -512; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; \
                PRAGMA synchronous = OFF;
                """
        }
    }
}

/// What an error of SQLite means for the registry.
enum RegistryFailure {
    /// The file is not what was written: recovery.
    case damage(String)
    /// The disk or its rights: it may go on by itself.
    case trouble(String)

    init(_ error: any Error) {
        switch error {
        case let damage as RegistryConnection.Damage:
            self = .damage(damage.reason)
        case let error as DatabaseError:
            self = error.isDamage ? .damage(error.plainText) : .trouble(error.plainText)
        default:
            self = .trouble("\(error)")
        }
    }
}
