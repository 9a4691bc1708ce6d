import ByteTools
package import EventModel

/// The pipeline of one output: budget, batches, in-flight window, retry and settlement, as a state machine without I/O.
///
/// The thread that owns it fills the open batch of a lane (`builder(lane:)`), tells it what happened (`filled`,
/// `replied`, `advance`), and carries out the orders (`takeOrders`). Time comes in with each call.
package struct Publisher {
    /// What the owner has to do.
    package enum Order: Sendable {
        case send(lane: Int, token: UInt64, Delivery)
        /// The registry may move to these positions.
        case settled([Settlement])
    }

    package let traits: OutputTraits
    package let settings: PipelineSettings
    package private(set) var counts = PublisherCounts()
    package private(set) var draining = false
    package private(set) var lastFailure: Reply.Failure?

    private var lanes: [Lane]
    private var builders: [BatchBuilder?]
    private var states: [[BatchState]]
    private var orders: [Order] = []
    private var pool: SlabPool
    private var generator: any RandomNumberGenerator
    private var nextToken: UInt64 = 0
    private var nextSequence: UInt64 = 0
    /// Bytes of the slabs between reading and settlement.
    package private(set) var budgetUsed = 0
    private var deadLetters: any DeadLetterSink

    package init(
        traits: OutputTraits, settings: PipelineSettings, deadLetters: any DeadLetterSink,
        generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.traits = traits
        self.settings = settings
        self.deadLetters = deadLetters
        self.generator = generator
        let backoff = Backoff(initial: settings.backoffInitial, maximum: settings.backoffMaximum)
        let lane = Lane(
            window: traits.window, maxEvents: traits.maxEvents, slowStart: traits.slowStart, backoff: backoff
        )
        lanes = Array(repeating: lane, count: traits.lanes)
        builders = Array(repeating: nil, count: traits.lanes)
        states = Array(repeating: [], count: traits.lanes)
        let slab = min(traits.maxBytes, max(4096, settings.budgetBytes / (2 * traits.lanes)))
        pool = SlabPool(slabCapacity: slab, keep: max(2, min(8, settings.budgetBytes / slab)))
    }

    package func lane(forFile id: Int64) -> Int { Int(UInt64(bitPattern: id) % UInt64(traits.lanes)) }

    // MARK: Filling

    /// The open batch of a lane with at least `room` bytes, or nil when the budget has none: then nothing may be read.
    package mutating func builder(lane: Int, room: Int, now: MonotonicTime) -> BatchBuilder? {
        if let open = builders[lane] {
            if open.room >= room, open.eventRoom > 0 { return open }
            seal(lane)
            dispatch(lane, now: now)
        }
        let size = max(room, pool.slabCapacity)
        guard budgetUsed == 0 || budgetUsed + size <= settings.budgetBytes else { return nil }
        let slab = pool.take(capacity: size)
        budgetUsed += slab.capacity
        let builder = BatchBuilder(slab: slab, maxEvents: traits.maxEvents, opened: now.nanoseconds)
        builders[lane] = builder
        return builder
    }

    /// Whether a new batch would fit into the budget.
    package var hasBudget: Bool { budgetUsed == 0 || budgetUsed + pool.slabCapacity <= settings.budgetBytes }

    /// Lines were put into the open batch of a lane: it leaves at once when nothing is on its way.
    package mutating func filled(lane: Int, minimumRoom: Int, now: MonotonicTime) {
        guard let open = builders[lane], !open.isEmpty else { return }
        if lanes[lane].isHungry || open.eventRoom == 0 || open.room < minimumRoom { seal(lane) }
        dispatch(lane, now: now)
    }

    private mutating func seal(_ lane: Int) {
        guard let open = builders[lane] else { return }
        builders[lane] = nil
        guard !open.isEmpty else {
            budgetUsed -= open.slab.capacity
            pool.giveBack(open.slab)
            return
        }
        let batch = open.seal()
        states[lane].append(BatchState(batch: batch, sequence: nextSequence))
        if batch.count > 0 {
            lanes[lane].enqueue(.init(sequence: nextSequence, events: .range(0..<batch.count), attempt: 0))
        }
        nextSequence += 1
        counts.batches += 1
        counts.events += batch.count
        if batch.count == 0 { report(lane) }
    }

    // MARK: Sending

    /// Seals what is old enough or has a free lane, and sends what may go.
    package mutating func advance(now: MonotonicTime) {
        for lane in lanes.indices {
            if let open = builders[lane], !open.isEmpty {
                let age = now - MonotonicTime(nanoseconds: open.opened)
                if lanes[lane].isHungry || draining || (age >= settings.batchAge && lanes[lane].state == .open) {
                    seal(lane)
                }
            }
            dispatch(lane, now: now)
        }
    }

    private mutating func dispatch(_ lane: Int, now: MonotonicTime) {
        while let parcel = lanes[lane].takeNext(token: nextToken, now: now) {
            guard let state = states[lane].first(where: { $0.sequence == parcel.sequence }) else {
                preconditionFailure("a parcel outlived its batch")
            }
            let delivery = Delivery(batch: state.batch, events: parcel.events, attempt: parcel.attempt)
            orders.append(.send(lane: lane, token: nextToken, delivery))
            if parcel.attempt > 0 { counts.retries += 1 }
            nextToken += 1
        }
    }

    /// An output answered a delivery.
    package mutating func replied(lane: Int, token: UInt64, _ reply: Reply, now: MonotonicTime) {
        let parcel = lanes[lane].takeFlight(token: token)
        let sorted = sort(parcel, reply)
        var retry = sorted.retry
        if !sorted.rejected.isEmpty, !bury(lane, parcel, sorted.rejected, reply, now: now) {
            retry = .list((indices(sorted.retry) + sorted.rejected.map(\.event)).sorted().map(Int32.init))
        }
        settle(lane, parcel, sorted.delivered, .delivered)
        counts.delivered += sorted.delivered.count
        if retry.count == 0 {
            lanes[lane].succeeded()
            if lanes[lane].state == .open { lastFailure = nil }
        } else {
            if let failure = reply.failure { lastFailure = failure }
            counts.failures += 1
            lanes[lane].failed(
                parcel, retry: retry, retryAfter: reply.retryAfter, now: now, draining: draining, using: &generator
            )
        }
        report(lane)
        if lanes[lane].isHungry { seal(lane) }
        dispatch(lane, now: now)
    }

    private mutating func settle(_ lane: Int, _ parcel: Lane.Parcel, _ events: EventSelection, _ reason: SettledReason)
    {
        guard events.count > 0, let index = states[lane].firstIndex(where: { $0.sequence == parcel.sequence }) else {
            return
        }
        states[lane][index].settle(events) { key, bytes in counts.settle(key, bytes, reason) }
    }

    /// Reports what has become settled in the order of the batches, and gives their memory back.
    private mutating func report(_ lane: Int) {
        var settlements: [Settlement] = []
        while !states[lane].isEmpty {
            settlements += states[lane][0].takeSettlements()
            guard states[lane][0].isSettled else { break }
            let slab = states[lane].removeFirst().batch.slab
            budgetUsed -= slab.capacity
            pool.giveBack(slab)
        }
        if !settlements.isEmpty { orders.append(.settled(settlements)) }
    }

    // MARK: Orders, time, status

    package mutating func takeOrders() -> [Order] {
        defer { orders.removeAll(keepingCapacity: true) }
        return orders
    }

    package var hasOrders: Bool { !orders.isEmpty }

    /// When `advance` has something to do next, if nothing else happens; nil: never.
    package var nextDeadline: MonotonicTime? {
        var earliest: MonotonicTime?
        for lane in lanes.indices {
            var due: MonotonicTime?
            if case .backingOff(let until) = lanes[lane].state, !lanes[lane].waiting.isEmpty { due = until }
            if let open = builders[lane], !open.isEmpty, lanes[lane].state == .open {
                due = MonotonicTime(nanoseconds: open.opened) + settings.batchAge
            }
            if let due { earliest = min(earliest ?? due, due) }
        }
        return earliest
    }

    /// Nothing more will be filled in: everything gets one attempt at once.
    package mutating func drain(now: MonotonicTime) {
        draining = true
        for lane in lanes.indices { lanes[lane].drain(now: now) }
        advance(now: now)
    }

    /// Everything is settled, or was given up until the next start.
    package var isDrained: Bool {
        lanes.indices.allSatisfy { lane in
            builders[lane] == nil && lanes[lane].inFlight.isEmpty
                && (lanes[lane].waiting.isEmpty || lanes[lane].state == .abandoned)
        }
    }

    /// Nothing is open, waiting or in flight.
    package var isIdle: Bool { lanes.indices.allSatisfy { builders[$0] == nil && states[$0].isEmpty } }

    /// Frees the memory that is kept for the next batch.
    package mutating func trim() { pool.trim() }

    /// Bytes and events of the batches that are not settled, counted from the batches themselves.
    package var pending: (bytes: UInt64, deliveries: Int) {
        var bytes: UInt64 = 0
        for lane in lanes.indices {
            bytes += builders[lane]?.eventBytes ?? 0
            for state in states[lane] { bytes += state.pendingBytes }
        }
        return (bytes, lanes.reduce(0) { $0 + $1.inFlight.count })
    }

    /// When the oldest lines that are not settled were read (ms since 1970); nil: there are none.
    package var oldestPending: Int64? {
        var oldest: Int64?
        for lane in lanes.indices {
            let first = states[lane].first?.batch.segments.first ?? builders[lane]?.segments.first
            if let first { oldest = min(oldest ?? first.readAt, first.readAt) }
        }
        return oldest
    }

    package var isBackingOff: Bool { lanes.contains { if case .backingOff = $0.state { true } else { false } } }

    package mutating func addRead(_ key: GenerationKey, read: UInt64, filtered: UInt64, empty: UInt64, cut: UInt64) {
        counts.read(key, read, filtered: filtered, empty: empty, cut: cut)
    }

    package mutating func forget(_ key: GenerationKey) { counts.forget(key) }

    /// Bytes that are neither settled nor pending: always 0.
    package var unaccounted: Int64 { counts.total.unaccounted(pending: pending.bytes) }
}

/// Sorting the verdicts of a reply.
extension Publisher {
    private struct Sorted {
        var delivered = EventSelection.list([])
        var retry = EventSelection.list([])
        var rejected: [(event: Int, reason: Int)] = []
    }

    private func sort(_ parcel: Lane.Parcel, _ reply: Reply) -> Sorted {
        var sorted = Sorted()
        let events = parcel.events
        switch reply.verdicts {
        case .all(.delivered): sorted.delivered = events
        case .all(.retry): sorted.retry = events
        case .prefix(let count):
            sorted.delivered = events.positions(0..<count)
            sorted.retry = events.positions(count..<events.count)
        case .all(.rejected), .each:
            var delivered: [Int32] = []
            var retry: [Int32] = []
            for position in 0..<events.count {
                switch reply.verdict(at: position) {
                case .delivered: delivered.append(Int32(events[position]))
                case .retry: retry.append(Int32(events[position]))
                case .rejected(let reason): sorted.rejected.append((events[position], reason))
                }
            }
            sorted.delivered = .list(delivered)
            sorted.retry = .list(retry)
        }
        if let limit = settings.maxRetries, parcel.attempt >= limit, !draining {
            sorted.rejected += indices(sorted.retry).map { ($0, -1) }
            sorted.retry = .list([])
        }
        return sorted
    }

    private func indices(_ events: EventSelection) -> [Int] { (0..<events.count).map { events[$0] } }

    /// Keeps rejected events; false when they could not be kept, so that they stay unsettled.
    private mutating func bury(
        _ lane: Int, _ parcel: Lane.Parcel, _ rejected: [(event: Int, reason: Int)], _ reply: Reply, now: MonotonicTime
    ) -> Bool {
        guard let state = states[lane].first(where: { $0.sequence == parcel.sequence }) else { return false }
        let givenUp = Reply.Rejection(reason: "max_retries", answer: reply.failure?.message ?? "")
        let letters = rejected.map { event, reason in
            DeadLetter(
                batch: state.batch, event: event, attempts: parcel.attempt + 1,
                rejection: reply.reasons.indices.contains(reason) ? reply.reasons[reason] : givenUp
            )
        }
        do {
            try deadLetters.keep(letters)
        } catch {
            lastFailure = Reply.Failure(.io, "dead letters cannot be kept: \(error)")
            return false
        }
        counts.deadLetters += letters.count
        let ascending = rejected.map { Int32($0.event) }.sorted()
        settle(lane, parcel, .list(ascending), .deadLetter)
        return true
    }
}
