import Glibc

/// State behind a mutex, with a condition to wait on: what a dedicated thread and its callers share.
///
/// - Units: times are `MonotonicTime` nanoseconds.
@safe
package final class Monitor<State: Sendable>: @unchecked Sendable {
    // Safety: `state` is only touched while `mutex` is held.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    /// What a look at the state came to.
    package enum Look<Result> {
        case done(Result)
        /// Look again when somebody changed the state, or at that time at the latest; nil: only then.
        case wait(until: Int64?)
    }

    package init(_ state: State) {
        self.state = state
        unsafe mutex = UnsafeMutablePointer.allocate(capacity: 1)
        unsafe condition = UnsafeMutablePointer.allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Reads or changes the state without waking anybody.
    package func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// Changes the state and wakes all who wait, if `body` says that they should look.
    package func change<Result>(_ body: (inout State) -> (Result, wake: Bool)) -> Result {
        unsafe pthread_mutex_lock(mutex)
        let (result, wake) = body(&state)
        unsafe pthread_mutex_unlock(mutex)
        if wake { unsafe pthread_cond_broadcast(condition) }
        return result
    }

    /// Blocks the calling thread until `look` is done.
    package func wait<Result>(_ look: (inout State) -> Look<Result>) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            switch look(&state) {
            case .done(let result):
                return result
            case .wait(nil):
                unsafe pthread_cond_wait(condition, mutex)
            case .wait(let until?):
                var time = timespec(tv_sec: Int(until / 1_000_000_000), tv_nsec: Int(until % 1_000_000_000))
                unsafe pthread_cond_timedwait(condition, mutex, &time)
            }
        }
    }
}

/// Nanoseconds of the clocks that waiting and stored times go by.
package enum Clocks {
    /// CLOCK_MONOTONIC: for waiting.
    package static var monotonic: Int64 { read(CLOCK_MONOTONIC) }
    /// CLOCK_REALTIME: ns since 1970, for what is stored.
    package static var wall: Int64 { read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension Duration {
    package var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
