import GRDB
import Logging
import Synchronization
import SystemTools

/// The registrar's thread: waits for rows, commits them, keeps the backup, recovers.
final class RegistrarWriter: @unchecked Sendable {
    // Safety: made by the opener, then used by the registrar's thread alone.
    private enum Order {
        case commit([Int64: RowChange], upTo: UInt64)
        case reopen
        case backup
        case stop
    }

    private let opening: RegistryOpening
    private let desk: RegistrarDesk
    private let lock: DirectoryLock
    private let logger: Logger
    private var connection: RegistryConnection?
    /// The registry is checked before the first commit.
    private var unchecked: Bool
    /// Rows committed since the last backup: with it, they are the whole registry.
    private var sinceBackup: [Int64: RowChange] = [:]
    /// Number of the last commit that is known to be on disk.
    private var lastCommit: Int64
    /// Monotonic times; ns.
    private var lastAttempt = Int64.min / 2
    private var backupAt: Int64
    /// Before the next attempt; 0 while all is well.
    private var delay: Int64 = 0

    private var settings: RegistrySettings { opening.rebuild.settings }
    private var retryInitial: Int64 { settings.retryInitial.nanoseconds }
    private var paths: RegistryPaths { opening.rebuild.paths }
    /// While somebody waits in `flush`.
    private static let urgentDelay: Int64 = 100_000_000

    init(
        _ opening: RegistryOpening, _ opened: OpenedRegistry, _ desk: RegistrarDesk, _ lock: DirectoryLock,
        _ logger: Logger
    ) {
        self.opening = opening
        self.desk = desk
        self.lock = lock
        self.logger = logger
        connection = opened.connection
        unchecked = opened.unclean
        lastCommit = opened.snapshot.state.commits
        // Without a backup the first commit is followed by one at once.
        let backup = RegistryFiles.exists(opening.rebuild.paths.backup)
        backupAt = Clocks.monotonic + (backup ? opening.rebuild.settings.backupInterval.nanoseconds : 0)
        if let trouble = opened.trouble {
            delay = opening.rebuild.settings.retryInitial.nanoseconds
            lastAttempt = Clocks.monotonic
            reportTrouble(trouble)
        }
    }

    func run() {
        while true {
            switch desk.monitor.wait(nextOrder) {
            case .commit(let changes, let ticket): commit(changes, upTo: ticket)
            case .reopen: attempt { _ in }
            case .backup: backUp()
            case .stop:
                connection?.close()
                connection = nil
                return
            }
        }
    }

    /// What is to be done now, or until when nothing is: no timer runs while there is nothing to do.
    private func nextOrder(_ state: inout RegistrarDesk.State) -> Monitor<RegistrarDesk.State>.Look<Order> {
        if state.stopping { return .done(.stop) }
        state.alarm = 0
        let now = Clocks.monotonic
        var wake: Int64?
        let dirty = !state.pending.isEmpty
        if dirty || connection == nil {
            let due = state.hurry ? now : lastAttempt + pause(state)
            if due <= now {
                state.hurry = false
                return .done(dirty ? take(&state) : .reopen)
            }
            wake = due
        }
        state.hurry = false
        if !sinceBackup.isEmpty, connection != nil {
            if backupAt <= now { return .done(.backup) }
            wake = min(wake ?? backupAt, backupAt)
        }
        state.alarm = wake
        return .wait(until: wake)
    }

    private func pause(_ state: RegistrarDesk.State) -> Int64 {
        if delay == 0 { return settings.flushInterval.nanoseconds }
        return state.waiting > 0 ? RegistrarWriter.urgentDelay : delay
    }

    private func take(_ state: inout RegistrarDesk.State) -> Order {
        let changes = state.pending
        state.pending = [:]
        return .commit(changes, upTo: state.ticket)
    }

    private func commit(_ changes: [Int64: RowChange], upTo ticket: UInt64) {
        let nextID = desk.nextID.load(ordering: .relaxed)
        let done = attempt { connection in try connection.commit(changes, nextID: nextID, now: Clocks.wall) }
        if done {
            sinceBackup.merge(changes) { _, new in new }
            lastCommit = connection?.state.commits ?? lastCommit
            desk.monitor.change { _ in (desk.committed.store(ticket, ordering: .releasing), wake: true) }
        } else {
            desk.monitor.change { ($0.pending.merge(changes) { newer, _ in newer }, wake: false) }
        }
    }

    /// Does something with the connection, opening it first if need be; recovers from damage once, and tries again.
    @discardableResult
    private func attempt(_ body: (RegistryConnection) throws -> Void) -> Bool {
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

    private func soundConnection() throws -> RegistryConnection {
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

    private func backUp() {
        backupAt = Clocks.monotonic + settings.backupInterval.nanoseconds
        guard let connection else { return }
        do {
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
        // On a full disk the open connection is the best there is; after anything else a new one is safer.
        let code = (error as? DatabaseError)?.resultCode
        if code != .SQLITE_FULL, code != .SQLITE_BUSY {
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

    private func reportTrouble(_ cause: String) {
        logger.error(
            "The registry cannot be written; positions are kept in memory until it can",
            metadata: ["registry.path": "\(paths.database)", "cause": "\(cause)"])
    }
}
