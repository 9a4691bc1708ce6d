import EventModel
package import Logging
import Synchronization
import SystemTools

/// The registry's one writer: takes rows from the pipelines' threads and commits them on a thread of its own.
///
/// - Shape: thread `nt-registrar`, which sleeps without a timer while nothing is to be done; one SQLite connection
///   with a small page cache; in memory only rows not committed yet and those changed since the last backup.
/// - Delay: the first row after a quiet second is committed at once, so that a crash repeats little; rows that come
///   while the last commit is younger than `flushInterval` wait until it is that old, together. So no row waits
///   longer than that, and there is at most one fsync per interval.
/// - Errors: nothing stops it. While the disk is full or read-only, `trouble` says so and it tries again; a damaged
///   file is set aside and written anew (`recovery`).
package final class Registrar: RegistryStore, Sendable {
    let desk: RegistrarDesk
    private let paths: RegistryPaths
    private let thread: NamedThread
    private let logger: Logger
    /// A random UUID, kept for the agent's life.
    package let agentID: String
    /// When the first agent started on this `path.data`: RFC 3339, UTC.
    package let firstStart: String

    /// Makes `path.data` if need be, takes its lock, opens the registry and starts the thread.
    /// - Errors: `.locked` (another agent), `.notWritable`, `.notReadable`, `.newerVersion`, `.failed`.
    package init(_ settings: RegistrySettings, logger: Logger) throws(RegistryError) {
        let paths = RegistryPaths(directory: settings.directory)
        try RegistryFiles.makeDirectory(settings.directory, mode: settings.directoryPermissions)
        let lock = try DirectoryLock(paths)
        let opening = RegistryOpening(rebuild: RegistryRebuild(settings: settings, paths: paths, logger: logger))
        let opened = try opening.run()
        let desk = RegistrarDesk(opened)
        agentID = opened.snapshot.meta[MetaKey.agentID] ?? ""
        firstStart = opened.snapshot.meta[MetaKey.firstStart] ?? ""
        self.desk = desk
        self.paths = paths
        self.logger = logger
        let writer = RegistrarWriter(opening, opened, desk, lock, logger)
        thread = NamedThread("nt-registrar") { writer.run() }
    }

    deinit {
        desk.monitor.change { ($0.stopping = true, wake: true) }
        thread.join()
    }

    package func nextID() -> Int64 { desk.nextID.add(1, ordering: .relaxed).oldValue }

    /// The first call hands over the rows that were loaded at the start; later ones read the file again.
    package func records(pipeline: String) -> [FileRecord] {
        if let rows = desk.monitor.withLock({ $0.loaded.removeValue(forKey: pipeline) }) { return rows }
        do {
            let reader = try RegistryReader(directory: paths.directory)
            return reader.entries.lazy.map(\.record).filter { $0.pipeline == pipeline }
        } catch {
            logger.error(
                "The rows of a pipeline cannot be read again; its files are sent again from their first byte",
                metadata: ["pipeline": "\(pipeline)", "cause": "\(error)"])
            return []
        }
    }

    package func submit(_ records: [FileRecord], removed: [Int64]) -> UInt64 {
        desk.monitor.change { state in
            guard !records.isEmpty || !removed.isEmpty else { return (state.ticket, wake: false) }
            let first = state.pending.isEmpty
            for record in records {
                state.pending[record.id] = .put(record)
                if !state.loaded.isEmpty { state.loaded[record.pipeline] = nil }
            }
            for id in removed { state.pending[id] = .remove }
            if !removed.isEmpty, !state.loaded.isEmpty {
                let gone = Set(removed)
                for pipeline in state.loaded.keys { state.loaded[pipeline]?.removeAll { gone.contains($0.id) } }
            }
            state.ticket += 1
            return (state.ticket, wake: first)
        }
    }

    package func hurry() {
        desk.monitor.change { state in
            // What cannot be written is tried again at its own pace.
            guard !state.pending.isEmpty, state.trouble == nil else { return ((), wake: false) }
            state.hurry = true
            return ((), wake: true)
        }
    }

    package var committed: UInt64 { desk.committed.load(ordering: .acquiring) }
    package var trouble: String? { desk.monitor.withLock { $0.trouble } }
    /// What was done about damage, at the start or since; nil when there was none.
    package var recovery: RegistryRecovery? { desk.monitor.withLock { $0.recovery } }

    /// Commits what was submitted so far, without waiting for the interval or a back-off. Blocks the caller.
    /// - Returns: whether everything is on disk; false when that could not be done in time.
    @discardableResult
    package func flush(timeout: Duration) -> Bool {
        let goal = desk.monitor.change { state in
            // What is being committed needs no hurry; the next submission would be hurried instead.
            let dirty = !state.pending.isEmpty
            state.waiting += 1
            if dirty { state.hurry = true }
            return (state.ticket, wake: dirty)
        }
        defer { desk.monitor.withLock { $0.waiting -= 1 } }
        return wait(for: goal, timeout: timeout)
    }

    /// Blocks the caller until the rows of a ticket are on disk, at the registrar's own pace.
    /// - Returns: false when they were not in time.
    package func wait(for ticket: UInt64, timeout: Duration) -> Bool {
        let deadline = Clocks.monotonic + timeout.nanoseconds
        return desk.monitor.wait { state in
            if self.committed >= ticket { return .done(true) }
            if state.stopping || Clocks.monotonic >= deadline { return .done(false) }
            return .wait(until: deadline)
        }
    }

    /// Commits what is left, closes the registry and lets go of `path.data`. Nothing may be submitted afterwards.
    /// - Returns: whether everything is on disk.
    @discardableResult
    package func close(timeout: Duration) -> Bool {
        let done = flush(timeout: timeout)
        desk.monitor.change { ($0.stopping = true, wake: true) }
        thread.join()
        return done
    }
}
