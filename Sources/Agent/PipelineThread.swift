import CShim
import Glibc
package import Publishing
import Synchronization

/// Runs a `PipelineLoop` on a thread of its own.
package final class PipelineThread: Sendable {
    private let mailbox = PipelineMailbox()
    private let outcome = Mutex<Outcome>(.running([]))

    private enum Outcome {
        case running([CheckedContinuation<Result<Void, any Error>, Never>])
        case ended(Result<Void, any Error>)
    }

    package init(_ plan: PipelinePlan) {
        let box = unsafe Unmanaged.passRetained(ThreadStart { self.body(plan) })
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, nil,
            { raw in
                let start = unsafe Unmanaged<ThreadStart>.fromOpaque(raw!).takeRetainedValue()
                unsafe nt_name_thread("nt-pipeline")
                start.run()
                return nil
            }, unsafe box.toOpaque())
        precondition(result == 0, "no thread for a pipeline")
        pthread_detach(thread)
    }

    private func body(_ plan: PipelinePlan) {
        let result = Result { try PipelineLoop(plan, mailbox: mailbox).run() }
        let waiting = outcome.withLock { outcome -> [CheckedContinuation<Result<Void, any Error>, Never>] in
            guard case .running(let waiting) = outcome else { return [] }
            outcome = .ended(result)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: result) }
    }

    /// Stops reading, tries what is in flight once more, and ends by the deadline.
    package func stop(deadline: MonotonicTime) {
        mailbox.post(.stop(deadline: deadline))
    }

    /// Asks for a sign of life, which `PipelinePlan.pongs` counts.
    func ping() { mailbox.post(.ping) }

    /// Waits until the thread has ended.
    package func wait() async throws {
        let result: Result<Void, any Error> = await withCheckedContinuation { continuation in
            let ended = outcome.withLock { outcome -> Result<Void, any Error>? in
                switch outcome {
                case .ended(let result): return result
                case .running(let waiting):
                    outcome = .running(waiting + [continuation])
                    return nil
                }
            }
            if let ended { continuation.resume(returning: ended) }
        }
        try result.get()
    }

    private final class ThreadStart: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
