package import EventModel

/// Filling: the open batches, within the budget.
extension Publisher {
    /// The open batch of a lane with at least `room` bytes and one event free.
    ///
    /// - Returns: nil when the budget has none, when enough is waiting already, or while draining: then nothing may be
    ///   read for this lane until something has been answered.
    package mutating func builder(lane: Int, room: Int, now: MonotonicTime) -> BatchBuilder? {
        if draining { return nil }
        if let open = queues[lane].open {
            if open.room >= room, open.eventRoom > 0 { return open }
            seal(lane)
            dispatch(lane, now: now)
        }
        if let readAhead = traits.readAhead, lanes[lane].waiting.count >= readAhead { return nil }
        guard let slab = budget.take(lane: lane, room: room) else { return nil }
        let builder = BatchBuilder(slab: slab, maxEvents: traits.maxEvents, opened: now.nanoseconds)
        queues[lane].begin(builder)
        return builder
    }

    /// What there was has been put into the open batch of a lane: it leaves at once when nothing is on its way.
    ///
    /// - Parameter minimumRoom: bytes without which it is not worth while to go on filling it.
    package mutating func filled(lane: Int, minimumRoom: Int, now: MonotonicTime) {
        guard let open = queues[lane].open else { return }
        if open.isEmpty { return dropIfEmpty(lane) }
        if lanes[lane].isHungry || open.eventRoom == 0 || open.room < minimumRoom { seal(lane) }
        dispatch(lane, now: now)
    }

    /// Bytes of a file were read, of which some made no event and are settled with that.
    package mutating func addRead(_ key: GenerationKey, read: UInt64, filtered: UInt64, empty: UInt64, cut: UInt64) {
        counts.read(key, read, filtered: filtered, empty: empty, cut: cut)
    }

    /// The generation will not be read any more: its ledger is dropped once it is closed.
    package mutating func forget(_ key: GenerationKey) { counts.forget(key) }

    /// Bytes of the slabs between reading and settlement.
    package var budgetUsed: Int { budget.used }

    /// Whether a new batch of any lane would fit into the budget.
    package var hasBudget: Bool { budget.hasRoom }

    /// Bytes of a batch, unless a single line is longer.
    package var batchBytes: Int { budget.slabBytes }

    /// Frees the memory that is kept for the next batch.
    package mutating func trim() {
        for lane in lanes.indices { dropIfEmpty(lane) }
        budget.trim()
    }
}
