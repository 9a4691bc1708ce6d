import EventModel
import Logging
import SystemTools

/// What was done about a damaged registry; for the agent's status.
package struct RegistryRecovery: Sendable, Equatable {
    package enum Source: Sendable, Equatable {
        /// All rows could still be read and verified: nothing is sent again.
        case rebuilt
        /// The last good backup, committed at that time (ns since 1970): lines settled since are sent again.
        case backup(committed: Int64)
        /// The last good backup and all that this agent committed since: nothing is sent again.
        case backupAndMemory
        /// No backup: files are sent again from their beginning, but for `records` that this agent still knew.
        case nothing
    }

    /// ns since 1970.
    package let at: Int64
    package let reason: String
    package let source: Source
    /// Rows in the registry that took the place of the damaged one.
    package let records: Int
    /// What was set aside; empty when there was nothing left.
    package let setAside: [String]
}

/// Puts a whole registry in the place of a damaged one.
struct RegistryRebuild {
    /// Added to the ids after rows were lost, so that no id that a lost row had is given again.
    static let idGap: Int64 = 1_000_000

    let settings: RegistrySettings
    let paths: RegistryPaths
    let logger: Logger

    /// - Parameters:
    ///   - damaged: a connection to what is left, if it opened; closed here.
    ///   - known: changes that were committed since the last backup, while the agent ran; nil when it only starts.
    func run(
        reason: String, damaged: RegistryConnection?, known: [Int64: RowChange]?, nextID: Int64
    ) throws -> RegistryRecovery {
        let now = Clocks.wall
        var salvaged = damaged?.salvageMeta() ?? [:]
        let (found, source) = try bestSnapshot(damaged, known, now: now)
        damaged?.close()
        var snapshot = found
        salvaged.merge(snapshot.meta) { _, backup in backup }
        snapshot.meta = RegistryRebuild.complete(salvaged, now: now)
        snapshot.state.nextID = max(snapshot.state.nextID, nextID) + RegistryRebuild.idGap
        snapshot.state.committed = now
        try RegistryRebuild.write(snapshot, settings, paths)
        let moved = try setAside(now: now)
        try RegistryFiles.publish(paths.newDatabase, as: paths.database, in: paths.directory)
        let recovery = RegistryRecovery(
            at: now, reason: reason, source: source, records: snapshot.entries.count, setAside: moved)
        report(recovery)
        return recovery
    }

    /// At the start the backup; while the agent runs, the newest whole state and all that was committed since.
    private func bestSnapshot(
        _ damaged: RegistryConnection?, _ known: [Int64: RowChange]?, now: Int64
    ) throws -> (RegistrySnapshot, RegistryRecovery.Source) {
        let backup = try RegistryBackup.load(paths)
        guard let known else {
            let source = backup.map { RegistryRecovery.Source.backup(committed: $0.state.committed) }
            return (backup ?? RegistrySnapshot(), source ?? .nothing)
        }
        let left = damaged.flatMap { try? $0.load() }
        let isWhole = left.map { $0.state.commits >= (backup?.state.commits ?? 0) } ?? false
        var snapshot = (isWhole ? left : backup) ?? RegistrySnapshot()
        snapshot.entries.removeAll { known[$0.record.id] != nil }
        for case (_, .put(let record)) in known {
            snapshot.entries.append(RegistryEntry(record: record, updated: now))
        }
        return (snapshot, isWhole ? .rebuilt : backup != nil ? .backupAndMemory : .nothing)
    }

    /// Adds what a registry cannot be without.
    static func complete(_ meta: [String: String], now: Int64) -> [String: String] {
        var meta = meta
        if meta[MetaKey.agentID] == nil { meta[MetaKey.agentID] = AgentID.make() }
        if meta[MetaKey.firstStart] == nil {
            meta[MetaKey.firstStart] = TimeText(milliseconds: now / 1_000_000).text
        }
        return meta
    }

    /// Writes a complete registry under its temporary name.
    static func write(_ snapshot: RegistrySnapshot, _ settings: RegistrySettings, _ paths: RegistryPaths) throws {
        RegistryPaths.family(paths.newDatabase).forEach(RegistryFiles.remove)
        try RegistryFiles.makeEmpty(paths.newDatabase, mode: settings.filePermissions)
        try RegistryConnection.make(
            at: paths.newDatabase, meta: snapshot.meta, entries: snapshot.entries, state: snapshot.state)
    }

    /// Moves the damaged files away together, under a name that SQLite can open them by, and drops the oldest.
    func setAside(now: Int64) throws(RegistryError) -> [String] {
        let stamp = TimeText(milliseconds: now / 1_000_000).text.prefix(19).filter { $0 != "-" && $0 != ":" }
        var name = "registry.db.corrupt-\(stamp)Z"
        var count = 1
        while !RegistryFiles.names(in: paths.directory, prefix: name).isEmpty {
            count += 1
            name = "registry.db.corrupt-\(stamp)Z.\(count)"
        }
        var moved: [String] = []
        for file in RegistryPaths.family(paths.database) where RegistryFiles.exists(file) {
            let target = paths.directory + "/" + name + file.dropFirst(paths.database.count)
            try RegistryFiles.move(file, to: target)
            moved.append(target)
        }
        dropOldest()
        return moved
    }

    private func dropOldest() {
        let names = RegistryFiles.names(in: paths.directory, prefix: "registry.db.corrupt-")
        let sets = names.filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") && !$0.hasSuffix("-journal") }
        for name in sets.dropLast(settings.setAsideKept) {
            RegistryPaths.family(paths.directory + "/" + name).forEach(RegistryFiles.remove)
        }
    }

    private func report(_ recovery: RegistryRecovery) {
        var metadata: Logger.Metadata = [
            "registry.path": "\(paths.database)", "reason": "\(recovery.reason)", "files": "\(recovery.records)",
            "set_aside": "\(recovery.setAside.joined(separator: ", "))",
        ]
        switch recovery.source {
        case .rebuilt, .backupAndMemory:
            logger.warning(
                "The registry was damaged; it was written anew, and nothing is sent again", metadata: metadata)
        case .backup(let committed):
            metadata["backup.committed"] = "\(TimeText(milliseconds: committed / 1_000_000).text)"
            logger.error(
                """
                The registry was damaged; the last backup is used: lines settled since it was made are sent again, \
                with the same ids
                """, metadata: metadata)
        case .nothing:
            logger.error(
                """
                The registry was damaged and there is no good backup: every file that is not among the rows kept is \
                sent again from its first byte
                """, metadata: metadata)
        }
    }
}

/// The agent's id: a random UUID (RFC 9562, version 4), kept for the agent's life.
enum AgentID {
    static func make() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
        }
        return text
    }
}
