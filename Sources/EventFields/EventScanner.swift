import CShim

/// Looks through one event for its facts and its values: one pass over the JSON, no tree, no String, and no allocation
/// once its buffers have grown to the size of the events.
///
/// What comes in has been validated as JSON by the listener. What has not does no harm: the scan ends where the text stops
/// making sense, and no byte outside of it is read.
/// - Shape: scratch of three times the largest event; one per thread.
@safe
package struct EventScanner: ~Copyable {
    /// Objects and arrays inside each other that are looked into; what lies deeper is left out.
    package static let maximumDepth = 160
    /// Events are smaller than 1 GiB.
    package static let maximumCount = 1 << 30

    /// A container that the scan is in.
    struct Level {
        /// Where its path ends in `path`.
        var pathEnd: Int
        /// Where the part of its path begins that roles are looked up by.
        var aliasStart: Int
        var isArray: Bool
    }

    let table: PathTable
    var facts = EventFacts()
    /// The rank of what each role has by now.
    var ranks = InlineArray<11, UInt16>(repeating: .max)
    var marks = LineMarks()

    /// Values that the facts point to, and strings whose escapes were resolved.
    var scratch: UnsafeMutablePointer<UInt8>
    var scratchCount = 0
    /// The path of where the scan is; that of the line inside `message` behind it.
    var path: UnsafeMutablePointer<UInt8>
    var capacity: Int
    let levels: UnsafeMutablePointer<Level>

    package init(aliases: FieldAliases = .standard) {
        table = PathTable(aliases)
        capacity = 4096
        unsafe scratch = .allocate(capacity: EventScanner.scratchSize(capacity))
        unsafe path = .allocate(capacity: EventScanner.pathSize(capacity))
        unsafe levels = .allocate(capacity: 2 * (EventScanner.maximumDepth + 1))
    }

    deinit {
        unsafe scratch.deallocate()
        unsafe path.deallocate()
        unsafe levels.deallocate()
    }

    /// Every string is written at most once, and the line inside once more; 16 for the kernel's overrun.
    static func scratchSize(_ count: Int) -> Int { 2 * count + 64 }
    /// A path is no longer than the text it was read from.
    static func pathSize(_ count: Int) -> Int { 2 * count + 64 }

    /// What the places of the facts point into.
    package var text: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let span = unsafe Span(_unsafeStart: UnsafePointer(scratch), count: scratchCount)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// A copy of a fact, for callers that are in no hurry.
    package func copy(_ place: Range<Int>) -> [UInt8] {
        precondition(place.lowerBound >= 0 && place.upperBound <= scratchCount)
        return unsafe Array(UnsafeBufferPointer(start: scratch + place.lowerBound, count: place.count))
    }

    /// The bytes of a fact, which stay until the next scan.
    package func bytes(_ place: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        precondition(place.lowerBound >= 0 && place.upperBound <= scratchCount)
        return unsafe UnsafeBufferPointer(start: scratch + place.lowerBound, count: place.count)
    }

    /// Whether full text may leave out the value at a path, so that a search for it cannot go by words.
    package func mayHide(path: [UInt8]) -> Bool { table.mayHide(path) }

    /// The facts of an event, and on the way each of its values, those of the service's own line too.
    package mutating func scan(_ event: Span<UInt8>, _ body: (EventValue) -> Void = { _ in }) -> EventFacts {
        precondition(event.count < EventScanner.maximumCount)
        reserve(event.count)
        facts = EventFacts()
        ranks = InlineArray(repeating: .max)
        scratchCount = 0
        marks = LineMarks()
        unsafe event.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let walk = unsafe Walk(json: base, count: buffer.count, isLine: false, pathBase: 0, levelBase: 0)
            _ = unsafe walkObject(walk, body)
        }
        finishMarks(isLine: false)
        return facts
    }

    /// Gives back the memory that one huge event took.
    private mutating func reserve(_ count: Int) {
        let wanted = max(count, 4096)
        guard wanted > capacity || (capacity > 4 << 20 && wanted < 1 << 20) else { return }
        unsafe scratch.deallocate()
        unsafe path.deallocate()
        capacity = count <= 4096 ? 4096 : count + count / 4
        unsafe scratch = .allocate(capacity: EventScanner.scratchSize(capacity))
        unsafe path = .allocate(capacity: EventScanner.pathSize(capacity))
    }
}

/// What tells one writer of lines from another.
struct LineMarks {
    var hasProcess = false
    var hasHost = false
    /// Serilog's compact lines leave the level out when it is Information.
    var isCompact = false
    var name = TextPlace()
    var nameRank: UInt16 = 0
}
