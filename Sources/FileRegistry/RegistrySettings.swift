/// What the registry is told.
package struct RegistrySettings: Sendable, Equatable {
    /// `path.data`: the directory of the registry, its backup and the agent's lock.
    package var directory: String
    /// Longest time from a submitted row to its commit (`filebeat.registry.flush`).
    package var flushInterval = Duration.seconds(1)
    /// Least time between two backups; one is made only when something was committed since the last.
    package var backupInterval = Duration.seconds(600)
    /// First and longest wait between two attempts while nothing can be committed; each is twice the one before.
    package var retryInitial = Duration.seconds(1)
    package var retryMaximum = Duration.seconds(30)
    /// Mode of the database and its backup (`filebeat.registry.file_permissions`).
    package var filePermissions: UInt32 = 0o600
    /// Mode of `directory` when it has to be made.
    package var directoryPermissions: UInt32 = 0o750
    /// SQLite's page cache, in KiB. The rows of one commit are looked up by id, so a small cache is enough.
    package var cacheKiB = 512
    /// How many damaged registries that were set aside are kept.
    package var setAsideKept = 5

    package init(directory: String) { self.directory = directory }
}

/// The file names inside `path.data`.
struct RegistryPaths: Sendable {
    let directory: String

    var database: String { directory + "/registry.db" }
    var backup: String { directory + "/registry.db.backup" }
    /// Names for files that are not complete yet.
    var newDatabase: String { directory + "/registry.db.new" }
    var newBackup: String { directory + "/registry.db.backup.new" }
    var lock: String { directory + "/needletail.lock" }

    static func wal(_ database: String) -> String { database + "-wal" }
    /// What SQLite may keep beside a database; the database itself comes first.
    static func family(_ database: String) -> [String] {
        [database, database + "-wal", database + "-shm", database + "-journal"]
    }
}
