import Synchronization

/// The bytes that all clients together may hold in memory: events that wait to be stored, and bodies that come in.
///
/// HTTP takes what it needs or answers 429. A Lumberjack connection stops reading, and is called when there is room. So
/// that many unfinished events cannot block each other for ever, one connection, the privileged one, may always read on.
package final class IntakeBudget: Sendable {
    package let limit: Int
    private let state = Mutex(State())

    private struct State {
        var used = 0
        var privileged: UInt64?
        var waiting: [UInt64: @Sendable () -> Void] = [:]
    }

    package init(limit: Int) { self.limit = limit }

    /// Bytes taken now; may be above the limit by what was on its way when it was reached.
    package var used: Int { state.withLock { $0.used } }

    /// Takes bytes if they fit.
    func tryTake(_ bytes: Int) -> Bool {
        state.withLock { state in
            guard state.used + bytes <= limit else { return false }
            state.used += bytes
            return true
        }
    }

    /// Takes bytes that are in memory already.
    func take(_ bytes: Int) { state.withLock { $0.used += bytes } }

    func give(_ bytes: Int) { wake { $0.used -= bytes } }

    /// Whether a connection may read on. If not, `wake` is called once when it may ask again.
    func mayRead(_ connection: UInt64, wake: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            if state.used < limit { return true }
            if state.privileged == nil { state.privileged = connection }
            if state.privileged == connection { return true }
            state.waiting[connection] = wake
            return false
        }
    }

    /// The connection has handed over what it held, or is gone: another one may have its privilege.
    func release(_ connection: UInt64) {
        wake { state in
            state.waiting[connection] = nil
            if state.privileged == connection { state.privileged = nil }
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let ready = state.withLock { state in
            change(&state)
            guard state.used < limit || state.privileged == nil, !state.waiting.isEmpty else {
                return [UInt64: @Sendable () -> Void]()
            }
            defer { state.waiting = [:] }
            return state.waiting
        }
        for call in ready.values { call() }
    }
}
