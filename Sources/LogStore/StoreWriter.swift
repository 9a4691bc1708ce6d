import Logging
import SystemTools

/// The store's one writer: runs on a thread of its own and commits everything that waits, together.
///
/// - Errors: a commit that fails is answered with `.unavailable`, and everything is read anew from what is on disk; a
///   damaged segment is set aside and the commit done again with a new one.
final class StoreWriter: @unchecked Sendable {
    // Safety: made by `LogStore.init`, then used by the writer's thread alone.
    let settings: StoreSettings
    let desk: StoreDesk
    let files: StoreFiles
    let logger: Logger
    /// Let go before the store says that it is closed.
    private var lock: FileLock?
    var set: SegmentSet
    /// What is in memory may be ahead of what is on disk.
    private var isStale = false

    /// How often retention looks at the segments, in ns.
    private static let retentionInterval: Int64 = 60_000_000_000

    init(_ settings: StoreSettings, desk: StoreDesk, logger: Logger) throws(StoreError) {
        self.settings = settings
        self.desk = desk
        self.logger = logger
        files = StoreFiles(directory: settings.directory)
        try files.makeDirectory()
        lock = try StoreWriter.takeLock(files)
        set = try SegmentSet(settings, files: files, logger: logger)
        set.dropOld(now: Clocks.wall)
        let set = set
        desk.monitor.withLock { set.report(to: &$0.status) }
        desk.commits.send(set.nextSequence)
    }

    private static func takeLock(_ files: StoreFiles) throws(StoreError) -> FileLock {
        do {
            return try FileLock(files.lock)
        } catch {
            throw switch error {
            case .held(let holder):
                StoreError(
                    .locked,
                    "another collector (pid \(holder)) writes to this store; stop it, or name another directory",
                    path: files.directory)
            case .notOpened(let cause):
                StoreError(
                    .notWritable, "the store cannot be written; give the collector's user that directory",
                    path: files.directory, cause: cause)
            case .notLocked(let cause):
                StoreError(.failed, "the store cannot be locked", path: files.lock, cause: cause)
            }
        }
    }

    func run() {
        var nextLook = Clocks.monotonic + StoreWriter.retentionInterval
        loop: while true {
            switch desk.next(until: nextLook) {
            case .store(let requests): store(requests)
            case .look: break
            case .stop: break loop
            }
            if Clocks.monotonic >= nextLook {
                nextLook = Clocks.monotonic + StoreWriter.retentionInterval
                lookAround()
            }
        }
        set.close()
        lock = nil
        desk.commits.finish()
        let waiting = desk.monitor.withLock { state in
            state.isClosed = true
            defer { state.onClosed = [] }
            return state.onClosed
        }
        for done in waiting { done() }
    }

    /// Seals a segment whose day is over and drops what is too old.
    private func lookAround() {
        do {
            try freshen()
            try set.rollIfDue(now: Clocks.wall)
        } catch {
            isStale = true
            report(error)
        }
        set.dropOld(now: Clocks.wall)
        let set = set
        desk.monitor.withLock { set.report(to: &$0.status) }
    }

    private func store(_ requests: [StoreDesk.Request]) {
        var results = attempt(requests)
        if case .failure(let error) = results, case .damage = SegmentFailure(error) { results = attempt(requests) }
        switch results {
        case .success(let answers): settle(requests, answers)
        case .failure(let error):
            let cause = report(error)
            desk.settle(requests) { $0.trouble = cause }
            let failure = StoreError(
                .unavailable, "events cannot be stored at the moment; try again later", path: files.directory,
                cause: cause)
            for request in requests { request.done(.failure(failure)) }
        }
    }

    private func attempt(_ requests: [StoreDesk.Request]) -> Result<[[StoredAs]], any Error> {
        do {
            try freshen()
            let now = Clocks.wall
            try set.rollIfDue(now: now)
            let writer = try set.writer(now: now)
            try writer.begin(now: now)
            var answers: [[StoredAs]] = []
            for request in requests { answers.append(try add(request.events, to: writer)) }
            try writer.commit()
            return .success(answers)
        } catch {
            isStale = true
            return .failure(error)
        }
    }

    /// Reads the segments anew after something failed.
    private func freshen() throws {
        guard isStale else { return }
        set.abandon()
        set = try SegmentSet(settings, files: files, logger: logger, counts: set.counts)
        isStale = false
    }

    private func add(_ events: IncomingEvents, to writer: SegmentWriter) throws -> [StoredAs] {
        var answers: [StoredAs] = []
        answers.reserveCapacity(events.count)
        let bytes = events.bytes.span
        var start = 0
        for (index, end) in events.ends.enumerated() {
            let event = bytes.extracting(start..<end)
            start = end
            answers.append(try add(event, id: events.ids?[index], received: events.received, to: writer))
        }
        return answers
    }

    private func add(
        _ event: Span<UInt8>, id: String?, received: Int64, to writer: SegmentWriter
    ) throws -> StoredAs {
        guard event.count <= settings.eventBytes else { return .tooLarge }
        guard event.count >= 2, event[0] == 0x7b, event[event.count - 1] == 0x7d else { return .invalid }
        let filter = set.filter
        func admit(_ identity: EventIdentity) throws -> Bool { try filter.admit(identity, into: writer) }
        let none = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        guard var id, !id.isEmpty else {
            return unsafe try writer.add(event, id: none, received: received, admit: admit) ? .stored : .duplicate
        }
        return try id.withUTF8 {
            unsafe try writer.add(event, id: $0, received: received, admit: admit) ? .stored : .duplicate
        }
    }

    private func settle(_ requests: [StoreDesk.Request], _ answers: [[StoredAs]]) {
        var counts = [0, 0, 0, 0]
        for answer in answers { for event in answer { counts[Int(event.rawValue)] += 1 } }
        let set = set
        desk.settle(requests) { status in
            if status.trouble != nil { logger.warning("Events are stored again") }
            status.trouble = nil
            status.commits += 1
            status.stored += counts[Int(StoredAs.stored.rawValue)]
            status.duplicates += counts[Int(StoredAs.duplicate.rawValue)]
            status.refused += counts[Int(StoredAs.tooLarge.rawValue)] + counts[Int(StoredAs.invalid.rawValue)]
            set.report(to: &status)
        }
        desk.commits.send(set.nextSequence)
        for (request, answer) in zip(requests, answers) { request.done(.success(answer)) }
    }

    @discardableResult
    private func report(_ error: any Error) -> String {
        let cause = SegmentFailure(error).text
        let before = desk.monitor.withLock { state in
            defer { state.status.trouble = cause }
            return state.status.trouble
        }
        if before != cause {
            logger.error(
                "Events cannot be stored; shippers are told to try again",
                metadata: ["store.path": "\(files.directory)", "cause": "\(cause)"])
        }
        return cause
    }
}
