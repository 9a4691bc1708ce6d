import ByteTools
import EventModel
import Publishing
import TestSupport
import Testing

/// A publisher with imagined files before it, and behind it an output that answers when it is told to.
struct Rig {
    struct Sent {
        let lane: Int
        let token: UInt64
        let delivery: Delivery

        var lines: [String] {
            (0..<delivery.events.count).map {
                String(decoding: delivery.batch.bytes(at: delivery.events[$0]), as: UTF8.self)
            }
        }
    }

    var publisher: Publisher
    let box = LetterBox()
    var now = MonotonicTime(nanoseconds: 1_000_000_000)
    /// Deliveries in flight, oldest first.
    var inFlight: [Sent] = []
    /// Every delivery there was.
    var sent: [Sent] = []
    var settlements: [Settlement] = []
    /// Where the next line of a file begins.
    var ends: [GenerationKey: UInt64] = [:]

    init(
        lanes: Int = 1, window: Int = 1, maxEvents: Int = 100, maxBytes: Int = 4096, slowStart: Bool = false,
        generator: any RandomNumberGenerator = SeededGenerator(seed: 1),
        _ configure: (inout PipelineSettings) -> Void = { _ in }
    ) {
        let traits = OutputTraits(
            kind: "test", endpoint: "nowhere", lanes: lanes, window: window, maxEvents: maxEvents, maxBytes: maxBytes,
            slowStart: slowStart
        )
        var settings = PipelineSettings()
        configure(&settings)
        publisher = Publisher(traits: traits, settings: settings, deadLetters: box, generator: generator)
    }

    // MARK: What happens

    /// Reads lines of a file, as many as the open batch takes.
    /// - Returns: how many; nil when the budget has no room.
    @discardableResult
    mutating func read(_ lines: [Line], file: Int64 = 1, generation: UInt32 = 0, room: Int = 16) -> Int? {
        let lane = publisher.lane(forFile: file)
        guard let open = publisher.builder(lane: lane, room: room, now: now) else {
            settle()
            return nil
        }
        let key = GenerationKey(fileID: file, generation: generation)
        let taken = append(lines, to: open, key)
        publisher.filled(lane: lane, minimumRoom: 16, now: now)
        settle()
        return taken
    }

    /// The output answers its oldest delivery, or the oldest of a lane.
    @discardableResult
    mutating func answer(_ reply: Reply, lane: Int? = nil) -> Sent {
        guard let index = inFlight.firstIndex(where: { lane == nil || $0.lane == lane }) else {
            preconditionFailure("nothing is in flight")
        }
        let answered = inFlight.remove(at: index)
        publisher.replied(lane: answered.lane, token: answered.token, reply, now: now)
        settle()
        return answered
    }

    mutating func wait(_ duration: Duration) {
        now = now + duration
        publisher.advance(now: now)
        settle()
    }

    /// Lets time pass until the publisher wants to act.
    mutating func waitForDeadline() {
        guard let deadline = publisher.nextDeadline else {
            Issue.record("there is no deadline")
            return
        }
        wait(max(.zero, deadline - now))
    }

    mutating func drain() {
        publisher.drain(now: now)
        settle()
    }

    // MARK: What is seen

    var flights: [[String]] { inFlight.map(\.lines) }
    /// The last position reported of a file.
    func position(_ file: Int64 = 1) -> UInt64? { settlements.last { $0.fileID == file }?.offset }

    /// Takes the orders, and looks whether the ledger closes.
    private mutating func settle() {
        for order in publisher.takeOrders() {
            switch order {
            case .send(let lane, let token, let delivery):
                let flight = Sent(lane: lane, token: token, delivery: delivery)
                inFlight.append(flight)
                sent.append(flight)
            case .settled(let new): settlements += new
            }
        }
        #expect(publisher.unaccounted == 0)
        #expect(publisher.unaccountedByGeneration.values.allSatisfy { $0 == 0 })
    }

    // MARK: Imagined files

    private mutating func append(_ lines: [Line], to open: BatchBuilder, _ key: GenerationKey) -> Int {
        let source = EventSource(
            fileID: key.fileID, generation: key.generation, path: "/var/log/\(key.fileID).log", idKey: "k\(key.fileID)",
            template: EventTemplate(plain: [.message])
        )
        let start = ends[key] ?? 0
        var segment = open.beginSegment(
            source, readAt: now.nanoseconds, base: Int64(start) - Int64(open.used), start: start)
        var (used, read, filtered, empty, taken) = (open.used, 0, 0, 0, 0)
        for line in lines {
            let bytes = Array(line.text.utf8)
            guard used + bytes.count + 1 <= open.slab.capacity, !line.isEvent || open.eventRoom > 0 else { break }
            for (index, byte) in (bytes + [0x0a]).enumerated() { unsafe open.slab.base[used + index] = byte }
            switch line {
            case .event: open.append(LineRef(start: used, length: bytes.count))
            case .recoded:
                open.append(LineRef(start: used, length: bytes.count))
                segment.places.append(.init(offset: start + UInt64(read), bytes: UInt64(line.bytes)))
            case .filtered: filtered += line.bytes
            case .empty: empty += line.bytes
            }
            used += bytes.count + 1
            read += line.bytes
            taken += 1
        }
        guard taken > 0 else { return 0 }
        segment.end = start + UInt64(read)
        segment.eventBytes = UInt64(read - filtered - empty)
        segment.anchor = unsafe Anchor(endingAt: open.slab.base + used, count: used - open.used)
        open.endSegment(segment, used: used)
        ends[key] = segment.end
        publisher.addRead(key, read: UInt64(read), filtered: UInt64(filtered), empty: UInt64(empty), cut: 0)
        return taken
    }
}

extension Reply {
    static func failed(after: Duration? = nil) -> Reply { .retry(.init(.reset, "connection reset"), after: after) }
}
