import EventModel

/// The batches of one lane in the order of their lines: the sealed ones that are not settled, then the open one.
///
/// - Shape: a handful of batches; looking one up by its sequence is a walk over those in flight.
struct BatchQueue {
    /// The batch that is being filled. An empty one counts as none.
    private(set) var open: BatchBuilder?
    private var sealed: [BatchState] = []

    /// Nothing is open or unsettled.
    var isEmpty: Bool { sealed.isEmpty && !hasOpenLines }

    /// The open batch holds something: lines, or bytes of files that made no event.
    var hasOpenLines: Bool { open.map { !$0.isEmpty } ?? false }

    mutating func begin(_ builder: BatchBuilder) {
        precondition(open == nil, "a batch is open already")
        open = builder
    }

    /// Takes the open batch out, to be sealed or thrown away.
    mutating func takeOpen() -> BatchBuilder? {
        defer { open = nil }
        return open
    }

    mutating func append(_ batch: Batch, sequence: UInt64) {
        sealed.append(BatchState(batch: batch, sequence: sequence))
    }

    func batch(sequence: UInt64) -> Batch {
        guard let state = sealed.first(where: { $0.sequence == sequence }) else {
            preconditionFailure("a delivery outlived its batch")
        }
        return state.batch
    }

    /// Bytes of some events of a batch.
    func bytes(of events: EventSelection, sequence: UInt64) -> UInt64 {
        sealed.first { $0.sequence == sequence }?.bytes(of: events) ?? 0
    }

    /// Marks events of a batch as settled, and gives the bytes of each generation concerned to `count`.
    mutating func settle(_ events: EventSelection, sequence: UInt64, count: (GenerationKey, UInt64) -> Void) {
        guard let index = sealed.firstIndex(where: { $0.sequence == sequence }) else {
            preconditionFailure("a delivery outlived its batch")
        }
        sealed[index].settle(events, count: count)
    }

    /// What has become settled in the order of the batches; the batches that are done leave and go to `release`.
    mutating func takeSettlements(release: (Batch) -> Void) -> [Settlement] {
        var settlements: [Settlement] = []
        while !sealed.isEmpty {
            settlements += sealed[0].takeSettlements()
            guard sealed[0].isSettled else { break }
            release(sealed.removeFirst().batch)
        }
        return settlements
    }

    // MARK: Status

    /// Bytes of the events that are not settled.
    var pendingBytes: UInt64 {
        sealed.reduce(open?.eventBytes ?? 0) { $0 &+ $1.pendingBytes }
    }

    /// The same by generation, counted line by line where a batch is settled in part.
    func addPending(to sums: inout [GenerationKey: UInt64]) {
        for segment in open?.segments ?? [] { sums[segment.key, default: 0] &+= segment.eventBytes }
        for state in sealed { state.addPending(to: &sums) }
    }

    /// When the oldest lines that are not settled were read (ms since 1970); nil: there are none.
    var oldestPending: Int64? { sealed.first?.oldestPending ?? open?.segments.first?.readAt }
}
