/// A block that was read: up to 512 events, with what is known of each.
///
/// - Shape: columns are decoded at once, the events (about half a megabyte) when the first of them is asked for. Keeps its
///   snapshot alive.
/// - Units: times in ns since 1970.
/// - Ownership: the thread that has its snapshot.
package final class StoredBlock {
    package let head: BlockHead
    private let columns: DecodedColumns
    private let snapshot: StoreSnapshot
    private var loaded: [UInt8]?

    init(_ head: BlockHead, _ columns: DecodedColumns, _ snapshot: StoreSnapshot) {
        self.head = head
        self.columns = columns
        self.snapshot = snapshot
    }

    package var count: Int { head.count }
    /// What the events say of their time; of those that do not, when they arrived.
    package var times: [Int64] { columns.times }
    /// Raw values of `Severity`.
    package var severities: [UInt8] { columns.severities }

    package func key(_ index: Int) -> EventKey {
        EventKey(head.segment, sequence: head.firstSequence + Int64(index))
    }

    package func sequence(_ index: Int) -> Int64 { head.firstSequence + Int64(index) }

    /// The block's own list of services, hosts or files: an event's name is `names(kind)[nameIndexes(kind)[event]]`,
    /// empty when the event does not say.
    package func names(_ kind: NameKind) -> [[UInt8]] { columns.names[Int(kind.rawValue)].texts }

    /// Of each event its place in `names`.
    package func nameIndexes(_ kind: NameKind) -> [UInt16] { columns.names[Int(kind.rawValue)].indexes }

    package func name(_ kind: NameKind, _ index: Int) -> [UInt8] {
        names(kind)[Int(nameIndexes(kind)[index])]
    }

    /// When an event arrived.
    package func received(_ index: Int) -> Int64 {
        var end = 0
        for run in columns.received {
            end += run.count
            if index < end { return run.time }
        }
        return 0
    }

    /// Where an event is in the bytes of all.
    package func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : columns.ends[index - 1])..<columns.ends[index] }

    /// All events, one behind the other.
    /// - Errors: `.damaged`, `.notReadable`.
    package func originals() throws(StoreError) -> [UInt8] {
        if let loaded { return loaded }
        let bytes = try snapshot.originals(head)
        guard bytes.count == head.rawBytes else {
            throw StoreError(.damaged, "a block is shorter than it says", path: head.segment.file)
        }
        loaded = bytes
        return bytes
    }

    /// One event as it was received.
    package func original(_ index: Int) throws(StoreError) -> [UInt8] { Array(try originals()[range(index)]) }

    package func withOriginal<Result>(_ index: Int, _ body: (Span<UInt8>) throws -> Result) throws -> Result {
        let bytes = try originals()
        let span = bytes.span.extracting(range(index))
        return try body(span)
    }
}
