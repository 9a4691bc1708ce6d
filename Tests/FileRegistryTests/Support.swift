import EventModel
import Glibc
import Logging
import Synchronization
import SystemTools
import Testing

@testable import FileRegistry

/// A directory that is gone after the test.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/needletail-registry-XXXXXX".utf8CString)
        let made = unsafe mkdtemp(&template)
        try #require(unsafe made != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { TemporaryDirectory.delete(path) }

    /// Files only: the registry makes no directories.
    private static func delete(_ path: String) {
        for name in RegistryFiles.names(in: path, prefix: "") where name != "." && name != ".." {
            RegistryFiles.remove(path + "/" + name)
        }
        _ = unsafe rmdir(path)
    }

    func names(_ prefix: String = "") -> [String] {
        RegistryFiles.names(in: path, prefix: prefix).filter { $0 != "." && $0 != ".." }
    }
}

func readBytes(_ path: String) -> [UInt8]? {
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = unsafe fread(&chunk, 1, chunk.count, file)
        if count == 0 { return bytes }
        bytes += chunk[..<count]
    }
}

/// Returns false where the bytes could not all be written.
@discardableResult
func writeBytes(_ bytes: some Collection<UInt8>, _ path: String) -> Bool {
    guard let file = unsafe fopen(path, "w") else { return false }
    let array = Array(bytes)
    let written = unsafe fwrite(array, 1, array.count, file)
    return unsafe fclose(file) == 0 && written == array.count
}

/// What a power cut leaves of a registry: its files, without the shared memory.
func copyRegistry(from: String, to: String) {
    for name in ["registry.db", "registry.db-wal", "registry.db.backup"] {
        if let bytes = readBytes(from + "/" + name) { writeBytes(bytes, to + "/" + name) }
    }
}

func record(_ id: Int64, pipeline: String = "main", path: String? = nil, offset: UInt64 = 0) -> FileRecord {
    FileRecord(
        id: id, pipeline: pipeline, input: "app", path: path ?? "/var/log/app/\(id).log", device: 2049,
        inode: 1_000_000 + UInt64(bitPattern: id), birth: 1_780_000_000_000_000_000,
        fingerprint: String(repeating: "5a", count: 32), fingerprintLength: 1024, generation: 0, idKey: "k\(id)",
        offset: offset, anchor: Anchor(hash: 0xfedc_ba98_7654_3210 &+ offset, length: 64),
        seen: 1_790_000_000_000_000_000, removed: false)
}

func byID(_ records: [FileRecord]) -> [Int64: FileRecord] {
    Dictionary(uniqueKeysWithValues: records.map { ($0.id, $0) })
}

/// Keeps what was logged.
final class LogBook: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }

    var logger: Logger {
        Logger(label: "registry", factory: { _ in Handler(book: self) })
    }

    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            book.lines.withLock {
                $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])")
            }
        }
    }
}

let patience = Duration.seconds(20)

func openRegistrar(
    _ directory: TemporaryDirectory, _ book: LogBook = LogBook(), _ change: (inout RegistrySettings) -> Void = { _ in }
) throws -> Registrar {
    var settings = RegistrySettings(directory: directory.path)
    settings.retryInitial = .milliseconds(10)
    settings.retryMaximum = .milliseconds(50)
    change(&settings)
    return try Registrar(settings, logger: book.logger)
}

/// A registry with these rows that was closed, and whose backup holds the same.
func makeRegistry(_ directory: TemporaryDirectory, _ records: [FileRecord], backup: Bool = true) throws {
    let registrar = try openRegistrar(directory)
    _ = registrar.submit(records, removed: [])
    try #require(registrar.flush(timeout: patience))
    registrar.waitUntilQuiet()
    try #require(registrar.close(timeout: patience))
    if !backup { RegistryFiles.remove(directory.path + "/registry.db.backup") }
}

extension Registrar {
    /// Until the thread sleeps, with nothing left to do but a later backup.
    func waitUntilQuiet() {
        while !desk.monitor.withLock({ $0.pending.isEmpty && $0.alarm != 0 && !$0.hurry }) { sched_yield() }
    }

    func waitUntil(_ condition: (RegistrarDesk.State) -> Bool) -> Bool {
        let deadline = Clocks.monotonic + patience.nanoseconds
        return desk.monitor.wait { state in
            if condition(state) { return .done(true) }
            return Clocks.monotonic >= deadline ? .done(false) : .wait(until: deadline)
        }
    }
}
