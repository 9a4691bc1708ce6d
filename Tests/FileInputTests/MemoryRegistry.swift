import FileRegistry
import Synchronization

/// A registry in memory that can crash: what was not committed is forgotten.
final class MemoryRegistry: RegistryStore {
    private struct State {
        var submitted: [Int64: FileRecord] = [:]
        var durable: [Int64: FileRecord] = [:]
        var ticket: UInt64 = 0
        var committed: UInt64 = 0
        var nextID: Int64 = 1
        var trouble: String?
    }

    private let state = Mutex(State())
    /// Every submission is on disk at once.
    let commitsAtOnce: Bool

    init(commitsAtOnce: Bool = true) { self.commitsAtOnce = commitsAtOnce }

    func nextID() -> Int64 {
        state.withLock {
            $0.nextID += 1
            return $0.nextID
        }
    }

    func records(pipeline: String) -> [FileRecord] {
        state.withLock { state in state.durable.values.filter { $0.pipeline == pipeline }.sorted { $0.id < $1.id } }
    }

    func submit(_ records: [FileRecord], removed: [Int64]) -> UInt64 {
        let ticket = state.withLock { state in
            for record in records { state.submitted[record.id] = record }
            for id in removed { state.submitted[id] = nil }
            state.ticket += 1
            return state.ticket
        }
        if commitsAtOnce { commit() }
        return ticket
    }

    /// Commits come when the test wants them.
    func hurry() {}

    func commit() {
        state.withLock { state in
            state.durable = state.submitted
            state.committed = state.ticket
        }
    }

    func crash() {
        state.withLock { state in
            state.submitted = state.durable
            state.ticket = state.committed
        }
    }

    var committed: UInt64 { state.withLock { $0.committed } }

    var trouble: String? {
        get { state.withLock { $0.trouble } }
        set { state.withLock { $0.trouble = newValue } }
    }

    var rows: [FileRecord] { state.withLock { $0.submitted.values.sorted { $0.id < $1.id } } }
}
