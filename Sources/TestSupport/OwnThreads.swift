import CShim
import Glibc

/// Where tests run that wait for other processes: each job has a thread for as long as it needs one, so that one that
/// blocks holds up nobody else. The cooperative pool has a thread for each processor, and the rest of the suite is on it.
@safe
package final class OwnThreads: TaskExecutor, @unchecked Sendable {
    // Safety: `jobs` and `idle` are only touched while `mutex` is held.
    package static let shared = OwnThreads()
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [UnownedJob] = []
    /// Threads that wait for a job.
    private var idle = 0

    /// Threads are kept for the next job, and end with the process.
    private init() {
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    /// Runs the body, and all tasks that it starts, on these threads. Cancelling reaches the body.
    package static func run<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        // A task of its own: a preference moves nothing before the next suspension, and what follows would begin on the
        // caller's thread.
        let task = Task(executorPreference: shared) { try await body() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// The same for a body that cannot fail.
    package static func run<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        let task = Task(executorPreference: shared) { await body() }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        unsafe pthread_mutex_lock(mutex)
        jobs.append(job)
        let isServed = jobs.count <= idle
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
        idle += 1
        while jobs.isEmpty { unsafe pthread_cond_wait(condition, mutex) }
        idle -= 1
        return jobs.removeFirst()
    }
}
