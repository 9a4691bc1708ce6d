import AgentConfig
import EventModel
import FileInput
import Glibc
import Logging
import Parsing
import Publishing
import Synchronization

/// Why `ship` cannot begin.
struct ShipError: Error {
    let status: ExitStatus
    let messages: [String]
}

/// What `ship` was asked to do, with the names looked up.
struct ShipJob: Sendable {
    /// Files as they are, compressed ones, and whether standard input is among them.
    private(set) var plain: [String] = []
    private(set) var compressed: [String] = []
    private(set) var readsStandardInput = false
    /// nil while nobody can know.
    private var totalBytes: UInt64? = 0

    /// - Throws: `ShipError` for names that lead to nothing.
    init(_ request: ShipRequest) throws {
        var messages: [String] = []
        var seen: Set<String> = []
        for name in request.files {
            if name == "-" {
                readsStandardInput = true
                totalBytes = nil
                continue
            }
            let found = ShipJob.expand(name)
            if found.isEmpty { messages.append("\(name): no such file") }
            for path in found where seen.insert(path).inserted {
                var info = stat()
                guard unsafe stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
                    messages.append("\(path): not a regular file")
                    continue
                }
                guard unsafe access(path, R_OK) == 0 else {
                    messages.append("\(path): \(unsafe String(cString: strerror(errno)))")
                    continue
                }
                if path.hasSuffix(".gz") {
                    compressed.append(path)
                    totalBytes = nil
                } else {
                    plain.append(path)
                    totalBytes = totalBytes.map { $0 + UInt64(info.st_size) }
                }
            }
        }
        if !messages.isEmpty { throw ShipError(status: .noInput, messages: messages) }
    }

    /// The names that exist: the path itself, or what the glob matches.
    private static func expand(_ name: String) -> [String] {
        var info = stat()
        if unsafe stat(name, &info) == 0 { return [absolute(name)] }
        return FileInput.paths(matching: name)
    }

    private static func absolute(_ path: String) -> String {
        guard let full = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(full) }
        return unsafe String(cString: full)
    }

    /// The settings of an agent that does just this.
    func settings(_ request: ShipRequest) throws -> AgentSettings {
        var plan = try ShipTarget.parse(request.destination)
        if let level = request.compressionLevel { plan.setCompression(level) }
        if request.raw { plan.codec = .format("%{[message]}") }
        var input = FileInputSettings()
        input.id = request.id ?? "ship"
        input.symlinks = true
        input.once = true
        input.tags = request.tags
        input.fieldsJSON = try ShipJob.fields(request.fields)
        if request.ndjson { input.ndjson = NdjsonSettings() }
        input.normalize = Normalization(rawValue: request.normalize) ?? .none
        var settings = AgentSettings()
        if !plain.isEmpty || !compressed.isEmpty {
            input.paths = plain.map(PathLiteral.pattern)
            settings.inputs.append(input)
        }
        if readsStandardInput {
            input.kind = .stdin
            input.paths = []
            settings.inputs.append(input)
        }
        settings.outputs = [plan]
        settings.paths.data = request.resume ?? PathSettings().data
        settings.shutdownTimeout = .seconds(5)
        return settings
    }

    private static func fields(_ pairs: [String]) throws -> String {
        if pairs.isEmpty { return "" }
        return JSONTree.object(
            pairs.map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                return (parts[0], .string(parts.count > 1 ? parts[1] : ""))
            }
        ).text()
    }

    func progress(_ status: AgentStatus, resumed: UInt64, elapsed: Duration) -> ShipProgress {
        var progress = ShipProgress()
        progress.elapsed = elapsed
        progress.files = plain.count + compressed.count + (readsStandardInput ? 1 : 0)
        progress.totalBytes = totalBytes
        progress.resumedBytes = resumed
        for pipeline in status.pipelines {
            progress.readBytes += pipeline.readBytes
            progress.settledBytes += pipeline.settledBytes
            progress.eventsDelivered += pipeline.eventsDelivered
            progress.eventsRejected += pipeline.eventsDeadLettered
            progress.retries += pipeline.retries
            progress.lastFailure = pipeline.lastFailure ?? progress.lastFailure
            progress.filesDone += pipeline.filesDone
        }
        progress.readBytes += resumed
        progress.settledBytes += resumed
        return progress
    }
}

/// A path that is to be taken letter by letter where a glob is expected.
enum PathLiteral {
    static func pattern(_ path: String) -> String {
        var text = ""
        for character in path {
            if "*?[]{}\\,".contains(character) { text.append("\\") }
            text.append(character)
        }
        return text
    }
}

/// What the pipelines have to say while `ship` shows its progress: kept, and told at the end.
final class ShipNotes: Sendable {
    private let notes = Mutex<(messages: [String], hasErrors: Bool)>(([], false))

    var messages: [String] { notes.withLock { $0.messages } }
    var hasErrors: Bool { notes.withLock { $0.hasErrors } }

    func add(_ level: Logger.Level, _ text: String) {
        notes.withLock { notes in
            if level >= .error { notes.hasErrors = true }
            if notes.messages.count < 100 { notes.messages.append(text) }
        }
    }

    var handler: any LogHandler { ShipLogHandler(notes: self) }
}

/// Warnings and errors become messages of `ship`.
struct ShipLogHandler: LogHandler {
    let notes: ShipNotes
    var metadata = Logger.Metadata()
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.warning

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        notes.add(event.level, "\(event.message)" + (fields.isEmpty ? "" : " (\(fields.joined(separator: ", ")))"))
    }
}
