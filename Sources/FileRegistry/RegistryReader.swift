/// The registry as it is now, for `needletail registry list|show`; works beside a running agent, and without one.
package struct RegistryReader: Sendable {
    /// By pipeline, input, path and generation.
    package let entries: [RegistryEntry]
    /// Rows left out because they do not match their checksums.
    package let damagedRows: Int
    /// When the registry was last committed, ns since 1970.
    package let committed: Int64
    package let agentID: String

    /// - Parameter directory: `path.data`.
    /// - Errors: `.notFound`, `.notReadable`, `.damaged`, `.newerVersion`.
    package init(directory: String) throws(RegistryError) {
        let path = RegistryPaths(directory: directory).database
        try RegistryReader.checkReadable(path)
        let snapshot: RegistrySnapshot
        do {
            snapshot = try RegistryReader.load(path)
        } catch let error as RegistryError {
            throw error
        } catch {
            throw RegistryReader.explain(error, path)
        }
        entries = snapshot.entries.sorted { RegistryReader.key($0) < RegistryReader.key($1) }
        damagedRows = snapshot.damagedRows
        committed = snapshot.state.committed
        agentID = snapshot.meta[MetaKey.agentID] ?? ""
    }

    /// The rows of a file, by the name under which it was last seen.
    package func entries(path: String) -> [RegistryEntry] { entries.filter { $0.record.path == path } }

    private static func key(_ entry: RegistryEntry) -> (String, String, String, UInt32, Int64) {
        let record = entry.record
        return (record.pipeline, record.input, record.path, record.generation, record.id)
    }

    private static func checkReadable(_ path: String) throws(RegistryError) {
        do {
            try RegistryFiles.checkReadable(path)
        } catch {
            guard error.code == .notFound else {
                throw RegistryError(
                    .notReadable, "the registry cannot be read; run this as root or as the agent's user", path: path,
                    cause: error.cause)
            }
            throw RegistryError(
                .notFound, "there is no registry here; name the agent's directory with --path.data", path: path)
        }
    }

    /// Without a WAL nobody writes: then the file is read without leaving a trace beside it.
    private static func load(_ path: String) throws -> RegistrySnapshot {
        let quiet = RegistryFiles.size(RegistryPaths.wal(path)) ?? 0 == 0
        if quiet, let connection = try? RegistryConnection(path, .immutable) {
            defer { connection.close() }
            if let snapshot = try? connection.load() { return snapshot }
        }
        let connection = try RegistryConnection(path, .read)
        defer { connection.close() }
        return try connection.load(lenient: true)
    }

    private static func explain(_ error: any Error, _ path: String) -> RegistryError {
        switch RegistryFailure(error) {
        case .damage(let reason):
            RegistryError(
                .damaged, "the registry is damaged; the agent repairs it when it starts", path: path, cause: reason)
        case .trouble(let cause):
            RegistryError(
                .notReadable, "the registry cannot be read; run this as root or as the agent's user", path: path,
                cause: cause)
        }
    }
}
