import Synchronization
import SystemTools

/// What the registrar's thread shares with everyone else.
final class RegistrarDesk: Sendable {
    struct State: Sendable {
        /// Newest content of each row that is not committed yet: at most one entry per file.
        var pending: [Int64: RowChange] = [:]
        var ticket: UInt64 = 0
        /// Rows as they were loaded, until the pipeline takes them.
        var loaded: [String: [FileRecord]] = [:]
        var trouble: String?
        var recovery: RegistryRecovery?
        /// Callers of `flush` that wait now.
        var waiting = 0
        /// A `flush` began after the thread's last attempt.
        var hurry = false
        var stopping = false
        /// When the sleeping thread wakes by itself; nil: not before it is called; 0: it is at work.
        var alarm: Int64? = 0
    }

    let monitor: Monitor<State>
    let committed = Atomic<UInt64>(0)
    let nextID: Atomic<Int64>

    init(_ opened: OpenedRegistry) {
        var state = State()
        state.trouble = opened.trouble
        state.recovery = opened.recovery
        for entry in opened.snapshot.entries { state.loaded[entry.record.pipeline, default: []].append(entry.record) }
        monitor = Monitor(state)
        nextID = Atomic(opened.snapshot.state.nextID)
    }
}
