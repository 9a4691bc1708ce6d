import EventFields
import Logging
import SystemTools

/// All segments of the store as its writer sees them: sealed ones, and the open one.
///
/// - Ownership: one thread; the writer's.
final class SegmentSet {
    struct Sealed {
        let name: SegmentName
        let totals: SegmentTotals
        let bytes: Int
    }

    /// Since the start of the process.
    struct Counts: Sendable {
        var dropped = 0
        var setAside = 0
    }

    private let settings: StoreSettings
    private let files: StoreFiles
    private let logger: Logger
    /// Oldest first.
    private(set) var sealed: [Sealed] = []
    private var open: SegmentWriter?
    private(set) var filter = DuplicateFilter()
    private(set) var counts: Counts
    private(set) var nextSequence: Int64 = 1
    private var hashKey: SipHash.Key?
    /// The highest that a segment had.
    private var lastNumber: UInt32 = 0

    /// What a lost segment's sequence numbers are jumped over by, so that none is given twice.
    private static let sequenceGap: Int64 = 1 << 32

    /// Opens what is there; what is damaged is set aside.
    init(
        _ settings: StoreSettings, files: StoreFiles, logger: Logger, counts: Counts = Counts()
    ) throws(StoreError) {
        self.settings = settings
        self.files = files
        self.logger = logger
        self.counts = counts
        guard let names = files.segments() else {
            throw StoreError(.notReadable, "the store's directory cannot be read", path: files.directory)
        }
        for file in files.names() ?? [] where file.hasSuffix(".db.new") {
            StoreFiles.family(files.directory + "/" + file).forEach(StoreFiles.remove)
        }
        lastNumber = files.highestNumber()
        for name in names { try load(name, isLast: name == names.last) }
    }

    private func load(_ name: SegmentName, isLast: Bool) throws(StoreError) {
        do {
            if try !loadSealed(name) { try loadOpen(name, isLast: isLast) }
        } catch {
            switch SegmentFailure(error) {
            case .damage(let reason): setAside(name, reason)
            case .newer(let version):
                throw StoreError(
                    .newerVersion, "a later release has written this segment; use that one", path: files.path(name),
                    cause: version)
            case .trouble(let cause):
                throw StoreError(
                    .notReadable, "a segment cannot be opened", path: files.path(name), cause: cause)
            }
        }
    }

    private func loadSealed(_ name: SegmentName) throws -> Bool {
        let path = files.path(name)
        let connection = try SegmentConnection(path, .read)
        try connection.checkVersion()
        let meta = try SegmentMetaValues(connection)
        hashKey = meta.hashKey
        guard meta.sealed != nil else { return false }
        let totals = try SegmentTotals(connection)
        filter.add(try DuplicateFilter.Segment(path: path, connection: connection, keepOpen: false))
        addSealed(name, totals)
        return true
    }

    private func loadOpen(_ name: SegmentName, isLast: Bool) throws {
        let path = files.path(name)
        let writer = try SegmentWriter(opening: path, name: name, aliases: settings.aliases)
        try take(writer)
        if !isLast { try seal(now: Clocks.wall) }
    }

    private func take(_ writer: SegmentWriter) throws {
        let known = try DuplicateFilter.Segment(
            path: files.path(writer.name), connection: writer.connection, keepOpen: true)
        writer.known = known
        filter.add(known)
        filter.note(writer.builder.columns.numbers)
        nextSequence = max(nextSequence, writer.totals.nextSequence)
        open = writer
    }

    private func addSealed(_ name: SegmentName, _ totals: SegmentTotals) {
        sealed.append(Sealed(name: name, totals: totals, bytes: StoreFiles.bytes(files.path(name))))
        nextSequence = max(nextSequence, totals.nextSequence)
    }

    private func setAside(_ name: SegmentName, _ reason: String) {
        let target = files.setAside(name, now: Clocks.wall)
        counts.setAside += 1
        nextSequence += SegmentSet.sequenceGap
        logger.error(
            "A segment is damaged and was set aside; its events are not searched any more, the others are",
            metadata: ["segment": "\(files.path(name))", "set_aside": "\(target)", "reason": "\(reason)"])
    }

    /// The open segment; made if there is none.
    func writer(now: Int64) throws -> SegmentWriter {
        if let open {
            nextSequence = open.totals.nextSequence
            return open
        }
        let name = SegmentName(number: lastNumber + 1, created: now)
        let key = hashKey ?? SipHash.Key.random()
        hashKey = key
        try SegmentMaker.make(name, in: files, created: now, hashKey: key, firstSequence: nextSequence)
        let writer = try SegmentWriter(opening: files.path(name), name: name, aliases: settings.aliases)
        try take(writer)
        lastNumber = name.number
        return writer
    }

    /// Seals the open segment when its day is over or it is large enough, and begins the next: one is always there to
    /// go on counting from, whatever is deleted.
    func rollIfDue(now: Int64) throws {
        guard let open, open.totals.events > 0 else { return }
        if now / FileTime.day == open.begun / FileTime.day, try open.bytes() < segmentBytes { return }
        try seal(now: now)
        _ = try writer(now: now)
        dropOld(now: now)
    }

    /// So small that retention by size has something to drop.
    private var segmentBytes: Int {
        guard let limit = settings.retentionBytes else { return settings.segmentBytes }
        return min(settings.segmentBytes, max(limit / 8, 1 << 20))
    }

    private func seal(now: Int64) throws {
        guard let writer = open else { return }
        try writer.seal(now: now)
        do {
            writer.known?.release()
            try writer.fold()
        } catch {
            // A reader that is in the middle of something keeps the WAL there; the segment is complete all the same.
            logger.debug("A sealed segment keeps its WAL", metadata: ["segment": "\(writer.name)"])
        }
        open = nil
        addSealed(writer.name, writer.totals)
        logger.info(
            "A segment was sealed",
            metadata: ["segment": "\(writer.name)", "events": "\(writer.totals.events)"])
    }

    /// Deletes whole segments by age and by size, the oldest first and never the last one.
    func dropOld(now: Int64) {
        if let age = settings.retentionAge {
            let limit = now - age * 1_000_000_000
            for segment in droppable where segment.totals.lastReceived < limit { drop(segment, "age") }
        }
        guard let most = settings.retentionBytes else { return }
        while bytes > most, let oldest = droppable.first { drop(oldest, "size") }
    }

    private var droppable: ArraySlice<Sealed> { open == nil ? sealed.dropLast() : sealed[...] }

    private func drop(_ segment: Sealed, _ reason: String) {
        filter.remove(path: files.path(segment.name))
        StoreFiles.family(files.path(segment.name)).forEach(StoreFiles.remove)
        sealed.removeAll { $0.name == segment.name }
        counts.dropped += 1
        logger.info(
            "A segment was deleted",
            metadata: [
                "segment": "\(segment.name)", "reason": "retention by \(reason)", "events": "\(segment.totals.events)",
                "bytes": "\(segment.bytes)",
            ])
    }

    /// Of all files.
    var bytes: Int { sealed.reduce(openBytes) { $0 + $1.bytes } }

    private var openBytes: Int { open.map { (try? $0.bytes()) ?? StoreFiles.bytes(files.path($0.name)) } ?? 0 }

    func report(to status: inout StoreStatus) {
        var totals = sealed.map(\.totals)
        if let open {
            totals.append(open.totals)
            nextSequence = open.totals.nextSequence
        }
        status.events = totals.reduce(0) { $0 + $1.events }
        status.rawBytes = totals.reduce(0) { $0 + $1.rawBytes }
        status.bytes = bytes
        status.segments = totals.count
        let filled = totals.filter { $0.events > 0 }
        status.oldest = filled.map(\.firstReceived).min()
        status.newest = filled.map(\.lastReceived).max()
        status.segmentsDropped = counts.dropped
        status.segmentsSetAside = counts.setAside
    }

    /// Ends the use of the segments, with the open one left as it is on disk.
    func abandon() {
        if let open, open.connection.isInTransaction { try? open.connection.execute("ROLLBACK") }
        close()
    }

    /// Folds the WAL away, as far as nobody reads.
    func close() {
        for segment in filter.segments { segment.release() }
        open = nil
    }
}
