import EventModel

/// The pipeline of one output: budget, batches, in-flight window, retry and settlement, as a state machine without I/O.
///
/// The thread that owns it fills the open batch of a lane (`builder`, `filled`), tells it what happened (`replied`,
/// `advance`, `drain`), and carries out the orders (`takeOrders`). Time comes in with each call. The only thing it does
/// itself is to keep dead letters, because they are settled when that has worked and not before.
package struct Publisher {
    /// What the owner has to do.
    package enum Order: Sendable {
        /// Give the delivery to the output's lane, and tell `replied` the answer with this token.
        case send(lane: Int, token: UInt64, Delivery)
        /// The registry may move to these positions.
        case settled([Settlement])
    }

    package let traits: OutputTraits
    package let settings: PipelineSettings
    package internal(set) var counts = PublisherCounts()
    package private(set) var draining = false
    /// Why the last delivery failed; nil once one has succeeded after it.
    package internal(set) var lastFailure: Reply.Failure?

    // The state below is the module's, for the extensions in `Publisher+….swift` alone.
    var lanes: [Lane]
    var queues: [BatchQueue]
    var budget: ByteBudget
    var orders: [Order] = []
    var generator: any RandomNumberGenerator
    let deadLetters: any DeadLetterSink
    private var nextToken: UInt64 = 0
    private var nextSequence: UInt64 = 0

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
            window: traits.window, maxEvents: traits.maxEvents, slowStart: traits.slowStart,
            isEager: traits.isEager, backoff: backoff
        )
        lanes = Array(repeating: lane, count: traits.lanes)
        queues = Array(repeating: BatchQueue(), count: traits.lanes)
        budget = ByteBudget(
            limit: settings.budgetBytes, lanes: traits.lanes, maxBytes: traits.maxBytes, window: traits.window)
    }

    /// The lane that a file always travels on.
    package func lane(forFile id: Int64) -> Int { Int(UInt64(bitPattern: id) % UInt64(traits.lanes)) }

    /// What is to be done since the last call, in order.
    package mutating func takeOrders() -> [Order] {
        defer { orders.removeAll(keepingCapacity: true) }
        return orders
    }

    package var hasOrders: Bool { !orders.isEmpty }

    // MARK: Time

    /// Seals what is old enough or has a free lane, and sends what may go.
    package mutating func advance(now: MonotonicTime) {
        for lane in lanes.indices {
            lanes[lane].advance(now: now)
            if queues[lane].hasOpenLines, isDue(lane, now: now) { seal(lane) }
            dispatch(lane, now: now)
        }
    }

    private func isDue(_ lane: Int, now: MonotonicTime) -> Bool {
        if draining || lanes[lane].isHungry { return true }
        guard let due = sealDeadline(lane) else { return false }
        return due <= now
    }

    /// When the open batch of a lane leaves at the latest; nil while it could not be sent then: it goes on growing.
    func sealDeadline(_ lane: Int) -> MonotonicTime? {
        guard let open = queues[lane].open, !open.isEmpty, lanes[lane].hasRoom else { return nil }
        return MonotonicTime(nanoseconds: open.opened) + settings.batchAge
    }

    /// Nothing more will be filled in: everything gets one attempt at once, even in the middle of a back-off.
    package mutating func drain(now: MonotonicTime) {
        draining = true
        for lane in lanes.indices {
            dropIfEmpty(lane)
            lanes[lane].drain(now: now)
        }
        advance(now: now)
    }

    // MARK: Sealing and sending

    /// Closes the open batch of a lane and puts it in the queue.
    mutating func seal(_ lane: Int) {
        guard let open = queues[lane].takeOpen() else { return }
        guard !open.isEmpty else { return budget.giveBack(open.slab, lane: lane) }
        let batch = open.seal()
        queues[lane].append(batch, sequence: nextSequence)
        if batch.count > 0 {
            lanes[lane].enqueue(.init(sequence: nextSequence, events: .range(0..<batch.count), attempt: 0))
            counts.batches += 1
            counts.events += batch.count
        }
        nextSequence += 1
        if batch.count == 0 { report(lane) }
    }

    /// Gives back the memory of an open batch that nothing was put into.
    mutating func dropIfEmpty(_ lane: Int) {
        guard !queues[lane].hasOpenLines, let open = queues[lane].takeOpen() else { return }
        budget.giveBack(open.slab, lane: lane)
    }

    /// Sends what the lane's window and state allow.
    mutating func dispatch(_ lane: Int, now: MonotonicTime) {
        while let parcel = lanes[lane].takeNext(token: nextToken, now: now) {
            let batch = queues[lane].batch(sequence: parcel.sequence)
            let delivery = Delivery(
                batch: batch, events: parcel.events, attempt: parcel.attempt, failuresSeen: lanes[lane].failuresSeen)
            orders.append(.send(lane: lane, token: nextToken, delivery))
            if parcel.attempt > 0 { counts.retries += 1 }
            nextToken += 1
        }
    }

    /// Reports what has become settled in the order of the batches, and gives their memory back.
    mutating func report(_ lane: Int) {
        let settlements = queues[lane].takeSettlements { budget.giveBack($0.slab, lane: lane) }
        if !settlements.isEmpty { orders.append(.settled(settlements)) }
    }
}
