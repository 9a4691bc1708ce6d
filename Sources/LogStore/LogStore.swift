package import Logging
import SystemTools

/// The store of a collector: takes events, and answers once they are on disk.
///
/// - Shape: thread `nt-store`, which sleeps while nothing comes; one SQLite file for a day or a gigabyte (`SegmentSchema`).
/// - Errors: see `append`. Damage is logged, counted (`StoreStatus.segmentsSetAside`) and set aside.
package final class LogStore: Sendable {
    private let desk: StoreDesk
    private let thread: NamedThread

    /// Makes the directory if need be, takes its lock, opens what is there and starts the writer.
    /// - Errors: `.locked`, `.notWritable`, `.notReadable`, `.newerVersion`, `.failed`.
    package init(_ settings: StoreSettings, logger: Logger) throws(StoreError) {
        let desk = StoreDesk(queueLimit: settings.queueBytes)
        let writer = try StoreWriter(settings, desk: desk, logger: logger)
        self.desk = desk
        thread = NamedThread("nt-store") { writer.run() }
    }

    /// Writes what waits, then ends.
    deinit {
        desk.monitor.change { ($0.isStopping = true, wake: true) }
        thread.join()
    }

    /// Stores events; returns after the commit that has them, with what became of each.
    /// - Parameter patiently: waits however many bytes wait already, for callers that hold back their sender meanwhile
    ///   and have one call under way; otherwise a full queue is refused.
    /// - Errors: `.overloaded` (only if not `patiently`), `.unavailable`, `.closed`; then none of them is stored.
    package func append(_ events: IncomingEvents, patiently: Bool = false) async throws(StoreError) -> [StoredAs] {
        let result = await withCheckedContinuation { continuation in
            submit(events, patiently: patiently) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// The same for callers that are no tasks; `done` is called once, on the writer's thread or the caller's.
    package func submit(
        _ events: IncomingEvents, patiently: Bool = false,
        done: @escaping @Sendable (Result<[StoredAs], StoreError>) -> Void
    ) {
        guard events.count > 0 else { return done(.success([])) }
        desk.submit(StoreDesk.Request(events: events, done: done), isPatient: patiently)
    }

    package var status: StoreStatus {
        desk.monitor.withLock { state in
            var status = state.status
            status.queueBytes = state.queuedBytes
            status.queueLimit = desk.queueLimit
            return status
        }
    }

    /// The sequence number of the next event, as of the last commit; 0 before the first one of this process.
    package var nextSequence: Int64 { desk.commits.current }

    /// The sequence number of the next event: the current one at once, then after each commit.
    package func commits() -> AsyncStream<Int64> { desk.commits.values() }

    /// Takes nothing more, writes what waits, and returns when the files are closed.
    package func close() async {
        await withCheckedContinuation { continuation in
            let isClosed = desk.monitor.change { state in
                state.isStopping = true
                if !state.isClosed { state.onClosed.append { continuation.resume() } }
                return (state.isClosed, wake: true)
            }
            if isClosed { continuation.resume() }
        }
    }
}
