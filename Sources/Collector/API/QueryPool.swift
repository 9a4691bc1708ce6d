import NIOPosix
import Synchronization

/// The threads that queries block: few, with a short queue before them, and none of the cooperative ones.
///
/// - Errors: `APIError.busy` when as many wait as may; whatever the query throws.
final class QueryPool: Sendable {
    private let threads: NIOThreadPool
    private let limit: Int
    private let taken = Mutex(0)

    /// - Parameters:
    ///   - threads: queries that run at once.
    ///   - waiting: those that may wait for a thread beside them.
    init(threads: Int = 3, waiting: Int = 24) {
        self.threads = NIOThreadPool(numberOfThreads: threads)
        limit = threads + waiting
        self.threads.start()
    }

    /// Runs what blocks on a thread of its own. A caller that is cancelled while it waits for a thread never begins.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let isAdmitted = taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
        guard isAdmitted else { throw APIError.busy }
        defer { taken.withLock { $0 -= 1 } }
        return try await threads.runIfActive(body)
    }

    func close() async {
        try? await threads.shutdownGracefully()
    }
}
