import EventModel
import FileInput
import FileRegistry
import Logging
import Publishing
import Synchronization

/// The one thread of a pipeline: it reads files into batches, gives them to the output, and moves the registry over
/// what is settled. Data goes one way: `readFiles` → `Publisher` → `carryOut` → output; settlements come back.
final class PipelineLoop {
    let plan: PipelinePlan
    let inputs: [FileInput]
    let streams: [StreamInput]
    var publisher: Publisher
    private let lanes: [any OutputLane]
    private let mailbox: PipelineMailbox
    private let poll = PipelinePoll()
    private var stopDeadline: MonotonicTime?
    private var isClosing = false
    var gate: RegistryGate
    private var publishedAt = MonotonicTime(nanoseconds: 0)
    var failures: [Reply.Failure.Label: UInt64] = [:]
    private var warning = RepeatedWarning()
    private var quietMemory = QuietMemory()
    private var full = FullLanes()
    /// Lines dropped by rules that the user wrote.
    private(set) var filteredLines = 0

    /// Tags of the descriptors: the mailbox, streams, and from there on the inputs.
    private enum Tag {
        static let mailbox: UInt32 = 0
        static let stream: UInt32 = 1
        static let firstInput: UInt32 = 2
    }

    init(_ plan: PipelinePlan, mailbox: PipelineMailbox) throws {
        self.plan = plan
        self.mailbox = mailbox
        inputs = try plan.makeInputs()
        streams = try plan.makeStreams()
        publisher = Publisher(traits: plan.output.traits, settings: plan.settings, deadLetters: plan.deadLetters)
        lanes = (0..<plan.output.traits.lanes).map { plan.output.makeLane($0) }
        gate = RegistryGate(
            store: plan.registry, budget: UInt64(plan.settings.budgetBytes), chunk: UInt64(publisher.batchBytes))
    }

    /// Runs until it is told to stop, or with `once` until everything is settled.
    func run() {
        poll.add(mailbox.descriptor, tag: Tag.mailbox)
        for (index, input) in inputs.enumerated() {
            input.start(now: MonotonicTime.now.nanoseconds)
            if input.watchDescriptor >= 0 { poll.add(input.watchDescriptor, tag: Tag.firstInput + UInt32(index)) }
        }
        for stream in streams {
            guard let descriptor = stream.descriptor else { continue }
            stream.isAlwaysReady = !poll.add(descriptor, tag: Tag.stream)
        }
        while !isDone { turn() }
        finish()
    }

    /// One turn: what has come, what time brings, what can be read; then sleep if there was nothing.
    private func turn() {
        let now = MonotonicTime.now
        for message in mailbox.take() { handle(message, now: now) }
        for input in inputs where now.nanoseconds >= input.nextDeadline { input.tick(now: now.nanoseconds) }
        publisher.advance(now: now)
        let hasMore = stopDeadline == nil && readFiles(now: now)
        carryOut()
        gate.note(ticket: flushInputs(), settled: publisher.counts.total.settledTotal)
        for input in inputs {
            for gone in input.takeGone() {
                publisher.forget(GenerationKey(fileID: gone.fileID, generation: gone.generation))
            }
        }
        if plan.isOnce, stopDeadline == nil, isExhausted { stopDeadline = now }
        if hasMore { quietMemory.busy() }
        if hasMore { look(until: now, now: now) } else { sleep(now: now) }
    }

    private func handle(_ message: PipelineMailbox.Message, now: MonotonicTime) {
        switch message {
        case .reply(let lane, let token, let reply):
            if let failure = reply.failure { failed(failure, now: now) }
            publisher.replied(lane: lane, token: token, reply, now: now)
        case .ping: plan.pongs.addOne()
        case .stop(let deadline):
            guard stopDeadline == nil else { return }
            stopDeadline = deadline
            publisher.drain(now: now)
        }
    }

    private func failed(_ failure: Reply.Failure, now: MonotonicTime) {
        failures[failure.label, default: 0] += 1
        guard let count = warning.occurred(at: ContinuousClock.now) else { return }
        plan.logger.warning(
            "events were not taken, they will be sent again",
            metadata: [
                "output.endpoint": "\(plan.output.traits.endpoint)", "error.type": "\(failure.label.rawValue)",
                "error.message": "\(failure.message)", "count": "\(count)",
            ])
    }

    // MARK: Reading

    /// Chunks that are read before replies and watchers are looked at again.
    private static let chunksPerTurn = 16

    /// - Returns: whether there is more to read now.
    private func readFiles(now: MonotonicTime) -> Bool {
        for stream in streams where stream.isReady {
            guard !isGateClosed, read(stream, now: now) else { return false }
        }
        full.clear(lanes: lanes.count, inputs: inputs.count)
        for _ in 0..<PipelineLoop.chunksPerTurn {
            var read = false
            for index in inputs.indices where !full.isOver[index] && !isGateClosed {
                if readOne(of: inputs[index], now: now) { read = true } else { full.isOver[index] = true }
            }
            carryOut()
            if !read { return streams.contains(where: \.isReady) }
        }
        return true
    }

    private var isGateClosed: Bool { gate.isClosed(read: publisher.counts.total.read) }

    /// Reads from the next file whose lane takes more; the others keep their turn.
    private func readOne(of input: FileInput, now: MonotonicTime) -> Bool {
        for _ in 0..<input.activeCount where !full.isAll {
            guard let state = input.nextReady() else { return false }
            let lane = publisher.lane(forFile: state.id)
            if full.contains(lane) {
                input.postpone(state)
            } else if harvest(state, of: input, lane: lane, now: now) {
                return true
            } else if state.roomNeeded <= FileInput.minimumRoom {
                full.insert(lane)
            }
        }
        return false
    }

    /// - Returns: false when there is no room: the file can't be read until something is answered.
    private func harvest(_ state: FileState, of input: FileInput, lane: Int, now: MonotonicTime) -> Bool {
        while true {
            guard let batch = publisher.builder(lane: lane, room: state.roomNeeded, now: now) else {
                input.postpone(state)
                return false
            }
            let harvest = input.harvest(state, into: batch, now: now.nanoseconds)
            if harvest.read > 0 {
                publisher.addRead(
                    GenerationKey(fileID: state.id, generation: harvest.generation), read: harvest.read,
                    filtered: harvest.filtered, empty: harvest.empty, cut: harvest.cut)
                filteredLines += harvest.filteredLines
            }
            if case .needsRoom(let bytes) = harvest.status {
                publisher.filled(lane: lane, minimumRoom: bytes, now: now)
                state.roomNeeded = bytes
                continue
            }
            state.roomNeeded = FileInput.minimumRoom
            publisher.filled(lane: lane, minimumRoom: FileInput.minimumRoom, now: now)
            return true
        }
    }

    private func read(_ stream: StreamInput, now: MonotonicTime) -> Bool {
        let lane = publisher.lane(forFile: stream.fileID)
        guard let batch = publisher.builder(lane: lane, room: stream.roomNeeded, now: now) else { return false }
        let harvest = stream.harvest(into: batch)
        if harvest.read > 0 {
            publisher.addRead(
                GenerationKey(fileID: stream.fileID, generation: 0), read: harvest.read,
                filtered: harvest.filtered, empty: harvest.empty, cut: harvest.cut)
            filteredLines += harvest.filteredLines
        }
        publisher.filled(lane: lane, minimumRoom: stream.roomNeeded, now: now)
        if stream.isAtEnd, let descriptor = stream.descriptor, !stream.isAlwaysReady { poll.remove(descriptor) }
        return true
    }

    // MARK: Orders

    private func carryOut() {
        defer { publisher.assertLedgerCloses() }
        guard publisher.hasOrders else { return }
        for order in publisher.takeOrders() {
            switch order {
            case .send(let lane, let token, let delivery):
                lanes[lane].send(delivery) { [mailbox] reply in
                    mailbox.post(.reply(lane: lane, token: token, reply))
                }
            case .settled(let settlements):
                for settlement in settlements { settle(settlement) }
            }
        }
    }

    private func settle(_ settlement: Settlement) {
        for input in inputs {
            input.settled(
                fileID: settlement.fileID, generation: settlement.generation, offset: settlement.offset,
                anchor: settlement.anchor)
        }
        for stream in streams { stream.settled(fileID: settlement.fileID, offset: settlement.offset) }
    }

    private func flushInputs() -> UInt64? {
        var ticket: UInt64?
        for input in inputs { ticket = input.flushRegistry() ?? ticket }
        let records = streams.compactMap { $0.takeRecord() }
        return records.isEmpty ? ticket : plan.registry.submit(records, removed: [])
    }

    // MARK: Sleeping

    private func sleep(now: MonotonicTime) {
        if isDone { return }
        publish(now: now, always: true)
        guard mailbox.prepareToWait() else { return }
        var deadline = publisher.nextDeadline
        for input in inputs {
            deadline = min(deadline ?? .init(nanoseconds: .max), MonotonicTime(nanoseconds: input.nextDeadline))
        }
        if isGateClosed { deadline = min(deadline ?? .init(nanoseconds: .max), now + .milliseconds(200)) }
        if let stopDeadline { deadline = min(deadline ?? stopDeadline, stopDeadline) }
        if publisher.isIdle {
            publisher.trim()
            if let due = quietMemory.quiet(now: now) { deadline = min(deadline ?? due, due) }
        } else {
            quietMemory.busy()
        }
        look(until: deadline, now: now)
        mailbox.woken()
    }

    private func look(until deadline: MonotonicTime?, now: MonotonicTime) {
        poll.wait(until: deadline, now: now) { tag in
            switch tag {
            case Tag.mailbox: break
            case Tag.stream: for stream in streams where stream.descriptor != nil { stream.isReady = true }
            default: inputs[Int(tag - Tag.firstInput)].watchEventsArrived(now: now.nanoseconds)
            }
        }
        publish(now: now, always: false)
    }

    private func publish(now: MonotonicTime, always: Bool) {
        guard always || now - publishedAt > .milliseconds(250) else { return }
        publishedAt = now
        let status = makeStatus()
        plan.status.withLock { $0 = status }
    }

    // MARK: The end

    private var isExhausted: Bool {
        inputs.allSatisfy(\.isExhausted) && streams.allSatisfy(\.isAtEnd) && publisher.isIdle
    }

    private var isDone: Bool {
        guard let stopDeadline else { return false }
        return publisher.isDrained || MonotonicTime.now >= stopDeadline
    }

    /// Closes the connections, takes the last answers, and hands the last positions to the registrar.
    private func finish() {
        takeLastAnswers()
        let now = MonotonicTime.now
        for order in publisher.takeOrders() {
            if case .settled(let settlements) = order { for settlement in settlements { settle(settlement) } }
        }
        _ = flushInputs()
        for input in inputs { input.stop() }
        publish(now: now, always: true)
        poll.close()
    }

    /// Lanes answer on threads of their own. One that is closed in the middle of a delivery tells what had arrived of it.
    private func takeLastAnswers() {
        var outstanding = publisher.pending.deliveries
        for lane in lanes { lane.close() }
        let limit = MonotonicTime.now + .milliseconds(500)
        let answers = PipelinePoll()
        defer { answers.close() }
        answers.add(mailbox.descriptor, tag: Tag.mailbox)
        while true {
            let now = MonotonicTime.now
            for message in mailbox.take() {
                guard case .reply(let lane, let token, let reply) = message else { continue }
                publisher.replied(lane: lane, token: token, reply, now: now)
                outstanding -= 1
            }
            if outstanding <= 0 || now >= limit { return }
            if mailbox.prepareToWait() { answers.wait(until: limit, now: now) { _ in } }
            mailbox.woken()
        }
    }
}

/// Lanes that take nothing more in this turn, and inputs that have nothing for the others: the files of a lane whose host
/// is down are passed over once a turn.
private struct FullLanes {
    private var isFull: [Bool] = []
    private var left = 0
    var isOver: [Bool] = []

    mutating func clear(lanes: Int, inputs: Int) {
        isFull.removeAll(keepingCapacity: true)
        isFull.append(contentsOf: repeatElement(false, count: lanes))
        isOver.removeAll(keepingCapacity: true)
        isOver.append(contentsOf: repeatElement(false, count: inputs))
        left = lanes
    }

    var isAll: Bool { left == 0 }

    func contains(_ lane: Int) -> Bool { isFull[lane] }

    mutating func insert(_ lane: Int) {
        if isFull[lane] { return }
        isFull[lane] = true
        left -= 1
    }
}
