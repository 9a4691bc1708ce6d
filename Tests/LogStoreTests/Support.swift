import EventFields
import Glibc
import Logging
import Testing

@testable import LogStore

/// A directory that is gone after the test.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/needletail-store-XXXXXX".utf8CString)
        let made = unsafe mkdtemp(&template)
        try #require(unsafe made != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Files only: the store makes no directories in its own.
    deinit {
        for name in names() { StoreFiles.remove(path + "/" + name) }
        _ = unsafe rmdir(path)
    }

    func names() -> [String] {
        (StoreFiles(directory: path).names() ?? []).filter { $0 != "." && $0 != ".." }.sorted()
    }

    func segments() -> [SegmentName] { StoreFiles(directory: path).segments() ?? [] }
}

/// Numbers that are the same for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// An event as a shipper sends it, with a service's line inside.
struct SampleEvent: Hashable {
    var id: String?
    var time: Int64 = 1_795_341_600_000_000_000
    var level = "info"
    var service = "checkout"
    var text = "request completed"

    var json: String {
        let metadata = id.map { #""@metadata":{"_id":"\#($0)"},"# } ?? ""
        let (seconds, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        let digits = String(rest / 1000)
        let fraction = String(repeating: "0", count: 6 - digits.count) + digits
        return #"{\#(metadata)"host":{"name":"host-1"},"log":{"file":{"path":"/var/log/app.log"}},"message":"#
            + #""{\"level\":\"\#(level)\",\"ts\":\#(seconds).\#(fraction),\"msg\":\"\#(text)\","#
            + #"\"service_name\":\"\#(service)\"}"}"#
    }
}

extension IncomingEvents {
    init(_ texts: [String], ids: [String?]? = nil, received: Int64 = testTime) {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for text in texts {
            bytes += Array(text.utf8)
            ends.append(bytes.count)
        }
        self.init(bytes: bytes, ends: ends, ids: ids, received: received)
    }

    init(_ events: [SampleEvent], received: Int64 = testTime) {
        self.init(events.map(\.json), received: received)
    }
}

/// When the tests' events arrive.
let testTime: Int64 = 1_795_341_700_000_000_000

func openStore(_ directory: TemporaryDirectory, _ change: (inout StoreSettings) -> Void = { _ in }) throws -> LogStore {
    var settings = StoreSettings(directory: directory.path)
    // The tests' clock is the real one, their events are of another time.
    settings.retentionAge = nil
    change(&settings)
    var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    logger.logLevel = .critical
    return try LogStore(settings, logger: logger)
}

/// All events of a store in the order in which they came.
func allEvents(_ directory: TemporaryDirectory) throws -> [String] {
    let snapshot = try StoreReader(directory: directory.path).snapshot()
    try #require(snapshot.problems.isEmpty)
    return try events(snapshot)
}

func events(_ snapshot: StoreSnapshot) throws -> [String] {
    var texts: [String] = []
    for head in try snapshot.blocks(from: 0) {
        let block = try snapshot.load(head)
        for index in 0..<block.count { texts.append(String(decoding: try block.original(index), as: UTF8.self)) }
    }
    return texts
}
