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
    /// Names that were refused for good, each told of once.
    var refused: Set<String> = []
    var scanNumber = 0
    var nextScan: Int64 = 0
    /// Some directory cannot be watched: its files are looked at every second.
    var mustPoll = false
    var polledDirectories: Set<String> = []
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
        walk.run(PathGlob.parse(pattern, recursive: true), found: { found.append($0) }, other: { _, _ in })
        return found.sorted()
    }

    /// Readable when something happened in a watched directory; -1: there is none.
    package var watchDescriptor: Int32 { watcher.descriptor }

    /// Looks at all names for the first time.
    package func start(now: Int64) {
        scan(now: now)
    }

    package func watchEventsArrived(now: Int64) {
        var rescan = false
        watcher.events { event in
            switch event.kind {
            case .overflow:
                counts.watchOverflows += 1
                rescan = true
            case .directoryChanged:
                rescan = rescan || globs.contains(where: \.hasVariableDirectories)
            case .modified, .appeared: look(at: join(event.directory, event.name), appeared: event.kind == .appeared)
            case .vanished: vanished(join(event.directory, event.name), now: now)
            }
        }
        if rescan { nextScan = now }
    }

    /// What time brings: the rescan, and descriptors that have been quiet for long enough.
    package func tick(now: Int64) {
        if now >= nextScan { scan(now: now) }
        closeQuiet(now: now)
    }

    /// When `tick` has something to do (monotonic ns).
    package var nextDeadline: Int64 {
        min(nextScan, open.nextDeadline(quiet: quietTime) ?? .max)
    }

    /// The next file that may have something to read; give it to `harvest`, or back with `postpone`.
    package func nextReady() -> FileState? {
        guard let state = ready.popFirst() else { return nil }
        state.isQueued = false
        return state
    }

    package var hasReady: Bool { !ready.isEmpty }

    /// There was no room for it; it comes again.
    package func postpone(_ state: FileState) {
        enqueue(state)
    }

    func enqueue(_ state: FileState) {
        if state.isQueued { return }
        state.isQueued = true
        ready.append(state)
    }

    /// With `once`: everything that was there at the start has been read.
    package var isExhausted: Bool { settings.once && ready.isEmpty && scanNumber > 0 }

    /// Files with something to read.
    package var activeCount: Int { ready.count }
    /// Files of which everything that is there has been read and settled.
    package var doneCount: Int { table.states.count { $0.isSettled && $0.unread == 0 } }
    package var openCount: Int { open.count }
    package var fileCount: Int { table.count }

    /// Bytes that are there and not yet read, as of the last look at each file.
    package var unreadBytes: UInt64 { table.states.reduce(0) { $0 + ($1.isIgnored ? 0 : $1.unread) } }

    private func join(_ directory: String, _ name: String) -> String {
        directory == "/" ? "/" + name : directory + "/" + name
    }
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
    /// Bytes that were there when `close.on_state_change.removed` or `.renamed` told the input to let go.
    package var abandonedBytes: UInt64 = 0
    package var abandonedFiles = 0

    package init() {}
}
