import EventFields
import EventModel
import RecordTools
import Synchronization

/// Finds the labels of each event, and writes them as Loki reads them: `{host="web1", service_name="shop"}`.
///
/// - Shape: memory that is used again; streams that were seen are looked up by their hash, without a lock.
/// - Ownership: one lane.
@safe
final class StreamLabels {
    /// Bytes of a value; Loki takes 2048.
    static let longestValue = 1024

    private let templates: [LabelTemplate]
    private let paths: [[UInt8]]
    private let pathHashes: [UInt64]
    private let limits: StreamGuard
    private let counters: EventCounters?
    /// Leaf of each path in the event at hand; -1: none.
    private var found: [Int]
    private let values = ByteArena()
    private var ends: [Int] = []
    /// Streams of this generation.
    private var known: [UInt64: Stream] = [:]
    /// The stream of the event at hand, which is not in `known` meanwhile.
    private var current: (hash: UInt64, stream: Stream)?
    private var generation = 0

    private struct Stream {
        /// A bit for each label whose value is to be replaced.
        var mask: UInt64
        /// Time of its newest entry, in ns since 1970.
        var newest = Int64.min
    }

    /// Loki drops entries that are further behind their stream than half of `max_chunk_age`, which is 2 h unless it was
    /// made less. ns.
    private static let lateness: Int64 = 15 * 60 * 1_000_000_000

    init(templates: [LabelTemplate], paths: [[UInt8]], limits: StreamGuard, counters: EventCounters?) {
        self.templates = templates
        self.paths = paths
        self.limits = limits
        self.counters = counters
        // As written, and below `fields.`.
        pathHashes = paths.flatMap { path in
            [WordHash.of(path.span), WordHash.of((Array("fields.".utf8) + path).span)]
        }
        found = Array(repeating: -1, count: paths.count)
    }

    /// Begins a body.
    func begin(at now: ContinuousClock.Instant) {
        let count = limits.generation(at: now)
        guard count != generation || known.count > 65_536 else { return }
        generation = count
        known.removeAll(keepingCapacity: true)
        current = nil
    }

    /// Whether an entry of this time, in the stream of the event at hand, is so late that it may be dropped.
    func isLate(_ time: Int64) -> Bool {
        guard let newest = current?.stream.newest, newest > .min else { return false }
        return time < newest &- StreamLabels.lateness
    }

    /// The event at hand was taken.
    func note(_ time: Int64) {
        if let current, time > current.stream.newest { self.current?.stream.newest = time }
    }

    /// Writes the labels of the event that was read.
    /// - Parameter asJSON: `"host":"web1","service_name":"shop"` instead, without braces.
    func write(_ reader: EventReader, asJSON: Bool, to out: ByteArena) {
        findPaths(reader)
        values.clear()
        ends.removeAll(keepingCapacity: true)
        for template in templates {
            let start = values.count
            for piece in template.pieces { put(piece, reader) }
            values.drop(behind: start + whole(start))
            ends.append(values.count)
        }
        let mask = replaced()
        if mask != 0 { counters?.labelsReplaced.add(1, ordering: .relaxed) }
        if !asJSON { out.put("{") }
        var isFirst = true
        for index in templates.indices {
            let range = (index > 0 ? ends[index - 1] : 0)..<ends[index]
            guard !range.isEmpty else { continue }
            if !isFirst { out.put(asJSON ? "," : ", ") }
            isFirst = false
            if asJSON { out.put(0x22) }
            out.put(templates[index].name)
            out.put(asJSON ? "\":" : "=")
            // Go's quoted strings have JSON's escapes.
            if mask & (1 << UInt64(index)) != 0 {
                unsafe StreamGuard.overflow.withUnsafeBufferPointer { unsafe out.put(quoted: $0) }
            } else {
                unsafe out.put(quoted: values.bytes(range))
            }
        }
        if !asJSON { out.put("}") }
    }

    private func findPaths(_ reader: EventReader) {
        guard !paths.isEmpty else { return }
        for index in found.indices { found[index] = -1 }
        for number in reader.leaves.indices {
            let hash = reader.leaves[number].hash
            for index in pathHashes.indices where pathHashes[index] == hash && found[index / 2] < 0 {
                found[index / 2] = number
            }
        }
    }

    private func put(_ piece: LabelTemplate.Piece, _ reader: EventReader) {
        switch piece {
        case .literal(let text): values.put(text)
        case .role(.level, let fallback):
            let severity = reader.facts.severity
            if severity == .unknown { values.put(fallback) } else { values.put(severity.constantName) }
        case .role(let role, let fallback):
            if reader.facts[role].isEmpty { values.put(fallback) } else { unsafe values.put(reader.text(role)) }
        case .path(let index, let fallback):
            if found[index] < 0 { values.put(fallback) } else { unsafe values.put(reader.leaves[found[index]].text) }
        }
    }

    /// Bytes of the value behind `start` that stay: at most so many, and no half character.
    private func whole(_ start: Int) -> Int {
        unsafe UTF8Cut.length(values.bytes(start..<values.count), limit: StreamLabels.longestValue)
    }

    /// A bit for each label whose value is to be replaced.
    private func replaced() -> UInt64 {
        var stream: UInt64 = 0
        for index in ends.indices { stream = stream &* 0x9e37_79b9_7f4a_7c15 ^ hash(index) }
        if let current {
            if current.hash == stream { return current.stream.mask }
            known[current.hash] = current.stream
        }
        if let stored = known[stream] {
            current = (stream, stored)
            return stored.mask
        }
        let hashes = ends.indices.map { templates[$0].isConstant ? nil : hash($0) }
        let mask = limits.admit(stream: stream, values: hashes)
        current = (stream, Stream(mask: mask))
        return mask
    }

    private func hash(_ index: Int) -> UInt64 {
        let start = index > 0 ? ends[index - 1] : 0
        return unsafe WordHash.of(values.base + start, count: ends[index] - start)
    }
}

extension Severity {
    /// Loki's names of levels.
    var constantName: StaticString {
        switch self {
        case .unknown: "unknown"
        case .trace: "trace"
        case .debug: "debug"
        case .info: "info"
        case .warning: "warn"
        case .error: "error"
        case .fatal: "fatal"
        }
    }
}

/// Where a text can be cut.
enum UTF8Cut {
    /// - Returns: the length of the longest beginning that has at most `limit` bytes and ends between characters.
    static func length(_ text: UnsafeBufferPointer<UInt8>, limit: Int) -> Int {
        guard text.count > limit else { return text.count }
        var end = limit
        while end > 0, unsafe text[end] & 0xc0 == 0x80 { end -= 1 }
        return end
    }
}
