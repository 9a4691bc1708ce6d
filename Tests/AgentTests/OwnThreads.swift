import CShim
import Glibc

/// Where tests run that wait for other processes: each job has a thread for as long as it needs one, so that one that
/// blocks holds up nobody else. The cooperative pool has a thread for each processor, and the rest of the suite is on it.
@safe
final class OwnThreads: TaskExecutor, @unchecked Sendable {
    // Safety: `jobs` and `idle` are only touched while `mutex` is held.
    static let shared = OwnThreads()
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [UnownedJob] = []
    /// Threads that wait for a job, less those that one has been meant for.
    private var idle = 0

    /// Threads are kept for the next job, and end with the process.
    private init() {
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    /// Runs the body, and all tasks that it starts, on these threads.
    static func run<Result: Sendable>(_ body: @Sendable () async throws -> Result) async rethrows -> Result {
        try await withTaskExecutorPreference(shared) { try await body() }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        unsafe pthread_mutex_lock(mutex)
        jobs.append(job)
        let isServed = idle > 0
        if isServed { idle -= 1 }
        unsafe pthread_mutex_unlock(mutex)
        if isServed { unsafe pthread_cond_signal(condition) } else { startThread() }
    }

    private func startThread() {
        var thread = pthread_t()
        let failure = unsafe pthread_create(
            &thread, nil,
            { _ in
                unsafe nt_name_thread("nt-test")
                OwnThreads.shared.work()
                return nil
            }, nil)
        precondition(failure == 0, "no thread for a test")
        pthread_detach(thread)
    }

    private func work() {
        while true {
            let job = take()
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    private func take() -> UnownedJob {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        if jobs.isEmpty {
            idle += 1
            while jobs.isEmpty { unsafe pthread_cond_wait(condition, mutex) }
        }
        return jobs.removeFirst()
    }
}
