import Glibc
package import Logging
import Synchronization

/// Dead letters as files of NDJSON, oldest first out once there are too many bytes of them.
///
/// - Layout: `DeadLetterDirectory` for the files, `DeadLetterText` for their lines.
/// - Durability: `keep` returns after fsync(2) of the file, and of the directory when the file is new. Where it throws,
///   none of the letters is in the files.
/// - Bound: `maximumBytes` in all files, unless the letters of a single `keep` are more than that by themselves.
package final class DeadLetterStore: DeadLetterSink, Sendable {
    /// One part in so many of the limit is the size of a file, so that eviction takes little at a time.
    private static let fileShare = 8

    private let evicted = Atomic<Int>(0)
    package var evictedLetters: Int { evicted.load(ordering: .relaxed) }
    private let directory: DeadLetterDirectory
    private let pipeline: String
    private let maximumBytes: Int
    private let logger: Logger
    private let state: Mutex<State>

    private struct State {
        /// The files, oldest first; read from the directory on first use and after every failure.
        var files: [DeadLetterDirectory.File]?
        var kept = LoggedTotal()
        var evicted = LoggedTotal()
        var failed = LoggedTotal()
    }

    /// - Parameter maximumBytes: of all files together.
    package init(directory: String, pipeline: String, maximumBytes: Int, logger: Logger) {
        self.directory = DeadLetterDirectory(path: directory)
        self.pipeline = pipeline
        self.maximumBytes = maximumBytes
        self.logger = logger
        state = Mutex(State())
    }

    package func keep(_ letters: [DeadLetter]) throws {
        guard let first = letters.first else { return }
        var text = DeadLetterText(pipeline: pipeline, now: DeadLetterStore.now())
        for letter in letters { text.append(letter) }
        try state.withLock { state in
            do {
                try append(text.bytes, &state)
            } catch {
                state.files = nil
                logFailure(error, &state)
                throw error
            }
            logKept(letters.count, first.rejection, &state)
            evict(&state)
        }
    }

    /// Puts whole letters into the newest file, or into a new one when that has enough.
    private func append(_ text: [UInt8], _ state: inout State) throws {
        var files = try state.files ?? directory.open()
        let limit = max(4096, maximumBytes / DeadLetterStore.fileShare)
        let fits = files.last.map { $0.size == 0 || $0.size + text.count <= limit } ?? false
        let number = (files.last?.number ?? 0) + (fits ? 0 : 1)
        let size = try directory.append(text, to: number)
        if fits { files.removeLast() }
        files.append(.init(number: number, size: size))
        state.files = files
    }

    private func evict(_ state: inout State) {
        guard var files = state.files else { return }
        var total = files.reduce(0) { $0 + $1.size }
        while total > maximumBytes, files.count > 1 {
            do {
                let letters = try directory.remove(files[0])
                evicted.add(letters, ordering: .relaxed)
                logEvicted(letters, &state)
            } catch {
                logFailure(error, &state)
                break
            }
            total -= files.removeFirst().size
        }
        state.files = files
    }

    private static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// The store's log: each kind of line at most once a minute, with the number since the last.
extension DeadLetterStore {
    private func logKept(_ count: Int, _ rejection: Reply.Rejection, _ state: inout State) {
        guard let count = state.kept.add(count, at: .now) else { return }
        logger.error(
            "events were refused and put into the dead letters",
            metadata: [
                "count": "\(count)", "directory": "\(directory.path)", "reason": "\(rejection.reason)",
                "answer": "\(rejection.answer)",
            ])
    }

    private func logEvicted(_ count: Int, _ state: inout State) {
        guard let count = state.evicted.add(count, at: .now) else { return }
        logger.error(
            "the oldest dead letters were deleted, there are too many",
            metadata: ["count": "\(count)", "directory": "\(directory.path)", "limit": "\(maximumBytes)"])
    }

    private func logFailure(_ error: any Error, _ state: inout State) {
        guard let count = state.failed.add(1, at: .now) else { return }
        logger.error(
            "dead letters cannot be written, make room or correct the directory's permissions",
            metadata: ["count": "\(count)", "directory": "\(directory.path)", "error.message": "\(error)"])
    }
}

/// Occurrences that are logged once a minute.
private struct LoggedTotal {
    private var untold = 0
    private var toldAt: ContinuousClock.Instant?

    /// - Returns: how many there were since the last line, when it is time for one.
    mutating func add(_ count: Int, at now: ContinuousClock.Instant) -> Int? {
        untold += count
        if let toldAt, now - toldAt < .seconds(60) { return nil }
        toldAt = now
        defer { untold = 0 }
        return untold
    }
}
