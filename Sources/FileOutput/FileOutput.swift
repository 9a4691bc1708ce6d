package import EventModel
import Glibc
package import Logging
package import Publishing

/// Writes events to rotating files; settles them once fsync has brought them to the disk.
///
/// Several deliveries may be queued; they are made durable by one fsync. A write that fails is never settled: the events
/// that are in whole are, the rest waits until there is space again.
package final class FileOutput: Output {
    package static let window = 4
    package let traits: OutputTraits
    private let settings: FileOutputSettings
    private let counters: EventCounters?
    private let calls: FileCalls
    private let now: @Sendable () -> Int64
    private let logger: Logger

    package convenience init(_ settings: FileOutputSettings, counters: EventCounters? = nil, logger: Logger) {
        let now: @Sendable () -> Int64 = { Int64(time(nil)) * 1000 }
        self.init(settings, counters: counters, logger: logger, calls: FileCalls(), now: now)
    }

    init(
        _ settings: FileOutputSettings, counters: EventCounters?, logger: Logger, calls: FileCalls,
        now: @escaping @Sendable () -> Int64
    ) {
        self.logger = logger
        self.settings = settings
        self.counters = counters
        self.calls = calls
        self.now = now
        traits = OutputTraits(
            kind: "file", endpoint: "\(settings.path)/\(settings.filename)", window: FileOutput.window,
            maxEvents: settings.bulkMaxSize, readAhead: 2)
    }

    package func makeLane(_ index: Int) -> any OutputLane {
        SinkLane(
            threadName: "file output", stop: Signal(),
            sink: FileSink(RotatingFile(settings, calls: calls, logger: logger, now: now), counters))
    }

    package func shutdown() async {}

    /// Opens the file as the first delivery would, for `test output`.
    /// - Throws: `FileOutputError`
    package func check() throws {
        let file = RotatingFile(settings, calls: calls, logger: logger, now: now)
        try file.openNewest()
        file.closeFile()
    }
}

/// Puts a group of deliveries into files, and syncs once.
final class FileSink: Sink {
    private let file: RotatingFile
    private let buffer: EventBuffer
    private var gate = RetryGate()

    init(_ file: RotatingFile, _ counters: EventCounters?) {
        self.file = file
        buffer = EventBuffer(counters: counters)
    }

    func finish() { file.closeFile() }

    private static let wait = Reply.Failure(.io, "waits for events in front of it that were not written")

    func write(_ deliveries: [Delivery]) -> [Reply] {
        // Those sent before the pipeline knew of an earlier failure come first in the group.
        let turnedBack = deliveries.prefix { !gate.admits($0) }
        let rest = deliveries.dropFirst(turnedBack.count)
        return turnedBack.map { _ in .turnedBack(FileSink.wait) } + writeGroup(rest)
    }

    private func writeGroup(_ deliveries: ArraySlice<Delivery>) -> [Reply] {
        if deliveries.isEmpty { return [] }
        var written: [Int] = []
        var failure: FileOutputError?
        for delivery in deliveries {
            guard failure == nil else {
                written.append(0)
                continue
            }
            buffer.encode(delivery)
            let (events, error) = file.append(buffer)
            written.append(events)
            failure = error
        }
        do throws(FileOutputError) { try file.sync() } catch { failure = error }
        // A failed fsync takes back what was written since the last one.
        if failure?.code == .sync { written = written.map { _ in 0 } }
        let replies = zip(deliveries, written).map { reply($0, $1, failure) }
        gate.failed(replies.count { $0.failure != nil })
        return replies
    }

    private func reply(_ delivery: Delivery, _ events: Int, _ failure: FileOutputError?) -> Reply {
        if events == delivery.events.count { return .delivered }
        let why = failure?.failure ?? FileSink.wait
        return events == 0 ? .retry(why) : Reply(.prefix(delivered: events), failure: why)
    }
}
