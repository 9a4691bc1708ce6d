/// Tells events that are stored already from new ones, by their ids and exactly.
///
/// A number above the highest of its stream is new; that is the usual case, and costs a look into a dictionary. Below it
/// the blocks that may have the number are read. Other ids are looked up in each segment's table of hashes.
/// - Shape: for each segment and stream 40 bytes; the numbers of the last few blocks that were read.
/// - Ownership: one thread; the writer's.
final class DuplicateFilter {
    /// One segment as the filter knows it.
    final class Segment {
        let path: String
        var streams: [StreamKey: ClosedRange<Int64>]
        var hasHashes: Bool
        /// The writer's own for the open segment; else opened when it is needed first.
        var connection: SegmentConnection?
        private var blocksStatement: SQLStatement?
        private var columnsStatement: SQLStatement?
        private var hashStatement: SQLStatement?

        init(path: String, connection: SegmentConnection, keepOpen: Bool) throws {
            self.path = path
            streams = try Segment.loadStreams(connection)
            hasHashes = try connection.integer("SELECT 1 FROM event_ids LIMIT 1") != nil
            if keepOpen { self.connection = connection }
        }

        private static func loadStreams(_ connection: SegmentConnection) throws -> [StreamKey: ClosedRange<Int64>] {
            let statement = try connection.prepare(SegmentSchema.selectStreams)
            defer { statement.reset() }
            var streams: [StreamKey: ClosedRange<Int64>] = [:]
            while try statement.step() {
                let (first, last) = (statement.integer(1), statement.integer(2))
                guard let key = StreamKey(bytes: statement.blob(0)), first <= last else {
                    throw SegmentConnection.Damage(reason: "a stream of ids is malformed")
                }
                streams[key] = first...last
            }
            return streams
        }

        func add(_ stream: NumberColumn.Stream) {
            guard let range = streams[stream.key] else {
                streams[stream.key] = stream.first...stream.last
                return
            }
            streams[stream.key] = min(range.lowerBound, stream.first)...max(range.upperBound, stream.last)
        }

        /// Lets go of the connection; it is opened anew when it is needed.
        func release() {
            blocksStatement = nil
            columnsStatement = nil
            hashStatement = nil
            connection = nil
        }

        private func opened() throws -> SegmentConnection {
            if let connection { return connection }
            let connection = try SegmentConnection(path, .read)
            self.connection = connection
            return connection
        }

        /// Blocks that may have the number.
        func blocks(_ key: StreamKey, _ number: Int64) throws -> [Int64] {
            let statement = try blocksStatement ?? opened().prepare(SegmentSchema.selectStreamBlocks)
            blocksStatement = statement
            statement.bind(1, key.bytes)
            statement.bind(2, number)
            statement.bind(3, number)
            defer { statement.reset() }
            var blocks: [Int64] = []
            while try statement.step() { blocks.append(statement.integer(0)) }
            return blocks
        }

        /// The numbers of a block by their streams.
        func numbers(_ block: Int64, _ decoder: ZstdDecoder) throws -> [StreamKey: Set<Int64>] {
            let statement = try columnsStatement ?? opened().prepare(SegmentSchema.selectColumns)
            columnsStatement = statement
            statement.bind(1, block)
            defer { statement.reset() }
            guard try statement.step() else { throw SegmentConnection.Damage(reason: "a block is missing") }
            let bytes = unsafe try statement.withBlob(0) {
                unsafe try decoder.decompress($0, most: DecodedColumns.mostBytes(originals: .max))
            }
            let columns = try DecodedColumns(bytes, originals: nil)
            var numbers: [StreamKey: Set<Int64>] = [:]
            for (event, index) in columns.streamIndexes.enumerated() where index > 0 {
                numbers[columns.streams[Int(index) - 1], default: []].insert(columns.numbers[event])
            }
            return numbers
        }

        func hasHash(_ hash: [UInt8]) throws -> Bool {
            guard hasHashes else { return false }
            let statement = try hashStatement ?? opened().prepare(SegmentSchema.selectEventID)
            hashStatement = statement
            statement.bind(1, hash)
            defer { statement.reset() }
            return try statement.step()
        }
    }

    private struct BlockPlace: Hashable {
        let segment: ObjectIdentifier
        let block: Int64
    }

    /// Blocks whose numbers are kept: a batch that comes again touches a few of them.
    private static let cachedBlocks = 16

    /// Oldest first.
    private(set) var segments: [Segment] = []
    private var highest: [StreamKey: Int64] = [:]
    private var cache: [(place: BlockPlace, numbers: [StreamKey: Set<Int64>])] = []
    private let decoder = ZstdDecoder()
    /// The stream of the event before, and the highest number there.
    private var last: (key: StreamKey, highest: Int64)?

    func add(_ segment: Segment) {
        segments.append(segment)
        for (key, range) in segment.streams { raise(key, to: range.upperBound) }
    }

    /// Numbers below the highest are taken to be stored only if they are found, so nothing else changes.
    func remove(path: String) {
        for segment in segments where segment.path == path {
            cache.removeAll { $0.place.segment == ObjectIdentifier(segment) }
        }
        segments.removeAll { $0.path == path }
    }

    /// Whether the event is new; from then on it is known, in the last segment.
    func admit(_ identity: EventIdentity, into writer: SegmentWriter) throws -> Bool {
        switch identity {
        case .none: return true
        case .number(let key, let number): return try admit(key, number, writer)
        case .hash(let first, let second):
            let hash = SipHash.bytes(first, second)
            for segment in segments.dropLast() where try segment.hasHash(hash) { return false }
            segments.last?.hasHashes = true
            return try writer.insertEventID(hash)
        }
    }

    private func admit(_ key: StreamKey, _ number: Int64, _ writer: SegmentWriter) throws -> Bool {
        if last?.key != key {
            keepLast()
            last = (key, highest[key] ?? -1)
        }
        guard let known = last?.highest else { return true }
        if number > known {
            last?.highest = number
            return true
        }
        if writer.builder.columns.numbers.contains(key, number) { return false }
        for segment in segments.reversed() {
            guard let range = segment.streams[key], range.contains(number) else { continue }
            for block in try segment.blocks(key, number)
            where try numbers(segment, block)[key]?.contains(number) == true { return false }
        }
        return true
    }

    /// Takes note of the events in the block being filled, after a segment was opened.
    func note(_ numbers: NumberColumn) {
        for stream in numbers.streams {
            segments.last?.add(stream)
            raise(stream.key, to: stream.last)
        }
    }

    /// Writes what is kept of the last stream back.
    private func keepLast() {
        if let last { raise(last.key, to: last.highest) }
        last = nil
    }

    private func raise(_ key: StreamKey, to number: Int64) {
        if let known = highest[key], known >= number { return }
        highest[key] = number
    }

    private func numbers(_ segment: Segment, _ block: Int64) throws -> [StreamKey: Set<Int64>] {
        let place = BlockPlace(segment: ObjectIdentifier(segment), block: block)
        if let index = cache.firstIndex(where: { $0.place == place }) { return cache[index].numbers }
        let numbers = try segment.numbers(block, decoder)
        if cache.count >= DuplicateFilter.cachedBlocks { cache.removeFirst() }
        cache.append((place, numbers))
        return numbers
    }
}
