import EventModel
import Publishing

extension OutputContract {
    /// Sets up a peer and an output, holds them to one clause, and takes them down.
    package func check(_ clause: Clause) async throws {
        let peer = try await makePeer()
        let output = try await makeOutput(peer, clause.timeout)
        let driver = try await OutputScene.run(output, peer) { driver in
            try await hold(clause, Subject(peer: peer, driver: driver, window: output.traits.window))
        }
        try expect(driver.breaches.isEmpty, driver.breaches.joined(separator: "; "))
        try expect(driver.outstanding == 0, "\(driver.outstanding) deliveries were never answered")
    }

    private struct Subject: Sendable {
        let peer: any ContractPeer
        let driver: LaneDriver
        let window: Int
        var journal: PeerJournal { peer.journal }
    }

    private func hold(_ clause: Clause, _ subject: Subject) async throws {
        switch clause {
        case .delivers: try await holdDelivers(subject)
        case .retries: try await holdRetries(subject)
        case .rejects: try await holdRejects(subject)
        case .survives(let behaviour): try await holdSurvives(behaviour, subject)
        case .closes(let behaviour): try await holdCloses(during: behaviour, subject)
        }
    }

    private func holdDelivers(_ subject: Subject) async throws {
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<500)
        let sizes = [1, 2, 97, 300, 100]
        var batches: [Batch] = []
        var at = 0
        for size in sizes {
            batches.append(factory.batch(Array(lines[at..<(at + size)])))
            at += size
        }
        let settlement = try await subject.driver.settle(batches, window: subject.window)
        try expect(settlement == .init(delivered: 500), "not simply delivered: \(settlement)")
        await subject.peer.catchUp(with: lines)
        try expect(subject.journal.kept == lines, "the peer got other lines, or in another order")
    }

    private func holdRetries(_ subject: Subject) async throws {
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<200)
        subject.journal.behave(.refuses, attempts: 1)
        let batches = [factory.batch(Array(lines[..<120])), factory.batch(Array(lines[120...]))]
        let settlement = try await subject.driver.settle(batches, window: subject.window)
        try expect(settlement.delivered == 200 && settlement.rejected.isEmpty, "not all delivered: \(settlement)")
        try expect(settlement.retries > 0, "the refusal was not answered with retry")
        try expect(subject.journal.keptOnce == lines, "the peer got other lines, or in another order")
    }

    private func holdRejects(_ subject: Subject) async throws {
        var factory = BatchFactory()
        subject.journal.behave(.rejects)
        let refused = try await subject.driver.settle([factory.batch(["never", "ever"])], window: 1)
        try expect(refused.rejected.count == 2, "not rejected: \(refused)")
        try expect(refused.rejected.allSatisfy { !$0.reason.isEmpty }, "a rejection without a reason")
        subject.journal.behave(.takes)
        let taken = try await subject.driver.settle([factory.batch(["taken"])], window: 1)
        try expect(taken.delivered == 1, "what followed a rejection was not delivered: \(taken)")
        try expect(subject.journal.kept.last == "taken", "what followed a rejection did not arrive")
    }

    private func holdSurvives(_ behaviour: PeerBehaviour, _ subject: Subject) async throws {
        var factory = BatchFactory()
        // A stalled peer is felt by the writer only when the kernel's buffers are full.
        let lines = BatchFactory.numbered(0..<80, length: behaviour == .stalls ? 16 * 1024 : 0)
        let first = factory.batch(Array(lines[..<40]))
        let second = factory.batch(Array(lines[40...]))
        // On a fresh connection, and on one that has worked before.
        let warm = BatchFactory.numbered(1000..<1001)
        for fresh in [true, false] {
            if !fresh { _ = try await subject.driver.settle([factory.batch(warm)], window: 1) }
            subject.journal.behave(behaviour)
            let reply = await subject.driver.deliver(fresh ? first : second)
            let part = Array(fresh ? lines[..<40] : lines[40...])
            await subject.peer.catchUp(
                with: part.indices.filter { reply.verdict(at: $0) == .delivered }.map { part[$0] })
            try judge(reply, behaviour, lines: part, subject)
            subject.journal.behave(.takes)
            let settlement = try await subject.driver.settle([fresh ? first : second], window: subject.window)
            try expect(settlement.delivered == 40, "not delivered once the peer was well: \(settlement)")
            await subject.peer.catchUp(with: part)
        }
        let kept = subject.journal.keptOnce.filter { $0 != warm[0] }
        try expect(kept == lines, "the peer got other lines, or in another order")
    }

    private func judge(_ reply: Reply, _ behaviour: PeerBehaviour, lines: [String], _ subject: Subject) throws {
        let verdicts = lines.indices.map { reply.verdict(at: $0) }
        let delivered = verdicts.filter { $0 == .delivered }.count
        try expect(delivered == 0 || mayAcknowledge.contains(behaviour), "said to be delivered: \(reply)")
        let kept = Set(subject.journal.kept)
        for (line, verdict) in zip(lines, verdicts) {
            if verdict == .delivered { try expect(kept.contains(line), "delivered, but the peer has not got it") }
            if case .rejected = verdict { throw ContractBreach("a fault is no rejection: \(reply)") }
        }
        if delivered < lines.count { try expect(reply.failure != nil, "a retry that does not say why") }
    }

    private func holdCloses(during behaviour: PeerBehaviour, _ subject: Subject) async throws {
        var factory = BatchFactory()
        subject.journal.behave(behaviour)
        let numbers = (0..<max(1, subject.window)).map { index in
            let lines = BatchFactory.numbered((index * 10)..<(index * 10 + 10))
            return subject.driver.send(Delivery(all: factory.batch(lines)))
        }
        await subject.journal.attempt(1)
        subject.driver.lane.close()
        var retried = false
        for number in numbers {
            let reply = await subject.driver.reply(to: number)
            if case .all(.delivered) = reply.verdicts {
                try expect(!retried && behaviour == .takes, "said to be delivered: \(reply)")
            } else {
                retried = true
            }
        }
        let late = await subject.driver.deliver(factory.batch(["late"]))
        try expect(late.verdict(at: 0) == .retry, "a delivery to a closed lane must be answered with retry")
        try expect(!subject.journal.kept.contains("late"), "a closed lane sent a delivery")
    }

    private func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw ContractBreach(message()) }
    }
}

extension OutputContract.Clause {
    /// How long the output waits for its peer while it is held to this clause.
    fileprivate var timeout: Duration {
        switch self {
        case .survives(.stalls), .survives(.staysSilent): OutputContract.impatience
        default: OutputContract.patience
        }
    }
}
