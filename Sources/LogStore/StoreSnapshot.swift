import EventFields

/// What is known of a segment without reading its events.
///
/// - Units: times in ns since 1970, meaningless without events; bytes of the events as they came.
package struct SegmentOverview: Sendable, Equatable {
    package let name: SegmentName
    package let events: Int
    package let blocks: Int
    package let rawBytes: Int
    package let firstTime: Int64
    package let lastTime: Int64
    package let firstReceived: Int64
    package let lastReceived: Int64
    /// Of the event that comes next.
    package let nextSequence: Int64
    /// Nothing is added to it any more.
    package let isSealed: Bool
}

/// What is known of a block without reading it.
///
/// - Units: times in ns since 1970.
package struct BlockHead: Sendable {
    package let segment: SegmentName
    let id: Int64
    package let firstTime: Int64
    package let lastTime: Int64
    package let firstSequence: Int64
    package let count: Int
    package let rawBytes: Int
    let summaryBytes: [UInt8]

    /// Not in the index yet, and so a candidate whatever is searched for.
    package var isFresh: Bool { id == 0 }
    package var sequences: Range<Int64> { firstSequence..<(firstSequence + Int64(count)) }

    /// Counts by severity and by name.
    /// - Errors: `.damaged`.
    package func summary() throws(StoreError) -> BlockSummary {
        do {
            return try BlockSummary(summaryBytes, events: count)
        } catch {
            throw StoreError(.damaged, "the head of a block is malformed", path: segment.file)
        }
    }
}

/// The store at one moment.
///
/// - Ownership: one thread at a time. Keep it for one question, not longer: while it lives the WAL of the open segment
///   cannot be folded away.
/// - Errors: `.damaged` and `.notReadable`, of one segment: the others can still be read.
package final class StoreSnapshot {
    private let readers: [SegmentReader]
    private let owner: StoreReader
    /// Newest first.
    package let segments: [SegmentOverview]
    /// Why segments were left out.
    package let problems: [StoreError]

    init(_ readers: [SegmentReader], problems: [StoreError], reader: StoreReader) {
        self.readers = readers
        self.problems = problems
        owner = reader
        segments = readers.map { reader in
            let totals = reader.totals
            return SegmentOverview(
                name: reader.name, events: totals.events, blocks: Int(totals.blocks), rawBytes: totals.rawBytes,
                firstTime: totals.firstTime, lastTime: totals.lastTime, firstReceived: totals.firstReceived,
                lastReceived: totals.lastReceived, nextSequence: totals.nextSequence, isSealed: reader.isSealed)
        }
    }

    deinit { for reader in readers { owner.giveBack(reader) } }

    /// Of the event that comes next; 1 for an empty store.
    package var nextSequence: Int64 { segments.lazy.map(\.nextSequence).max() ?? 1 }

    /// Blocks of a segment that may have events of that time with those words, newest first by their last event.
    package func blocks(
        in segment: SegmentOverview, time: Range<Int64> = .min ..< .max, matching words: WordExpression? = nil
    ) throws(StoreError) -> [BlockHead] {
        let match = words?.match() ?? .everything
        let heads = try read(segment.name) { try $0.heads(time, match) }
        return heads.sorted { ($0.lastTime, $0.firstSequence) > ($1.lastTime, $1.firstSequence) }
    }

    /// Blocks of all segments with events from that sequence number on, in the order in which they came.
    package func blocks(from sequence: Int64) throws(StoreError) -> [BlockHead] {
        var heads: [BlockHead] = []
        for segment in segments.reversed() where segment.nextSequence > sequence {
            heads += try read(segment.name) { try $0.heads(from: sequence) }
        }
        return heads
    }

    /// The block that an event is in, and its place there; nil when it is gone.
    package func find(_ key: EventKey) throws(StoreError) -> (block: BlockHead, index: Int)? {
        guard let segment = segments.first(where: { $0.name.number == key.segment }) else { return nil }
        guard let head = try read(segment.name, { try $0.head(at: key.sequence) }) else { return nil }
        return (head, Int(key.sequence - head.firstSequence))
    }

    /// Reads the columns of a block; its events are unpacked when they are asked for first.
    package func load(_ head: BlockHead) throws(StoreError) -> StoredBlock {
        StoredBlock(head, try read(head.segment) { try $0.columns(head) }, self)
    }

    func originals(_ head: BlockHead) throws(StoreError) -> [UInt8] {
        try read(head.segment) { try $0.originals(head) }
    }

    private func read<Value>(
        _ name: SegmentName, _ body: (SegmentReader) throws -> Value
    ) throws(StoreError) -> Value {
        guard let reader = readers.first(where: { $0.name == name }) else {
            throw StoreError(.notFound, "the segment is not in this snapshot", path: name.file)
        }
        do {
            return try body(reader)
        } catch {
            switch SegmentFailure(error) {
            case .damage(let reason):
                throw StoreError(.damaged, "a segment is damaged", path: reader.path, cause: reason)
            case .newer(let cause), .trouble(let cause):
                throw StoreError(.notReadable, "a segment cannot be read", path: reader.path, cause: cause)
            }
        }
    }
}
