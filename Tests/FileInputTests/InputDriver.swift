import ByteTools
import EventModel
import FileRegistry
import Glibc
import Logging
import Synchronization

@testable import FileInput

/// Drives an input as the pipeline's thread does, with a clock of its own and a collector that remembers every line.
final class InputDriver {
    /// One line as the collector has it.
    struct Line: Equatable {
        let path: String
        let offset: UInt64
        let id: String
        let text: [UInt8]
        var flags = Flags()
        var string: String { String(decoding: text, as: UTF8.self) }
    }

    struct Flags: OptionSet, Equatable {
        let rawValue: Int
        static let truncated = Flags(rawValue: 1)
        static let carriageReturn = Flags(rawValue: 2)
        static let unterminated = Flags(rawValue: 4)
    }

    let registry: MemoryRegistry
    var settings: FileInputSettings
    var input: FileInput
    let log = LogBook()
    var now: Int64 = 1_000_000_000_000
    var lines: [Line] = []
    /// Segments that were read and not settled yet, in order.
    var pending: [Segment] = []
    var settlesAtOnce = true
    /// Of every batch.
    var slabCapacity = 256 * 1024
    var maxEvents = 2048
    var descriptors = 64
    var read: UInt64 = 0
    var eventBytes: UInt64 = 0
    var leftOut: UInt64 = 0
    var largestRoom = 0
    var harvests = 0
    var firstStart: Int64 = 0
    var startTime: Int64 = 0

    init(
        _ scratch: Scratch, _ patterns: String..., registry: MemoryRegistry = .init(),
        change: (InputDriver) -> Void = { _ in }
    )
        throws
    {
        self.registry = registry
        settings = FileInputSettings()
        settings.id = "test"
        settings.paths = (patterns.isEmpty ? ["*.log"] : patterns).map { $0.hasPrefix("/") ? $0 : scratch[$0] }
        input = try InputDriver.makeInput(settings, registry, log, 64, 0, 0)
        change(self)
        try restart()
    }

    private static func makeInput(
        _ settings: FileInputSettings, _ registry: MemoryRegistry, _ log: LogBook, _ descriptors: Int,
        _ firstStart: Int64, _ start: Int64
    ) throws -> FileInput {
        let context = FileInputContext(
            pipeline: "p", registry: registry, logger: Logger(label: "test") { _ in log }, firstStart: firstStart,
            start: start, descriptors: descriptors, template: { _ in EventTemplate(plain: [.message]) })
        return try FileInput(settings, context: context)
    }

    /// Another process takes over: the first look at all names is done, nothing is read.
    func restart() throws {
        input.stop()
        pending.removeAll()
        input = try InputDriver.makeInput(settings, registry, log, descriptors, firstStart, startTime)
        input.start(now: now)
    }

    /// What was not committed is lost.
    func crash() throws {
        registry.crash()
        // The old process writes nothing any more: its rows go to a registry that nobody reads.
        pending.removeAll()
        let old = input
        input = try InputDriver.makeInput(settings, registry, log, descriptors, firstStart, startTime)
        for state in Array(old.open.states.values) { old.close(state) }
        input.start(now: now)
    }

    /// Goes on until there is nothing to read now. Time does not pass.
    func run() {
        takeEvents()
        while let state = input.nextReady() {
            harvest(state)
            takeEvents()
        }
        input.flushRegistry()
    }

    /// Time passes, in steps that no deadline is skipped by.
    func pass(seconds: Double) {
        let end = now + Int64(seconds * 1e9)
        run()
        while now < end {
            now = min(end, max(now + 1_000_000, input.nextDeadline))
            takeEvents()
            input.tick(now: now)
            run()
        }
    }

    /// One turn of one file.
    @discardableResult
    func turn() -> Bool {
        takeEvents()
        guard let state = input.nextReady() else { return false }
        harvest(state)
        return true
    }

    func takeEvents() {
        var item = pollfd(fd: input.watchDescriptor, events: Int16(POLLIN), revents: 0)
        while unsafe poll(&item, 1, 0) > 0 { input.watchEventsArrived(now: now) }
    }

    /// inotify's events of late are lost; only the rescan can tell.
    func missEvents() { input.watcher.events { _ in } }

    /// The kernel's queue of events has overflowed.
    func overflow() { input.react(to: .init(kind: .overflow, directory: "", name: "")) }

    private func harvest(_ state: FileState) {
        var room = slabCapacity
        harvests += 1
        precondition(harvests < 2_000_000, "the input does not come to an end")
        while true {
            let batch = BatchBuilder(slab: Slab(capacity: room), maxEvents: maxEvents, opened: now)
            let harvest = input.harvest(state, into: batch, now: now)
            read += harvest.read
            leftOut += harvest.filtered + harvest.empty + harvest.cut
            if case .needsRoom(let bytes) = harvest.status {
                precondition(bytes > room && batch.isEmpty, "asked for room that it had")
                room = bytes
                largestRoom = max(largestRoom, room)
                continue
            }
            collect(batch.seal())
            return
        }
    }

    private func collect(_ batch: Batch) {
        for segment in batch.segments {
            eventBytes += segment.eventBytes
            for index in segment.lineRange {
                let line = batch.lines[index]
                let offset = segment.offset(of: line, at: index)
                var flags = Flags()
                if line.isTruncated { flags.insert(.truncated) }
                if line.hasCarriageReturn { flags.insert(.carriageReturn) }
                if line.isUnterminated { flags.insert(.unterminated) }
                lines.append(
                    Line(
                        path: segment.source.path, offset: offset, id: segment.source.eventID(offset: offset),
                        text: batch.bytes(at: index), flags: flags))
            }
            pending.append(segment)
        }
        if settlesAtOnce { settle() }
    }

    /// Settles the first `count` segments that are pending; all of them without a number.
    func settle(_ count: Int = .max) {
        for segment in pending.prefix(count) {
            input.settled(
                fileID: segment.source.fileID, generation: segment.source.generation, offset: segment.end,
                anchor: segment.anchor)
        }
        pending.removeFirst(min(count, pending.count))
        input.flushRegistry()
    }

    var texts: [String] { lines.map(\.string) }

    /// The lines since the last call.
    @discardableResult
    func take() -> [String] {
        defer { lines.removeAll() }
        return texts
    }

    /// read == events + filtered + empty + cut
    var ledgerCloses: Bool { read == eventBytes + leftOut }
}

/// Keeps what the input has told its operator.
final class LogBook: LogHandler, Sendable {
    private let entries = Mutex<[String]>([])
    var all: [String] { entries.withLock { $0 } }

    func log(event: LogEvent) {
        let facts = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
        entries.withLock { $0.append("\(event.level) \(event.message) \(facts)") }
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }
}
