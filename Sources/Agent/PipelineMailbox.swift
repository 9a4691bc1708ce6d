import CShim
import Glibc
import Publishing
import Synchronization

/// Where other threads put what the pipeline's thread should know; an eventfd wakes it.
final class PipelineMailbox: Sendable {
    enum Message: Sendable {
        case reply(lane: Int, token: UInt64, Reply)
        /// Stop reading, try what is in flight once, and end by this time.
        case stop(deadline: MonotonicTime)
        /// To be counted in `PipelinePlan.pongs`, so that others see that the thread moves.
        case ping
    }

    let descriptor: Int32
    private let messages = Mutex<[Message]>([])
    private let isWaiting = Atomic<Bool>(false)
    private let isFilled = Atomic<Bool>(false)

    init() {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        precondition(descriptor >= 0, "no descriptor for an eventfd")
    }

    deinit { close(descriptor) }

    func post(_ message: Message) {
        messages.withLock { $0.append(message) }
        isFilled.store(true, ordering: .sequentiallyConsistent)
        // Only a thread that sleeps, or is about to, needs the system call.
        if isWaiting.load(ordering: .sequentiallyConsistent) { wake() }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = unsafe write(descriptor, &one, 8)
    }

    /// Everything that has come; called by the pipeline's thread alone.
    func take() -> [Message] {
        guard isFilled.exchange(false, ordering: .sequentiallyConsistent) else { return [] }
        return messages.withLock { messages in
            defer { messages.removeAll(keepingCapacity: true) }
            return messages
        }
    }

    /// Announces that the thread goes to sleep.
    /// - Returns: false when something has come meanwhile.
    func prepareToWait() -> Bool {
        isWaiting.store(true, ordering: .sequentiallyConsistent)
        if isFilled.load(ordering: .sequentiallyConsistent) {
            isWaiting.store(false, ordering: .relaxed)
            return false
        }
        return true
    }

    func woken() {
        isWaiting.store(false, ordering: .sequentiallyConsistent)
        var count: UInt64 = 0
        _ = unsafe read(descriptor, &count, 8)
    }
}
