package import Logging
import Synchronization

/// A log for what strangers can cause: each message comes once in a while at most, with the number of those left out.
package final class LimitedLog: Sendable {
    private static let interval = Duration.seconds(10)
    private struct Entry {
        var last: ContinuousClock.Instant
        var untold = 0
    }
    private let logger: Logger
    private let entries = Mutex<[String: Entry]>([:])

    package init(_ logger: Logger) { self.logger = logger }

    /// - Parameter message: one of a few constants; the facts are in the metadata.
    func warning(
        _ message: String, _ metadata: Logger.Metadata = [:], at now: ContinuousClock.Instant = ContinuousClock.now
    ) {
        let untold = entries.withLock { entries -> Int? in
            guard var entry = entries[message] else {
                entries[message] = Entry(last: now)
                return 0
            }
            defer { entries[message] = entry }
            guard now - entry.last >= LimitedLog.interval else {
                entry.untold += 1
                return nil
            }
            defer { entry = Entry(last: now) }
            return entry.untold
        }
        guard let untold else { return }
        var metadata = metadata
        if untold > 0 { metadata["left_out"] = "\(untold)" }
        logger.warning("\(message)", metadata: metadata)
    }
}
