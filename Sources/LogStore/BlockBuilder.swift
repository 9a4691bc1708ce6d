import EventFields

/// The block that is being filled: columns, words and bytes of up to `BlockLimits.events` events.
///
/// - Shape: buffers that are reused from block to block; once they are warm an event costs no allocation.
/// - Ownership: one thread; the writer's.
final class BlockBuilder {
    private(set) var columns = BlockColumns()
    private(set) var originals: [UInt8] = []
    let words = WordSet()
    /// Of the first event.
    var firstSequence: Int64
    /// How many events are in `fresh` already, and so on disk.
    var durable = 0

    private var scanner: EventScanner
    private var splitter = WordSplitter()
    private let hashKey: SipHash.Key

    init(aliases: FieldAliases, hashKey: SipHash.Key, firstSequence: Int64) {
        scanner = EventScanner(aliases: aliases)
        self.hashKey = hashKey
        self.firstSequence = firstSequence
        originals.reserveCapacity(BlockLimits.bytes)
    }

    var count: Int { columns.count }
    var nextSequence: Int64 { firstSequence + Int64(count) }

    /// Whether a further event of that size has to go into the next block.
    func isFull(for bytes: Int) -> Bool {
        count >= BlockLimits.events || (count > 0 && originals.count + bytes > BlockLimits.bytes)
    }

    /// Begins the next block.
    func startOver() {
        firstSequence = nextSequence
        durable = 0
        columns.removeAll()
        originals.removeAll(keepingCapacity: true)
        words.removeAll()
    }

    /// Looks through an event and adds it, if `admit` says so: it is told the event's identity.
    /// - Parameter id: what came beside the event; empty: the event's own counts.
    /// - Returns: false when it was not admitted; its words are in the block's document all the same, which does no harm
    ///   but a look in vain.
    func add(
        _ event: Span<UInt8>, id: UnsafeBufferPointer<UInt8>, received: Int64,
        admit: (EventIdentity) throws -> Bool
    ) rethrows -> Bool {
        let facts = scan(event)
        let identity = unsafe identity(facts, id)
        guard try admit(identity) else { return false }
        columns.times.append(facts.time ?? received)
        columns.severities.append(facts.severity.rawValue)
        unsafe scanner.withText { text in
            for (kind, role) in zip(NameKind.allCases, [EventRole.service, .host, .file]) {
                unsafe columns.names[Int(kind.rawValue)].append(UnsafeBufferPointer(rebasing: text[facts[role]]))
            }
        }
        columns.numbers.append(identity)
        unsafe event.withUnsafeBufferPointer { unsafe originals.append(contentsOf: $0) }
        columns.ends.append(originals.count)
        columns.addReceived(received)
        return true
    }

    /// Adds events that were in a block before, with what was found out about them then.
    func restore(_ decoded: DecodedColumns, originals bytes: [UInt8]) {
        var start = 0
        var runs = decoded.received.makeIterator()
        var run = runs.next()
        for (index, end) in decoded.ends.enumerated() {
            while let current = run, current.count == 0 { run = runs.next() }
            _ = scan(bytes.span.extracting(start..<end))
            columns.times.append(decoded.times[index])
            columns.severities.append(decoded.severities[index])
            for (kind, column) in decoded.names.enumerated() {
                unsafe column.texts[Int(column.indexes[index])].withUnsafeBufferPointer {
                    unsafe columns.names[kind].append($0)
                }
            }
            columns.numbers.append(decoded.identity(index))
            originals.append(contentsOf: bytes[start..<end])
            columns.ends.append(originals.count)
            columns.addReceived(run?.time ?? 0)
            run?.count -= 1
            start = end
        }
    }

    private func scan(_ event: Span<UInt8>) -> EventFacts {
        scanner.scan(event) { value in
            guard !value.isNoise else { return }
            splitter.forEachIndexed(in: value.text) { word in
                unsafe word.withUnsafeBufferPointer { unsafe words.insert($0) }
            }
        }
    }

    private func identity(_ facts: EventFacts, _ id: UnsafeBufferPointer<UInt8>) -> EventIdentity {
        guard id.isEmpty else { return unsafe EventIdentity(id, key: hashKey) }
        return unsafe scanner.withText { text in
            unsafe EventIdentity(UnsafeBufferPointer(rebasing: text[facts[.eventID]]), key: hashKey)
        }
    }
}

extension EventScanner {
    /// The text of the facts, for as long as `body` runs.
    fileprivate borrowing func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        unsafe text.withUnsafeBufferPointer { unsafe body($0) }
    }
}
