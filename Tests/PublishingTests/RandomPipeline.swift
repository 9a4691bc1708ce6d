import EventModel
import Publishing
import TestSupport
import Testing

/// A pipeline that random things happen to, with its model.
struct RandomPipeline {
    private var random: SeededGenerator
    private var rig: Rig
    private var model: PipelineModel
    private let lanes: Int
    private let files: Int64
    private let budget: Int
    private var nextLine = 0
    /// Deliveries of each lane that were in flight behind one that failed: they fail as well.
    private var doomed: [Int]
    private var seenSent = 0
    private var seenSettlements = 0
    private static let rejection = Reply.Rejection(reason: "no", answer: "never")

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        lanes = Int.random(in: 1...3, using: &random)
        files = Int64.random(in: 1...6, using: &random)
        budget = Int.random(in: 2...8, using: &random) * 4096
        let retries = Int.random(in: 0...3, using: &random)
        let (bytes, slow) = (budget, Bool.random(using: &random))
        rig = Rig(
            lanes: lanes, window: .random(in: 1...4, using: &random), maxEvents: .random(in: 1...30, using: &random),
            slowStart: slow, generator: SeededGenerator(seed: seed)
        ) {
            $0.budgetBytes = bytes
            if retries > 0 { $0.maxRetries = retries }
        }
        model = PipelineModel(lanes: lanes)
        doomed = Array(repeating: 0, count: lanes)
        self.random = random
    }

    /// A number of random steps, then everything is made well and must come to its end.
    mutating func run(steps: Int) {
        for _ in 0..<steps { step() }
        rig.box.isFull = false
        if Int.random(in: 0..<4, using: &random) == 0 { return endByDraining() }
        var rounds = 0
        while !rig.publisher.isIdle, rounds < 2000 {
            rounds += 1
            if let lane = rig.inFlight.first?.lane { answer(lane, .delivered) } else { rig.waitForDeadline() }
            check()
        }
        #expect(rig.publisher.budgetUsed == 0)
        #expect(rig.publisher.isDrained)
        model.finish(ends: rig.ends)
        compareCounts()
    }

    private mutating func step() {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<9: read()
        case 9..<16:
            if let lane = rig.inFlight.randomElement(using: &random)?.lane { answer(lane, reply(lane)) }
        case 16..<19:
            rig.wait(.milliseconds(Int.random(in: 0...1500, using: &random)))
            if let due = rig.publisher.nextDeadline { #expect(due > rig.now, "waiting for it would spin") }
        default: rig.box.isFull = Bool.random(using: &random)
        }
        check()
    }

    /// Everything gets one attempt, with any answer; what fails is left for the next start.
    private mutating func endByDraining() {
        rig.drain()
        check()
        while let lane = rig.inFlight.first?.lane {
            answer(lane, reply(lane))
            check()
        }
        #expect(rig.publisher.isDrained)
        compareCounts()
    }

    // MARK: Reading

    private mutating func read() {
        let file = Int64.random(in: 1...files, using: &random)
        let lane = rig.publisher.lane(forFile: file)
        let recoded = Int.random(in: 0..<4, using: &random) == 0
        var lines: [Line] = []
        for _ in 0..<Int.random(in: 0...12, using: &random) { lines.append(line(recoded)) }
        let room = Int.random(in: 0..<30, using: &random) == 0 ? budget + 1 : 64
        var at = rig.ends[GenerationKey(fileID: file, generation: 0)] ?? 0
        var offsets: [(Line, UInt64)] = []
        for line in lines {
            offsets.append((line, at))
            at += UInt64(line.bytes)
        }
        let taken = rig.read(lines, file: file, room: room) ?? 0
        for (line, offset) in offsets.prefix(taken) where line.isEvent {
            model.read(line.text, file: file, lane: lane, offset: offset, end: offset + UInt64(line.bytes))
        }
    }

    private mutating func line(_ recoded: Bool) -> Line {
        nextLine += 1
        let text = "\(nextLine) " + String(repeating: "x", count: Int.random(in: 0...200, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .filtered(text)
        case 1 where !recoded: return .empty
        default: return recoded ? .recoded(text) : .event(text)
        }
    }

    // MARK: Answering

    /// What the output says of its oldest delivery. Behind one that failed, all fail.
    private mutating func reply(_ lane: Int) -> Reply {
        guard doomed[lane] == 0 else { return .failed() }
        let count = rig.inFlight.first { $0.lane == lane }?.delivery.events.count ?? 0
        switch Int.random(in: 0..<8, using: &random) {
        case 0..<3: return .delivered
        case 3: return .failed(after: Bool.random(using: &random) ? .seconds(3) : nil)
        case 4: return Reply(.prefix(delivered: Int.random(in: -1...(count + 1), using: &random)))
        case 5: return Reply(.all(.rejected(reason: 0)), reasons: [RandomPipeline.rejection])
        default:
            let verdicts = (0..<count).map { _ in
                [Reply.Verdict.delivered, .retry, .rejected(reason: 0)].randomElement(using: &random) ?? .delivered
            }
            return Reply(.each(verdicts), reasons: [RandomPipeline.rejection])
        }
    }

    private mutating func answer(_ lane: Int, _ reply: Reply) {
        guard let flight = rig.inFlight.first(where: { $0.lane == lane }) else { return }
        let isLast =
            !rig.publisher.draining
            && (rig.publisher.settings.maxRetries.map { flight.delivery.attempt >= $0 } ?? false)
        var failed = false
        for (position, line) in flight.lines.enumerated() {
            var verdict = reply.verdict(at: position)
            if verdict == .retry {
                failed = true
                if isLast { verdict = .rejected(reason: 0) }
            }
            switch verdict {
            case .delivered: model.decide(line, .delivered)
            case .retry: model.decide(line, .pending)
            case .rejected: model.decide(line, rig.box.isFull ? .pending : .rejected)
            }
        }
        if doomed[lane] > 0 {
            doomed[lane] -= 1
        } else if failed {
            doomed[lane] = rig.inFlight.count { $0.lane == lane } - 1
        }
        rig.answer(reply, lane: lane)
    }

    // MARK: Checking

    private mutating func check() {
        for flight in rig.sent[seenSent...] { model.sent(flight) }
        seenSent = rig.sent.count
        for settlement in rig.settlements[seenSettlements...] { model.settled(settlement) }
        seenSettlements = rig.settlements.count
        // A line longer than the budget goes beyond it: alone with one lane, beside the others' share with several.
        #expect(rig.publisher.budgetUsed <= (lanes == 1 ? 1 : 1 + budget) + budget)
        #expect(rig.publisher.pending.deliveries == rig.inFlight.count)
        #expect(rig.publisher.pending.bytes == model.bytes(.pending) + model.bytes(.inFlight))
    }

    private func compareCounts() {
        let counts = rig.publisher.counts
        #expect(counts.delivered == model.count(.delivered))
        #expect(counts.deadLetters == model.count(.rejected))
        #expect(rig.box.letters.count == model.count(.rejected))
        #expect(counts.total.settled(.delivered) == model.bytes(.delivered))
        #expect(counts.total.settled(.deadLetter) == model.bytes(.rejected))
    }
}
