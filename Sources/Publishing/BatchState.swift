import ByteTools
import EventModel

/// How far a sealed batch has been settled.
///
/// Invariant: events below `frontier` are settled; of those above it, the ones in `settledAhead`.
struct BatchState {
    let batch: Batch
    /// Order in which the batches of a lane were sealed.
    let sequence: UInt64
    private(set) var frontier = 0
    /// Bytes of the events that are not settled.
    private(set) var pendingBytes: UInt64
    /// Settled events above the frontier, in the rare case that a delivery was taken in part.
    private var settledAhead: Set<Int> = []
    /// Segments below this one have had their settlement reported.
    private var reported = 0
    /// The frontier at the last report from within a segment.
    private var reportedFrontier = 0

    init(batch: Batch, sequence: UInt64) {
        self.batch = batch
        self.sequence = sequence
        pendingBytes = batch.segments.reduce(0) { $0 + $1.eventBytes }
    }

    var isSettled: Bool { frontier == batch.count }

    /// When the oldest lines that are not settled were read (ms since 1970).
    var oldestPending: Int64? { reported < batch.segments.count ? batch.segments[reported].readAt : nil }

    /// Marks events as settled, and gives the bytes of each segment concerned to `count`.
    ///
    /// A range costs its segments, and its lines only where it ends within a segment.
    mutating func settle(_ events: EventSelection, count: (GenerationKey, UInt64) -> Void) {
        switch events {
        case .range(let range):
            visitSegments(of: range) { segment, lines in
                let bytes = lines == segment.lineRange ? segment.eventBytes : self.bytes(of: lines, in: segment)
                pendingBytes &-= bytes
                count(segment.key, bytes)
            }
            advance(over: range)
        case .list(let list):
            for range in BatchState.runs(list) { settle(.range(range), count: count) }
        }
    }

    /// Moves the frontier over a settled range, or notes that it lies ahead.
    private mutating func advance(over range: Range<Int>) {
        if range.lowerBound == frontier { frontier = range.upperBound } else { settledAhead.formUnion(range) }
        while settledAhead.remove(frontier) != nil { frontier += 1 }
    }

    /// The segments that hold lines of a range, each with those lines.
    private func visitSegments(of range: Range<Int>, _ visit: (Segment, Range<Int>) -> Void) {
        guard !range.isEmpty else { return }
        var index = batch.segmentIndex(ofLine: range.lowerBound)
        while index < batch.segments.count, batch.segments[index].firstLine < range.upperBound {
            let segment = batch.segments[index]
            let lines = segment.lineRange.clamped(to: range)
            if !lines.isEmpty { visit(segment, lines) }
            index += 1
        }
    }

    /// Bytes of some events, settled or not; costs as much as `settle`.
    func bytes(of events: EventSelection) -> UInt64 {
        var sum: UInt64 = 0
        let ranges: [Range<Int>] =
            switch events {
            case .range(let range): [range]
            case .list(let list): BatchState.runs(list)
            }
        for range in ranges {
            visitSegments(of: range) { segment, lines in
                sum &+= lines == segment.lineRange ? segment.eventBytes : bytes(of: lines, in: segment)
            }
        }
        return sum
    }

    private func bytes(of lines: Range<Int>, in segment: Segment) -> UInt64 {
        lines.reduce(0) { $0 + segment.bytes(of: batch.lines[$1], at: $1) }
    }

    /// Ascending indices as ranges of neighbours.
    static func runs(_ list: [Int32]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for index in list {
            let index = Int(index)
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<(index + 1)
            } else {
                runs.append(index..<(index + 1))
            }
        }
        return runs
    }

    /// Adds the bytes that are not settled to the sums of their generations.
    func addPending(to sums: inout [GenerationKey: UInt64]) {
        for segment in batch.segments {
            let pending = segment.lineRange.filter { $0 >= frontier && !settledAhead.contains($0) }
            let bytes =
                pending.count == segment.lineCount
                ? segment.eventBytes
                : pending.reduce(0) { $0 + segment.bytes(of: batch.lines[$1], at: $1) }
            if bytes > 0 { sums[segment.key, default: 0] &+= bytes }
        }
    }
}

/// The positions that follow from what is settled.
extension BatchState {
    /// The positions that have become durable truth since the last call; only for the oldest batch of a lane.
    mutating func takeSettlements() -> [Settlement] {
        var result: [Settlement] = []
        while reported < batch.segments.count {
            let segment = batch.segments[reported]
            if segment.lineRange.upperBound <= frontier {
                result.append(Settlement(segment: segment, offset: segment.end, anchor: segment.anchor))
                reported += 1
                continue
            }
            if segment.firstLine < frontier, frontier > reportedFrontier {
                reportedFrontier = frontier
                result.append(partial(segment))
            }
            break
        }
        return result
    }

    /// Everything of the segment in front of the first event that is not settled.
    private func partial(_ segment: Segment) -> Settlement {
        let line = batch.lines[frontier]
        let offset = segment.offset(of: line, at: frontier)
        guard segment.places.isEmpty else { return Settlement(segment: segment, offset: offset, anchor: .none) }
        let start = Int(Int64(segment.start) - segment.base)
        let count = Int(line.start) - start
        let anchor = unsafe Anchor(endingAt: batch.slab.base + Int(line.start), count: count)
        return Settlement(segment: segment, offset: offset, anchor: anchor)
    }
}
