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

    let opening: RegistryOpening
    let desk: RegistrarDesk
    private let lock: DirectoryLock
    let logger: Logger
    var connection: RegistryConnection?
    /// The registry is checked before the first commit.
    var unchecked: Bool
    /// Rows committed since the last backup: with it, they are the whole registry.
    var sinceBackup: [Int64: RowChange] = [:]
    /// Number of the last commit that is known to be on disk.
    var lastCommit: Int64
    /// Monotonic times; ns.
    var lastAttempt = Int64.min / 2
    var backupAt: Int64
    /// Before the next attempt; 0 while all is well.
    var delay: Int64 = 0

    var settings: RegistrySettings { opening.rebuild.settings }
    var retryInitial: Int64 { settings.retryInitial.nanoseconds }
    var paths: RegistryPaths { opening.rebuild.paths }
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
                closeConnection()
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
            desk.monitor.change { state in
                desk.committed.store(ticket, ordering: .releasing)
                // A `flush` that came meanwhile has what it waits for; what is submitted next is not hurried for it.
                if state.pending.isEmpty { state.hurry = false }
                return ((), wake: true)
            }
        } else {
            desk.monitor.change { ($0.pending.merge(changes) { newer, _ in newer }, wake: false) }
        }
    }
}
