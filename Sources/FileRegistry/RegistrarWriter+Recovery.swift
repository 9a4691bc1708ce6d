import GRDB
import Logging
import Synchronization
import SystemTools

/// What the registrar does when its database cannot be written, or is not what it was.
extension RegistrarWriter {
    /// Does something with the connection, opening it first if need be; recovers from damage once, and tries again.
    @discardableResult
    func attempt(_ body: (RegistryConnection) throws -> Void) -> Bool {
        defer { lastAttempt = Clocks.monotonic }
        do {
            do {
                try body(try soundConnection())
            } catch {
                guard case .damage(let reason) = RegistryFailure(error) else { throw error }
                try recover(reason)
                try body(try soundConnection())
            }
        } catch {
            failed(error)
            return false
        }
        succeeded()
        return true
    }

    /// On files that have become read-only SQLite's own closing would write to its shared memory; so nothing is closed.
    func closeConnection() {
        if let connection, (try? RegistryFiles.checkWritable(paths.database)) == nil {
            _ = unsafe Unmanaged.passRetained(connection)
        } else {
            connection?.close()
        }
        connection = nil
    }

    private func soundConnection() throws -> RegistryConnection {
        try RegistryFiles.checkWritable(paths.database)
        if connection == nil {
            let opened = try opening.openForWriting()
            // What cannot be loaded is left open for `recover`, which may still read the agent's id from it.
            connection = opened
            let commits = try opened.load().state.commits
            guard commits >= lastCommit else {
                throw RegistryConnection.Damage(reason: "registry.db is older than what was committed")
            }
        }
        guard let connection else { throw RegistryError(.failed, "not open", path: paths.database) }
        try connection.checkInPlace()
        if unchecked {
            try connection.quickCheck()
            unchecked = false
        }
        return connection
    }

    private func recover(_ reason: String) throws {
        let damaged = connection
        connection = nil
        let nextID = desk.nextID.load(ordering: .relaxed)
        let recovery = try opening.rebuild.run(
            reason: reason, damaged: damaged, known: sinceBackup, nextID: nextID)
        unchecked = false
        // What was committed may have been numbered higher in the file that is lost.
        lastCommit = 0
        backupAt = Clocks.monotonic
        desk.monitor.withLock { $0.recovery = recovery }
    }

    func backUp() {
        backupAt = Clocks.monotonic + settings.backupInterval.nanoseconds
        guard let connection else { return }
        do {
            try RegistryFiles.checkWritable(paths.database)
            try RegistryBackup.make(of: connection, paths: paths, mode: settings.filePermissions)
            sinceBackup = [:]
        } catch {
            switch RegistryFailure(error) {
            case .damage(let reason):
                attempt { _ in throw RegistryConnection.Damage(reason: reason) }
            case .trouble(let cause):
                logger.warning(
                    "The registry's backup could not be written; the older one is kept",
                    metadata: ["registry.path": "\(paths.backup)", "cause": "\(cause)"])
            }
        }
    }

    private func failed(_ error: any Error) {
        let failure = RegistryFailure(error)
        let cause =
            switch failure {
            case .damage(let reason): "damaged: \(reason)"
            case .trouble(let cause): cause
            }
        // On a full or read-only disk the open connection is the best there is; after anything else a new one is safer.
        let code = (error as? DatabaseError)?.resultCode
        let isReadOnly = (try? RegistryFiles.checkWritable(paths.database)) == nil
        if code != .SQLITE_FULL, code != .SQLITE_BUSY, !isReadOnly {
            connection?.close()
            connection = nil
        }
        let longest = max(settings.retryMaximum.nanoseconds, retryInitial)
        delay = delay == 0 ? retryInitial : min(delay * 2, longest)
        let before = desk.monitor.change { state in
            defer { state.trouble = cause }
            return (state.trouble, wake: true)
        }
        if before == nil { reportTrouble(cause) }
    }

    private func succeeded() {
        guard delay != 0 else { return }
        delay = 0
        desk.monitor.change { ($0.trouble = nil, wake: true) }
        logger.notice("The registry can be written again", metadata: ["registry.path": "\(paths.database)"])
    }

    func reportTrouble(_ cause: String) {
        logger.error(
            "The registry cannot be written; positions are kept in memory until it can",
            metadata: ["registry.path": "\(paths.database)", "cause": "\(cause)"])
    }
}
