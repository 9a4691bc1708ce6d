import CShim

/// One segment as a snapshot reads it.
///
/// - Ownership: one snapshot at a time, or the reader's idle list; never two threads at once.
/// - Errors: `SegmentConnection.Damage` and its kin.
final class SegmentReader: @unchecked Sendable {
    // Safety: used by the one snapshot that has it; handed over through the reader's mutex.
    let name: SegmentName
    let path: String
    private let connection: SegmentConnection
    private let isImmutable: Bool
    private let inode: UInt64?
    private(set) var isSealed: Bool
    private(set) var totals: SegmentTotals
    private var statements: [String: SQLStatement] = [:]
    private let decoder = ZstdDecoder()

    /// Without a WAL nobody writes, or the segment is sealed: then the file is read without leaving a trace beside it.
    init(_ name: SegmentName, path: String) throws {
        self.name = name
        self.path = path
        inode = StoreFiles.status(path)?.inode
        let isQuiet = StoreFiles.status(path + "-wal") == nil
        isImmutable = isQuiet
        connection = try SegmentConnection(path, isQuiet ? .immutable : .read)
        try connection.checkVersion()
        isSealed = try SegmentMetaValues(connection).sealed != nil
        totals = try SegmentTotals(connection)
    }

    /// Whether it can be used for another snapshot: the file is the same, and what cannot change or can be seen changing.
    var isCurrent: Bool {
        guard StoreFiles.status(path)?.inode == inode else { return false }
        return isSealed || !isImmutable
    }

    /// Begins a transaction, so that everything read until `end` is of one moment.
    func begin() throws {
        guard !isImmutable else { return }
        try connection.execute("BEGIN")
        do {
            if !isSealed { totals = try SegmentTotals(connection) }
        } catch {
            try? connection.execute("ROLLBACK")
            throw error
        }
    }

    func end() -> Bool {
        guard !isImmutable else { return isSealed }
        return (try? connection.execute("ROLLBACK")) != nil
    }

    private func statement(_ sql: String) throws -> SQLStatement {
        if let statement = statements[sql] { return statement }
        let statement = try connection.prepare(sql)
        statements[sql] = statement
        return statement
    }

    /// Blocks with events in that time, in no order.
    func heads(_ time: Range<Int64>, _ match: WordExpression.Match) throws -> [BlockHead] {
        var heads: [BlockHead] = []
        switch match {
        case .nothing: return []
        case .everything:
            let statement = try statement(SegmentSchema.selectHeads)
            statement.bind(1, time.lowerBound)
            statement.bind(2, time.upperBound)
            try read(statement, into: &heads)
        case .text(let text):
            let statement = try statement(SegmentSchema.selectMatchingHeads)
            statement.bindText(1, text)
            statement.bind(2, time.lowerBound)
            statement.bind(3, time.upperBound)
            try read(statement, into: &heads)
        }
        let statement = try statement(SegmentSchema.selectFreshHeads)
        statement.bind(1, time.lowerBound)
        statement.bind(2, time.upperBound)
        try read(statement, into: &heads)
        return heads
    }

    /// Blocks with events from that sequence number on, oldest first.
    func heads(from sequence: Int64) throws -> [BlockHead] {
        var heads: [BlockHead] = []
        for sql in [SegmentSchema.selectHeadsFrom, SegmentSchema.selectFreshHeadsFrom] {
            let statement = try statement(sql)
            statement.bind(1, sequence)
            try read(statement, into: &heads)
        }
        return heads
    }

    /// The block that has the event with this sequence number.
    func head(at sequence: Int64) throws -> BlockHead? {
        for sql in [SegmentSchema.selectHeadAt, SegmentSchema.selectFreshHeadAt] {
            var heads: [BlockHead] = []
            let statement = try statement(sql)
            statement.bind(1, sequence)
            try read(statement, into: &heads)
            if let head = heads.first, head.sequences.contains(sequence) { return head }
        }
        return nil
    }

    private func read(_ statement: SQLStatement, into heads: inout [BlockHead]) throws {
        defer { statement.reset() }
        while try statement.step() {
            let events = statement.integer(4)
            guard events > 0, events < 1 << 16 else {
                throw SegmentConnection.Damage(reason: "a block has no possible number of events")
            }
            heads.append(
                BlockHead(
                    segment: name, id: statement.integer(0), firstTime: statement.integer(1),
                    lastTime: statement.integer(2), firstSequence: statement.integer(3), count: Int(events),
                    rawBytes: Int(statement.integer(5)), summaryBytes: statement.blob(6)))
        }
    }

    func columns(_ head: BlockHead) throws -> DecodedColumns {
        let bytes = try blob(
            head, SegmentSchema.selectColumns, SegmentSchema.selectFreshColumns,
            most: DecodedColumns.mostBytes(originals: head.rawBytes))
        let columns = try DecodedColumns(bytes, originals: head.rawBytes, wantsNumbers: false)
        guard columns.times.count == head.count else {
            throw SegmentConnection.Damage(reason: "a block has not as many events as it says")
        }
        return columns
    }

    func originals(_ head: BlockHead) throws -> [UInt8] {
        try blob(head, SegmentSchema.selectOriginals, SegmentSchema.selectFreshOriginals, most: head.rawBytes)
    }

    private func blob(_ head: BlockHead, _ sql: String, _ freshSQL: String, most: Int) throws -> [UInt8] {
        let statement = try statement(head.isFresh ? freshSQL : sql)
        statement.bind(1, head.isFresh ? head.firstSequence : head.id)
        defer { statement.reset() }
        guard try statement.step() else { throw SegmentConnection.Damage(reason: "a block is missing") }
        return unsafe try statement.withBlob(0) { unsafe try decoder.decompress($0, most: most) }
    }
}
