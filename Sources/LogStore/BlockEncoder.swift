import EventFields

/// A block as it is written: what goes into the columns of `blocks`, `block_data` and `fresh`.
///
/// - Shape: buffers that are reused; the frames are valid until the next `encode`.
/// - Ownership: one thread; the writer's.
final class BlockEncoder {
    struct Head {
        var firstTime: Int64
        var lastTime: Int64
        var firstSequence: Int64
        var events: Int
        var rawBytes: Int
        var received: Int64
    }

    /// Level 1 packs events of shippers to a tenth; higher levels cost three times the CPU for a twentieth less.
    static let level: Int32 = 1

    private let columnsEncoder = ZstdEncoder(level: BlockEncoder.level)
    private let originalsEncoder = ZstdEncoder(level: BlockEncoder.level)
    private var columnBytes: [UInt8] = []
    private var summary: [UInt8] = []

    /// Calls `body` with everything that a row needs.
    func encode(
        _ columns: BlockColumns, originals: [UInt8], firstSequence: Int64,
        _ body: (Head, _ summary: [UInt8], _ columns: UnsafeRawBufferPointer, _ originals: UnsafeRawBufferPointer)
            throws -> Void
    ) throws {
        columnBytes.removeAll(keepingCapacity: true)
        columns.encode(to: &columnBytes)
        summary.removeAll(keepingCapacity: true)
        BlockSummary.encode(columns, to: &summary)
        var (first, last) = (Int64.max, Int64.min)
        for time in columns.times {
            first = min(first, time)
            last = max(last, time)
        }
        let head = Head(
            firstTime: first, lastTime: last, firstSequence: firstSequence, events: columns.count,
            rawBytes: originals.count, received: columns.received.last?.time ?? 0)
        try unsafe columnsEncoder.compress(columnBytes) { columnFrame in
            try unsafe originalsEncoder.compress(originals) { frame in
                try unsafe body(head, summary, columnFrame, frame)
            }
        }
    }
}
