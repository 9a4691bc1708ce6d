/// The columns of a block as they are read back; see `BlockColumns` for their form.
struct DecodedColumns {
    var times: [Int64] = []
    var severities: [UInt8] = []
    /// Ends of the events in the originals.
    var ends: [Int] = []
    var received: [(time: Int64, count: Int)] = []
    var names: [(texts: [[UInt8]], indexes: [UInt16])] = []
    var streams: [StreamKey] = []
    /// Of each event its stream, 1 for the first; 0: none. Empty when there are no streams.
    var streamIndexes: [UInt16] = []
    var numbers: [Int64] = []

    /// - Parameter originals: bytes that all events have together; nil when they do not matter.
    /// - Parameter wantsNumbers: whether the ids are read as well, which are the last column and half of the work.
    /// - Errors: `Malformed` when the bytes are not what `BlockColumns` writes.
    init(_ bytes: [UInt8], originals: Int?, wantsNumbers: Bool = true) throws(ByteReader.Malformed) {
        var reader = ByteReader(bytes.span)
        guard try reader.byte() == BlockColumns.version else { throw ByteReader.Malformed() }
        let count = try reader.count(most: reader.rest)
        try readTimes(count, &reader)
        severities = try reader.take(count)
        try readEnds(count, originals, &reader)
        try readReceived(count, &reader)
        for _ in NameKind.allCases { names.append(try DecodedColumns.readNames(count, &reader)) }
        guard wantsNumbers else { return }
        try readNumbers(count, &reader)
        guard reader.isAtEnd else { throw ByteReader.Malformed() }
    }

    /// The numbered id of an event, if it has one.
    func identity(_ event: Int) -> EventIdentity {
        guard !streams.isEmpty, streamIndexes[event] > 0 else { return .none }
        return .number(streams[Int(streamIndexes[event]) - 1], numbers[event])
    }

    /// More bytes than the columns of events with so many bytes can have: texts that are in the events, and less than
    /// 128 bytes for each event beside them.
    static func mostBytes(originals: Int) -> Int {
        min(originals, 1 << 30) * NameKind.allCases.count + BlockLimits.events * 128 + 4096
    }

    private mutating func readTimes(_ count: Int, _ reader: inout ByteReader) throws(ByteReader.Malformed) {
        let unit = Int64(try reader.count(most: 1_000_000_000))
        times.reserveCapacity(count)
        var last: Int64 = 0
        for _ in 0..<count {
            last &+= try reader.signed()
            times.append(last &* unit)
        }
    }

    private mutating func readEnds(
        _ count: Int, _ originals: Int?, _ reader: inout ByteReader
    ) throws(ByteReader.Malformed) {
        ends.reserveCapacity(count)
        var end = 0
        for _ in 0..<count {
            end += try reader.count(most: (originals ?? .max) - end)
            ends.append(end)
        }
        guard originals == nil || end == originals else { throw ByteReader.Malformed() }
    }

    private mutating func readReceived(_ count: Int, _ reader: inout ByteReader) throws(ByteReader.Malformed) {
        var last: Int64 = 0
        var total = 0
        for _ in 0..<(try reader.count(most: count)) {
            last &+= try reader.signed()
            let run = try reader.count(most: count - total)
            received.append((last, run))
            total += run
        }
        guard total == count else { throw ByteReader.Malformed() }
    }

    private static func readNames(
        _ count: Int, _ reader: inout ByteReader
    ) throws(ByteReader.Malformed) -> (texts: [[UInt8]], indexes: [UInt16]) {
        var texts: [[UInt8]] = []
        for _ in 0..<(try reader.count(most: count)) { texts.append(try reader.text()) }
        var indexes = [UInt16](repeating: 0, count: count)
        if texts.count > 1 {
            for event in 0..<count {
                var index = UInt16(try reader.byte())
                if texts.count > 256 { index |= UInt16(try reader.byte()) << 8 }
                indexes[event] = index
            }
        }
        guard indexes.allSatisfy({ $0 < texts.count }) else { throw ByteReader.Malformed() }
        return (texts, indexes)
    }

    private mutating func readNumbers(_ count: Int, _ reader: inout ByteReader) throws(ByteReader.Malformed) {
        for _ in 0..<(try reader.count(most: count)) {
            guard let key = StreamKey(bytes: try reader.take(StreamKey.byteCount)) else { throw ByteReader.Malformed() }
            streams.append(key)
        }
        guard !streams.isEmpty else { return }
        for _ in 0..<count {
            let index = try UInt16(reader.byte()) | UInt16(reader.byte()) << 8
            guard index <= streams.count else { throw ByteReader.Malformed() }
            streamIndexes.append(index)
        }
        var last = [Int64](repeating: 0, count: streams.count)
        for index in streamIndexes {
            if index > 0 { last[Int(index) - 1] &+= try reader.signed() }
            numbers.append(index > 0 ? last[Int(index) - 1] : 0)
        }
    }
}
