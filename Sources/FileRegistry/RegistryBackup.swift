import GRDB

/// `registry.db.backup`: a verified copy of an earlier committed state, in one file.
enum RegistryBackup {
    /// Copies the registry with SQLite's backup API, reads the copy back against its checksums, and only then puts it
    /// in the place of the older one. O(all rows), so it is made seldom.
    /// - Errors: `Damage` when the copy does not verify: then the registry itself is damaged.
    static func make(of source: RegistryConnection, paths: RegistryPaths, mode: UInt32) throws {
        do {
            try RegistryFiles.makeEmpty(paths.newBackup, mode: mode)
            let copy = try RegistryConnection(paths.newBackup, .unpublished)
            defer { copy.close() }
            try source.queue.backup(to: copy.queue)
            _ = try copy.load()
            // The copy says of itself that it has a WAL; a backup is one file.
            let journal = try copy.queue.writeWithoutTransaction {
                try String.fetchOne($0, sql: "PRAGMA journal_mode = DELETE")
            }
            guard journal == "delete" else {
                throw RegistryError(.failed, "the backup keeps a journal", path: paths.newBackup)
            }
            copy.close()
            try RegistryFiles.publish(paths.newBackup, as: paths.backup, in: paths.directory)
        } catch {
            // What is incomplete would take space that the registry needs.
            RegistryPaths.family(paths.newBackup).forEach(RegistryFiles.remove)
            throw error
        }
    }

    /// The last good backup; nil when there is none, or it is damaged too.
    static func load(_ paths: RegistryPaths) throws(RegistryError) -> RegistrySnapshot? {
        guard RegistryFiles.exists(paths.backup) else { return nil }
        do {
            let connection = try RegistryConnection(paths.backup, .immutable)
            defer { connection.close() }
            return try connection.load()
        } catch let error as RegistryError {
            throw error
        } catch {
            guard case .trouble(let cause) = RegistryFailure(error) else { return nil }
            throw RegistryError(
                .notReadable, "the registry is damaged and its backup cannot be read; make it readable",
                path: paths.backup, cause: cause)
        }
    }
}
