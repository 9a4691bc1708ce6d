import NIOCore
import Synchronization

/// Closes the connection of a client that does not go on with its body.
final class SlowBodyWatch: Sendable {
    /// Fewer bytes than this in one interval are as good as none.
    private static let least = 1024
    private let bytes = Atomic(0)
    private let task = Mutex<RepeatedTask?>(nil)

    init(_ channel: any Channel, every interval: Duration, _ report: @escaping @Sendable () -> Void) {
        let time = TimeAmount(interval)
        let task = channel.eventLoop.scheduleRepeatedTask(initialDelay: time, delay: time) { [self] task in
            guard bytes.exchange(0, ordering: .relaxed) < SlowBodyWatch.least else { return }
            task.cancel()
            report()
            channel.close(promise: nil)
        }
        self.task.withLock { $0 = task }
    }

    func received(_ count: Int) { bytes.add(count, ordering: .relaxed) }

    func stop() { task.withLock { $0?.cancel() } }
}
