/// What a segment holds altogether: its row of `totals`.
///
/// - Units: bytes as the events came; times in ns since 1970. First and last are meaningless while there are no events.
struct SegmentTotals: Sendable, Equatable {
    var events = 0
    var rawBytes = 0
    var blocks: Int64 = 0
    var nextSequence: Int64
    var firstTime = Int64.max
    var lastTime = Int64.min
    var firstReceived = Int64.max
    var lastReceived = Int64.min

    init(nextSequence: Int64) { self.nextSequence = nextSequence }

    mutating func add(time: Int64, received: Int64, bytes: Int) {
        events += 1
        rawBytes += bytes
        nextSequence += 1
        firstTime = min(firstTime, time)
        lastTime = max(lastTime, time)
        firstReceived = min(firstReceived, received)
        lastReceived = max(lastReceived, received)
    }

    /// - Errors: `Damage` when the row is not there.
    init(_ connection: SegmentConnection) throws {
        let statement = try connection.prepare(SegmentSchema.selectTotals)
        defer { statement.reset() }
        guard try statement.step() else { throw SegmentConnection.Damage(reason: "the segment has no totals") }
        events = Int(statement.integer(0))
        rawBytes = Int(statement.integer(1))
        blocks = statement.integer(2)
        nextSequence = statement.integer(3)
        firstTime = statement.integer(4)
        lastTime = statement.integer(5)
        firstReceived = statement.integer(6)
        lastReceived = statement.integer(7)
    }

    func write(with statement: SQLStatement) throws {
        let values = [
            Int64(events), Int64(rawBytes), blocks, nextSequence, firstTime, lastTime, firstReceived, lastReceived,
        ]
        for (index, value) in values.enumerated() { statement.bind(Int32(index + 1), value) }
        try statement.run()
    }
}
