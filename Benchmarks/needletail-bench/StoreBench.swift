import ByteTools
import Dispatch
import EventModel
import Glibc
import LogStore
import Logging
import Synchronization

extension BenchCase {
    /// The collector's store: events of zap lines as the agent sends them, each with ids of its own, in batches of a
    /// Lumberjack window, up to their commit. Making the events is a twentieth of it.
    static let store = BenchCase(name: "store") { lines in
        let passes = ZapLines.passes(for: lines)
        let directory = try TemporaryStore()
        let store = try LogStore(directory.settings, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        let shape = try BenchShape.plain(includingMetadata: true)
        return {
            var source = FreshLines()
            let window = StoreWindow()
            for pass in 0..<passes {
                try window.append(source.events(shape, pass: pass), to: store)
            }
            try window.finish()
            let stored = store.status.stored
            guard stored == passes * ZapLines.count else {
                throw BenchError(message: "\(stored) events of \(passes * ZapLines.count) were stored")
            }
            return withExtendedLifetime(directory) { ZapLines.work(passes: passes) }
        }
    }
}

/// Zap lines whose trace, span and request ids are others in each pass, as services write them.
private struct FreshLines {
    private var lines = ZapLines.all
    private let places = ZapLines.all.map(FreshLines.digits)
    private var state: UInt64 = 1
    private let scratch = Scratch(capacity: 4 << 20)

    mutating func events(_ shape: EventShape, pass: Int) throws -> IncomingEvents {
        for index in lines.indices {
            for place in places[index] { lines[index][place] = nextDigit() }
        }
        let batch = ZapLines.batch(shape, of: lines, base: Int64(pass) * Int64(ZapLines.block.count))
        var encoder = EventEncoder(batch)
        var cursor = scratch.cursor
        var ends: [Int] = []
        for index in 0..<batch.count {
            guard encoder.encode(index, to: &cursor) else {
                throw BenchError(message: "line \(index) became no event")
            }
            ends.append(scratch.capacity - cursor.room)
        }
        let bytes = unsafe Array(scratch.buffer[..<(scratch.capacity - cursor.room)])
        return IncomingEvents(bytes: bytes, ends: ends, received: 1_795_341_700_000_000_000 + Int64(pass) * 1_000_000)
    }

    /// A hex digit; those of a SplitMix64, one number for 16.
    private mutating func nextDigit() -> UInt8 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let digit = UInt8(truncatingIfNeeded: state >> 60)
        return digit < 10 ? 0x30 + digit : 0x57 + digit
    }

    /// Where the digits of the ids are in a line.
    private static func digits(_ line: [UInt8]) -> [Int] {
        ["\"trace_id\":\"", "\"span_id\":\"", "\"request_id\":\"r~"].flatMap { key -> Range<Int> in
            let key = Array(key.utf8)
            let start = (0..<(line.count - key.count)).first { line[$0..<($0 + key.count)].elementsEqual(key) }
            let first = (start ?? 0) + key.count
            let end = line[first...].firstIndex(of: 0x22) ?? first
            return first..<end
        }
    }
}

/// A few batches on their way at a time, as from a few shippers.
private final class StoreWindow: Sendable {
    private let room = DispatchSemaphore(value: StoreWindow.batches)
    private let failure = Mutex<StoreError?>(nil)

    private static let batches = 4

    func append(_ events: IncomingEvents, to store: LogStore) throws {
        room.wait()
        store.submit(events, patiently: true) { [self] result in
            if case .failure(let error) = result { failure.withLock { $0 = error } }
            room.signal()
        }
        try check()
    }

    func finish() throws {
        for _ in 0..<StoreWindow.batches { room.wait() }
        for _ in 0..<StoreWindow.batches { room.signal() }
        try check()
    }

    private func check() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }
}

/// A store in `TMPDIR` that is gone when nobody holds it any more.
private final class TemporaryStore: Sendable {
    let settings: StoreSettings

    init() throws {
        let directory = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(directory)/needletail-bench-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw BenchError(message: "no temporary directory can be made in \(directory)")
        }
        var settings = StoreSettings(
            directory: String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
        settings.retentionAge = nil
        settings.retentionBytes = nil
        self.settings = settings
    }

    /// The store makes files only, no directories.
    deinit {
        guard let stream = unsafe opendir(settings.directory) else { return }
        while let entry = unsafe readdir(stream) {
            unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) {
                    _ = unsafe unlinkat(dirfd(stream), $0, 0)
                }
            }
        }
        unsafe closedir(stream)
        unsafe rmdir(settings.directory)
    }
}
