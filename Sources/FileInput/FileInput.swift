import ByteTools
package import EventModel
package import FileRegistry
package import Logging

/// What the events of a file say about it.
package struct FileFacts: Sendable, Equatable {
    package let path: String
    package let device: UInt64
    package let inode: UInt64
    /// 64 hex digits once the file has 1024 bytes, else nil: a fingerprint that still grows is no name.
    package let fingerprint: String?
    /// First part of the events' ids.
    package let idKey: String
}

/// What an input needs from the rest of the agent.
package struct FileInputContext {
    package var pipeline: String
    package var registry: any RegistryStore
    package var logger: Logger
    /// Makes the template of a file's events.
    package var template: (FileFacts) -> EventTemplate
    /// Time of the agent's first start with this data directory, and of this one (ns since 1970).
    package var firstStart: Int64
    package var start: Int64
    /// Descriptors that this input may have open at once.
    package var descriptors: Int

    package init(
        pipeline: String, registry: any RegistryStore, logger: Logger, firstStart: Int64, start: Int64,
        descriptors: Int, template: @escaping (FileFacts) -> EventTemplate
    ) {
        self.pipeline = pipeline
        self.registry = registry
        self.logger = logger
        self.template = template
        self.firstStart = firstStart
        self.start = start
        self.descriptors = descriptors
    }
}

/// One configured input of one pipeline: finds files, knows them by identity, reads them into batches.
///
/// The pipeline's thread owns it and drives it: `start`, then `watchEventsArrived` when `watchDescriptor` is readable,
/// `tick` when `nextDeadline` has come, and `nextReady` with `harvest` while there is something to read.
package final class FileInput {
    package let settings: FileInputSettings
    let context: FileInputContext
    let globs: [PathGlob]
    let filter: NameFilter
    let watcher = DirectoryWatcher()
    let format: LineReading
    var table: FileTable
    var ready = Fifo<FileState>()
    var open = DescriptorSet()
    var dirty: [Int64: FileRecord] = [:]
    var removedRows: [Int64] = []
    /// Files that were let go since `takeGone`.
    var gone: [(fileID: Int64, generation: UInt32)] = []
    /// Names that were refused for good, each told of once.
    var refused: Set<String> = []
    var scanNumber = 0
    var nextScan: Int64 = 0
    /// Some directory cannot be watched: its files are looked at every second.
    var mustPoll = false
    /// A directory that the patterns lead to is not there; one above it is watched.
    var awaitsDirectories = false
    /// What links lead to, and the link, with `symlinks`.
    var linkTargets: [String: String] = [:]
    /// Renames from a wanted name, and where they led when the file was not there any more.
    var ourMoves: Set<UInt32> = []
    var ourNames: Set<String> = []
    /// Time of the last call (monotonic ns).
    var clock: Int64 = 0
    var lastScan: Int64 = .min / 2
    /// Open files without a name, looked at every second.
    var unnamed: [Int64: FileState] = [:]
    var nextUnnamedLook: Int64 = 0
    /// Files that wait for a descriptor.
    var waiting = Fifo<FileState>()
    /// No descriptor has been quiet for long enough before this.
    var closeDeadline: Int64 = .max
    /// Files that wait for the registry.
    var held: [FileState] = []
    var nextRelease: Int64 = 0
    package internal(set) var counts = FileInputCounts()

    package init(_ settings: FileInputSettings, context: FileInputContext) throws {
        self.settings = settings
        self.context = context
        globs = settings.paths.flatMap { PathGlob.parse($0, recursive: settings.recursiveGlob) }
        filter = try NameFilter(settings)
        format = try LineReading(settings)
        let records = context.registry.records(pipeline: context.pipeline).filter { $0.input == settings.id }
        table = FileTable(records: records)
    }

    /// The files that a pattern of `paths` matches now.
    package static func paths(matching pattern: String) -> [String] {
        var walk = DirectoryWalk()
        var found: [String] = []
        walk.run(
            PathGlob.parse(pattern, recursive: true),
            .init(found: { path, _ in found.append(path) }, other: { _, _ in }, watch: { _ in true }))
        return found.sorted()
    }

    /// Readable when something happened in a watched directory; -1: there is none.
    package var watchDescriptor: Int32 { watcher.descriptor }

    /// Looks at all names for the first time.
    package func start(now: Int64) {
        scan(now: now)
    }

    /// Rescans, but not again and again in a storm of events.
    func scanSoon(after delay: Int64 = 0) {
        nextScan = min(nextScan, max(clock + delay, lastScan + FileInput.settleTime))
    }

    /// A name that vanished is looked for after this time, once for a whole storm of renames.
    static let settleTime: Int64 = 50_000_000

    /// What time brings: the rescan, and descriptors that have been quiet for long enough.
    package func tick(now: Int64) {
        clock = now
        if now >= nextScan { scan(now: now) }
        if !held.isEmpty, now >= nextRelease { releaseHeld() }
        if !unnamed.isEmpty, now >= nextUnnamedLook { lookAtUnnamed() }
        if now >= closeDeadline { closeQuiet(now: now) }
    }

    /// When `tick` has something to do (monotonic ns).
    package var nextDeadline: Int64 {
        var deadline = min(nextScan, closeDeadline)
        if !held.isEmpty { deadline = min(deadline, nextRelease) }
        if !unnamed.isEmpty { deadline = min(deadline, nextUnnamedLook) }
        return deadline
    }

    /// The next file that may have something to read; give it to `harvest`, or back with `postpone`.
    package func nextReady() -> FileState? {
        while let state = ready.popFirst() {
            state.isQueued = false
            if !state.isGone { return state }
        }
        return nil
    }

    package var hasReady: Bool { !ready.isEmpty }

    /// There was no room for it; it comes again.
    package func postpone(_ state: FileState) {
        enqueue(state)
    }

    func enqueue(_ state: FileState) {
        if state.isQueued || state.isGone { return }
        state.isQueued = true
        ready.append(state)
    }

    /// With `once`: everything that was there at the start has been read.
    package var isExhausted: Bool {
        settings.once && scanNumber > 0 && ready.isEmpty && waiting.isEmpty && held.isEmpty
    }

    /// Files with something to read.
    package var activeCount: Int { ready.count }
    /// Files of which everything that is there has been read and settled.
    package var doneCount: Int { table.states.count { $0.isSettled && $0.unread == 0 } }
    package var openCount: Int { open.count }
    package var fileCount: Int { table.count }

    /// Bytes that are there and not yet read, as of the last look at each file.
    package var unreadBytes: UInt64 { table.states.reduce(0) { $0 + $1.unread } }
}

/// What an input has done, for metrics.
package struct FileInputCounts: Sendable, Equatable {
    package var scans = 0
    package var watchOverflows = 0
    package var filesOpened = 0
    package var filesClosed = 0
    package var truncations = 0
    package var renames = 0
    package var openFailures = 0
    /// Bytes that were there when `close.on_state_change.removed` or `.renamed` told the input to let go, or when a
    /// file was deleted while it was closed.
    package var abandonedBytes: UInt64 = 0
    package var abandonedFiles = 0

    package init() {}
}
