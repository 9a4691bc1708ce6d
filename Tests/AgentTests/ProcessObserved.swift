import Synchronization
import TestSupport

/// State that one thread changes and a test waits on.
final class ProcessObserved<State: Sendable>: Sendable {
    private struct Waiter {
        let id: Int
        let condition: @Sendable (State) -> Bool
        let continuation: CheckedContinuation<Bool, Never>
    }
    private struct Inner {
        var state: State
        var waiters: [Waiter] = []
        var lastID = 0
        var expired: Set<Int> = []
    }
    private let inner: Mutex<Inner>

    init(_ state: State) { inner = Mutex(Inner(state: state)) }

    var current: State { inner.withLock { $0.state } }

    /// Looks at the state without copying it.
    func look<Result: Sendable>(_ body: (State) -> Result) -> Result { inner.withLock { body($0.state) } }

    /// Changes the state, and wakes those whose condition holds now.
    func update<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        let (result, ready) = inner.withLock { inner in
            let result = body(&inner.state)
            guard !inner.waiters.isEmpty else { return (result, [Waiter]()) }
            let ready = inner.waiters.filter { $0.condition(inner.state) }
            let done = Set(ready.map(\.id))
            inner.waiters.removeAll { done.contains($0.id) }
            return (result, ready)
        }
        for waiter in ready { waiter.continuation.resume(returning: true) }
        return result
    }

    /// Waits until the condition holds.
    /// - Parameter limit: a net for what never comes, not a measure of how fast it is.
    /// - Returns: false when the limit was reached, or the task cancelled.
    func wait(limit: Duration = .seconds(120), _ condition: @escaping @Sendable (State) -> Bool) async -> Bool {
        let id = inner.withLock {
            $0.lastID += 1
            return $0.lastID
        }
        let net = Task(executorPreference: OwnThreads.shared) {
            guard (try? await Task.sleep(for: limit)) != nil else { return }
            self.expire(id)
        }
        defer { net.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Bool? = inner.withLock { inner in
                    if condition(inner.state) { return true }
                    if inner.expired.contains(id) { return false }
                    inner.waiters.append(Waiter(id: id, condition: condition, continuation: continuation))
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            expire(id)
        }
    }

    private func expire(_ id: Int) {
        let late = inner.withLock { inner in
            inner.expired.insert(id)
            let late = inner.waiters.filter { $0.id == id }
            inner.waiters.removeAll { $0.id == id }
            return late
        }
        for waiter in late { waiter.continuation.resume(returning: false) }
    }
}
