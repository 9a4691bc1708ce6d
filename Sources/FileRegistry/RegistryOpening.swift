import GRDB
import Logging
import SystemTools

/// What opening the registry came to.
struct OpenedRegistry {
    /// nil while nothing can be written.
    var connection: RegistryConnection?
    var snapshot: RegistrySnapshot
    var recovery: RegistryRecovery?
    var trouble: String?
    /// The last agent did not close the registry: it is checked before the first commit.
    var unclean = false
}

/// Opens the registry of an agent that starts: makes it, loads and verifies it, or recovers it.
struct RegistryOpening {
    let rebuild: RegistryRebuild
    private var paths: RegistryPaths { rebuild.paths }
    private var settings: RegistrySettings { rebuild.settings }

    /// - Errors: `.notWritable`, `.notReadable`, `.newerVersion`, `.failed`: the agent cannot start.
    func run() throws(RegistryError) -> OpenedRegistry {
        do {
            guard let size = RegistryFiles.size(paths.database) else { return try openMissing() }
            // SQLite would take an empty file for a new database, and delete its WAL.
            guard size > 0 else { return try recover("registry.db is empty", nil) }
            return try openPresent()
        } catch let error as RegistryError {
            throw error
        } catch {
            let cause =
                switch RegistryFailure(error) {
                case .damage(let reason), .trouble(let reason): reason
                }
            throw RegistryError(
                .notWritable, "the registry cannot be opened; see that path.data can be written and has space",
                path: paths.database, cause: cause)
        }
    }

    private func openMissing() throws -> OpenedRegistry {
        let leftovers = RegistryPaths.family(paths.database).contains { RegistryFiles.size($0) ?? 0 > 0 }
        if leftovers || RegistryFiles.exists(paths.backup) { return try recover("registry.db is missing", nil) }
        RegistryPaths.family(paths.database).forEach(RegistryFiles.remove)
        let now = Clocks.wall
        var snapshot = RegistrySnapshot()
        snapshot.state.committed = now
        snapshot.meta = RegistryRebuild.complete([:], now: now)
        try RegistryRebuild.write(snapshot, settings, paths)
        try RegistryFiles.publish(paths.newDatabase, as: paths.database, in: paths.directory)
        return try openPresent()
    }

    private func openPresent() throws -> OpenedRegistry {
        let unclean = RegistryFiles.size(RegistryPaths.wal(paths.database)) ?? 0 > 0
        var opened: RegistryConnection?
        do {
            let connection = try openForWriting()
            opened = connection
            return OpenedRegistry(connection: connection, snapshot: try connection.load(), unclean: unclean)
        } catch let error as RegistryError {
            throw error
        } catch {
            switch RegistryFailure(error) {
            case .damage(let reason):
                return try recover(reason, opened)
            case .trouble(let cause):
                opened?.close()
                return try loadOnly(cause, unclean: unclean, error)
            }
        }
    }

    func openForWriting() throws -> RegistryConnection {
        try RegistryConnection(paths.database, .write(cacheKiB: settings.cacheKiB))
    }

    private func recover(_ reason: String, _ damaged: RegistryConnection?) throws -> OpenedRegistry {
        let recovery = try rebuild.run(reason: reason, damaged: damaged, known: nil, nextID: 1)
        let connection = try openForWriting()
        return OpenedRegistry(connection: connection, snapshot: try connection.load(), recovery: recovery)
    }

    /// On a full or read-only disk the positions are still known: the agent starts, and commits when it can.
    private func loadOnly(_ cause: String, unclean: Bool, _ error: any Error) throws -> OpenedRegistry {
        for mode in unclean ? [RegistryConnection.Mode.exclusive] : [.exclusive, .immutable] {
            guard let connection = try? RegistryConnection(paths.database, mode) else { continue }
            defer { connection.close() }
            if let snapshot = try? connection.load() {
                return OpenedRegistry(connection: nil, snapshot: snapshot, trouble: cause, unclean: unclean)
            }
        }
        throw error
    }
}
