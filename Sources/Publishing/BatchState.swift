import ByteTools
package import EventModel

/// How far a sealed batch has been settled.
///
/// Invariant: events below `frontier` are settled; of those above it, the ones in `settledAhead`.
struct BatchState {
    let batch: Batch
    /// Order in which the batches of a lane were sealed.
    let sequence: UInt64
    private(set) var frontier = 0
    private(set) var pendingBytes: UInt64
    /// Settled events above the frontier, in the rare case that a delivery was taken in part.
    private var settledAhead: Set<Int> = []
    /// Segments below this one have had their settlement reported.
    private var reported = 0
    private var reportedPartial = 0

    init(batch: Batch, sequence: UInt64) {
        self.batch = batch
        self.sequence = sequence
        pendingBytes = batch.segments.reduce(0) { $0 + $1.eventBytes }
    }

    var isSettled: Bool { frontier == batch.count }

    /// Marks events as settled, and gives the bytes of each generation concerned to `count`.
    mutating func settle(_ events: EventSelection, count: (GenerationKey, UInt64) -> Void) {
        if events.count == 0 { return }
        if case .range(0..<batch.count) = events {
            for segment in batch.segments where segment.eventBytes > 0 { count(segment.key, segment.eventBytes) }
            frontier = batch.count
            pendingBytes = 0
            return
        }
        var segmentIndex = batch.segmentIndex(ofLine: events[0])
        for position in 0..<events.count {
            let index = events[position]
            while !batch.segments[segmentIndex].lineRange.contains(index) { segmentIndex += 1 }
            let segment = batch.segments[segmentIndex]
            let bytes = segment.bytes(of: batch.lines[index], at: index)
            pendingBytes -= bytes
            count(segment.key, bytes)
            if index == frontier { frontier += 1 } else { settledAhead.insert(index) }
        }
        while settledAhead.remove(frontier) != nil { frontier += 1 }
    }

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
            if segment.firstLine < frontier, frontier > reportedPartial {
                reportedPartial = frontier
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

extension Segment {
    var key: GenerationKey { GenerationKey(fileID: source.fileID, generation: source.generation) }
}

/// A position of a file that the registry may move to.
package struct Settlement: Sendable, Equatable {
    package let fileID: Int64
    package let generation: UInt32
    /// Everything before this byte is settled.
    package let offset: UInt64
    package let anchor: Anchor

    init(segment: Segment, offset: UInt64, anchor: Anchor) {
        fileID = segment.source.fileID
        generation = segment.source.generation
        self.offset = offset
        self.anchor = anchor
    }
}
