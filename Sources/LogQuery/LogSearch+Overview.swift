import EventFields
import LogStore

extension LogSearch {
    /// Counts what matches. Exact when every block can be counted before the deadline; else by blocks that are spread
    /// evenly over all that may match, and said to be an estimate.
    /// - Parameter buckets: most of them; 0 for facets alone.
    /// - Parameter facets: most values of each; 0 for the histogram alone.
    package func overview(
        _ query: Query, buckets: Int, facets: Int, deadline: Deadline = Deadline()
    ) throws -> Overview {
        let snapshot = try reader.snapshot()
        let time = LogSearch.extent(snapshot, query.time)
        var result = Overview(histogram: Histogram(time, buckets: buckets))
        result.problems = snapshot.problems
        guard !time.isEmpty else { return result }
        var heads: [BlockHead] = []
        let words = words(of: query)
        for segment in snapshot.segments where segment.events > 0 && segment.lastTime >= time.lowerBound {
            do {
                heads += try snapshot.blocks(in: segment, time: time, matching: words)
            } catch {
                result.problems.append(error)
            }
        }
        var counter = Counter(QueryMatcher(query, aliases: aliases), time, result.histogram, wantsFacets: facets > 0)
        var seen = 0
        for index in Spread(heads.count) {
            if seen & 7 == 7, deadline.isOver { break }
            seen += 1
            try counter.take(heads[index], snapshot)
        }
        result.searched = counter.searched
        result.isEstimated = seen < heads.count
        result.sampled = heads.isEmpty ? 1 : Double(seen) / Double(heads.count)
        let scale = seen == 0 ? 0 : Double(heads.count) / Double(seen)
        result.histogram = counter.histogram.scaled(scale)
        if facets > 0 { result.facets = counter.facets(most: facets, scale: scale) }
        return result
    }

    /// From the first to behind the last event, and no more than was asked for.
    private static func extent(_ snapshot: StoreSnapshot, _ time: Range<Int64>) -> Range<Int64> {
        let segments = snapshot.segments.filter { $0.events > 0 }
        guard let first = segments.lazy.map(\.firstTime).min(), let last = segments.lazy.map(\.lastTime).max() else {
            return 0..<0
        }
        // A time that was asked for is shown whole, even if nothing happened at its ends.
        let from = time.lowerBound == .min ? first : time.lowerBound
        let to = time.upperBound == .max ? max(last, from) &+ 1 : time.upperBound
        return from..<max(from, to)
    }
}

extension Histogram {
    func scaled(_ scale: Double) -> Histogram {
        guard scale != 1 else { return self }
        var result = self
        for index in buckets.indices {
            result.buckets[index].levels = buckets[index].levels.map { Int((Double($0) * scale).rounded()) }
        }
        return result
    }
}

/// The numbers below `count`, each once, so that any beginning of them is spread evenly: the bits of a counter backwards.
struct Spread: Sequence, IteratorProtocol {
    private let count: Int
    private let bits: Int
    private var counter = 0

    init(_ count: Int) {
        self.count = count
        bits = count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
    }

    mutating func next() -> Int? {
        while counter < 1 << bits {
            let index = bits == 0 ? 0 : Int(UInt64(counter).bitReversed >> UInt64(64 - bits))
            counter += 1
            if index < count { return index }
        }
        return nil
    }
}

extension UInt64 {
    var bitReversed: UInt64 {
        var value = self
        value = (value >> 1) & 0x5555_5555_5555_5555 | (value & 0x5555_5555_5555_5555) << 1
        value = (value >> 2) & 0x3333_3333_3333_3333 | (value & 0x3333_3333_3333_3333) << 2
        value = (value >> 4) & 0x0f0f_0f0f_0f0f_0f0f | (value & 0x0f0f_0f0f_0f0f_0f0f) << 4
        return value.byteSwapped
    }
}
