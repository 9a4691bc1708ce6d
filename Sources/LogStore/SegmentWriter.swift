import EventFields

/// The segment that is written to: its connection, its statements, and the block that is being filled.
///
/// - Ownership: one thread; the writer's. Everything from `begin` to `commit` is one transaction; after an error the
///   segment has to be opened anew, since the block being filled is ahead of what is on disk.
final class SegmentWriter {
    let name: SegmentName
    /// When it got its first event, as far as that is known: its day is that of the segment.
    private(set) var begun: Int64
    let connection: SegmentConnection
    let builder: BlockBuilder
    let hashKey: SipHash.Key
    private(set) var totals: SegmentTotals
    /// Is told which numbers a block has that was written.
    var known: DuplicateFilter.Segment?

    private let statements: Statements
    private let encoder = BlockEncoder()
    private var slice = BlockColumns()

    private struct Statements {
        let insertBlock, insertData, insertWords, insertStream, insertFresh, deleteFresh, replaceTotals: SQLStatement
        let insertEventID: SQLStatement

        init(_ connection: SegmentConnection) throws {
            insertBlock = try connection.prepare(SegmentSchema.insertBlock)
            insertData = try connection.prepare(SegmentSchema.insertData)
            insertWords = try connection.prepare(SegmentSchema.insertWords)
            insertStream = try connection.prepare(SegmentSchema.insertStream)
            insertFresh = try connection.prepare(SegmentSchema.insertFresh)
            deleteFresh = try connection.prepare(SegmentSchema.deleteFresh)
            replaceTotals = try connection.prepare(SegmentSchema.replaceTotals)
            insertEventID = try connection.prepare(SegmentSchema.insertEventID)
        }
    }

    /// Opens a segment that is there, with what was still fresh in it.
    init(opening path: String, name: SegmentName, aliases: FieldAliases) throws {
        self.name = name
        connection = try SegmentConnection(path, .write)
        try connection.checkVersion()
        let meta = try SegmentMetaValues(connection)
        begun = meta.created
        hashKey = meta.hashKey
        totals = try SegmentTotals(connection)
        statements = try Statements(connection)
        builder = BlockBuilder(aliases: aliases, hashKey: hashKey, firstSequence: totals.nextSequence)
        try loadFresh()
    }

    func begin(now: Int64) throws {
        if totals.events == 0 { begun = now }
        try connection.execute("BEGIN IMMEDIATE")
    }

    /// Writes what the transaction brought into the block being filled, and commits.
    func commit() throws {
        let rest = builder.count - builder.durable
        if rest >= BlockLimits.shortBlock {
            try writeBlock()
        } else if rest > 0 {
            try writeFresh()
        }
        try totals.write(with: statements.replaceTotals)
        try connection.execute("COMMIT")
    }

    /// Adds an event to the block being filled, and writes the block first if it is full.
    /// - Returns: false when `admit` said no.
    func add(
        _ event: Span<UInt8>, id: UnsafeBufferPointer<UInt8>, received: Int64, admit: (EventIdentity) throws -> Bool
    ) throws -> Bool {
        if builder.isFull(for: event.count) { try writeBlock() }
        guard unsafe try builder.add(event, id: id, received: received, admit: admit) else { return false }
        totals.add(time: builder.columns.times[builder.count - 1], received: received, bytes: event.count)
        return true
    }

    /// - Returns: false when it is there already.
    func insertEventID(_ hash: [UInt8]) throws -> Bool {
        statements.insertEventID.bind(1, hash)
        try statements.insertEventID.run()
        return connection.changes > 0
    }

    /// Writes the block being filled and says that the segment is complete.
    func seal(now: Int64) throws {
        try begin(now: now)
        if builder.count > 0 { try writeBlock() }
        try totals.write(with: statements.replaceTotals)
        let statement = try connection.prepare(SegmentSchema.replaceMeta)
        statement.bind(1, SegmentMeta.sealed)
        statement.bind(2, now)
        try statement.run()
        try connection.execute("COMMIT")
    }

    /// Folds the WAL into the file, which anybody can then read who may read it, as one file.
    func fold() throws {
        try connection.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
    }

    /// Bytes of the database, what is only in the WAL so far included.
    func bytes() throws -> Int { Int(try connection.integer("PRAGMA page_count") ?? 0) * SegmentSchema.pageBytes }

    private func writeBlock() throws {
        let id = totals.blocks + 1
        unsafe try encoder.encode(builder.columns, originals: builder.originals, firstSequence: builder.firstSequence) {
            head, summary, columns, originals in
            statements.insertBlock.bind(1, id)
            SegmentWriter.bind(head, summary, to: statements.insertBlock, from: 2)
            try statements.insertBlock.run()
            statements.insertData.bind(1, id)
            unsafe statements.insertData.bind(2, staying: columns)
            unsafe statements.insertData.bind(3, staying: originals)
            try statements.insertData.run()
        }
        statements.insertWords.bind(1, id)
        try unsafe builder.words.document.withUnsafeBufferPointer { document in
            unsafe statements.insertWords.bindText(2, staying: document)
            try statements.insertWords.run()
        }
        for stream in builder.columns.numbers.streams {
            statements.insertStream.bind(1, stream.key.bytes)
            statements.insertStream.bind(2, stream.first)
            statements.insertStream.bind(3, stream.last)
            statements.insertStream.bind(4, id)
            try statements.insertStream.run()
            known?.add(stream)
        }
        if builder.durable > 0 { try statements.deleteFresh.run() }
        totals.blocks = id
        builder.startOver()
    }

    /// Writes what is new in the block being filled as a row of `fresh`.
    private func writeFresh() throws {
        let first = builder.durable
        builder.columns.copy(from: first, into: &slice)
        let start = first == 0 ? 0 : builder.columns.ends[first - 1]
        unsafe try encoder.encode(
            slice, originals: Array(builder.originals[start...]), firstSequence: builder.firstSequence + Int64(first)
        ) { head, summary, columns, originals in
            let statement = statements.insertFresh
            statement.bind(1, head.firstSequence)
            statement.bind(2, head.firstTime)
            statement.bind(3, head.lastTime)
            statement.bind(4, Int64(head.events))
            statement.bind(5, Int64(head.rawBytes))
            statement.bind(6, head.received)
            statement.bind(7, summary)
            unsafe statement.bind(8, staying: columns)
            unsafe statement.bind(9, staying: originals)
            try statement.run()
        }
        builder.durable = builder.count
    }

    private static func bind(
        _ head: BlockEncoder.Head, _ summary: [UInt8], to statement: SQLStatement, from place: Int32
    ) {
        let values = [
            head.firstTime, head.lastTime, head.firstSequence, Int64(head.events), Int64(head.rawBytes), head.received,
        ]
        for (index, value) in values.enumerated() { statement.bind(place + Int32(index), value) }
        statement.bind(place + Int32(values.count), summary)
    }

    /// Fills the block with what `fresh` holds.
    private func loadFresh() throws {
        let statement = try connection.prepare(SegmentSchema.selectFresh)
        defer { statement.reset() }
        let decoder = ZstdDecoder()
        var first = true
        while try statement.step() {
            if first { builder.firstSequence = statement.integer(0) }
            first = false
            guard builder.nextSequence == statement.integer(0) else {
                throw SegmentConnection.Damage(reason: "events are missing between the fresh ones")
            }
            let bytes = Int(statement.integer(1))
            let columnBytes = unsafe try statement.withBlob(2) {
                unsafe try decoder.decompress($0, most: DecodedColumns.mostBytes(originals: bytes))
            }
            let originals = unsafe try statement.withBlob(3) { unsafe try decoder.decompress($0, most: bytes) }
            try builder.restore(DecodedColumns(columnBytes, originals: originals.count), originals: originals)
        }
        builder.durable = builder.count
        guard builder.nextSequence == totals.nextSequence else {
            throw SegmentConnection.Damage(reason: "the last events are missing")
        }
    }
}

/// What a segment's `meta` says.
struct SegmentMetaValues {
    let created: Int64
    let hashKey: SipHash.Key
    /// When it was sealed, ns since 1970; nil while it is written to.
    let sealed: Int64?

    /// - Errors: `Damage` when something is not there.
    init(_ connection: SegmentConnection) throws {
        let statement = try connection.prepare(SegmentSchema.selectMeta)
        defer { statement.reset() }
        func integer(_ key: String) throws -> Int64? {
            statement.bind(1, key)
            defer { statement.reset() }
            return try statement.step() ? statement.integer(0) : nil
        }
        guard let created = try integer(SegmentMeta.created) else {
            throw SegmentConnection.Damage(reason: "the segment does not say when it was made")
        }
        self.created = created
        sealed = try integer(SegmentMeta.sealed)
        statement.bind(1, SegmentMeta.hashKey)
        guard try statement.step(), let key = SipHash.Key(bytes: statement.blob(0)) else {
            throw SegmentConnection.Damage(reason: "the segment has no hash key")
        }
        hashKey = key
    }
}
