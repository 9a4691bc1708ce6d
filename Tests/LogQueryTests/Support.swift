import EventFields
import Glibc
import LogQuery
import LogStore
import Logging

/// The same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// splitmix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}

/// A store in a directory of its own, gone with the scene.
final class StoreScene {
    let directory: String
    let store: LogStore

    init(segmentBytes: Int = 1 << 30) throws {
        var template = Array("/tmp/needletail-query-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw QueryError("no directory", at: 0..<0) }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var settings = StoreSettings(directory: directory)
        settings.segmentBytes = segmentBytes
        settings.retentionAge = nil
        store = try LogStore(settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func append(_ events: [String], received: Int64 = 1_732_351_452_000_000_000) async throws {
        var incoming = IncomingEvents(received: received)
        for event in events {
            incoming.bytes += event.utf8
            incoming.ends.append(incoming.bytes.count)
        }
        let stored = try await store.append(incoming)
        guard stored.allSatisfy({ $0 == .stored }) else { throw QueryError("not stored", at: 0..<0) }
    }

    func search() throws -> LogSearch { LogSearch(reader: try StoreReader(directory: directory)) }

    deinit {
        guard let folder = unsafe opendir(directory) else { return }
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            unsafe unlink(directory + "/" + name)
        }
        unsafe closedir(folder)
        unsafe rmdir(directory)
    }
}

func query(_ text: String, now: Int64 = 1_732_351_452_000_000_000) throws -> Query {
    try Query(parsing: text, now: now)
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
