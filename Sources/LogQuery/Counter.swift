import EventFields
import LogStore

/// Counts the matching events of blocks by time, level and name.
struct Counter {
    private(set) var histogram: Histogram
    private(set) var searched = Searched()
    private let matcher: QueryMatcher
    private let time: Range<Int64>
    private let wantsFacets: Bool
    private let matchesAll: Bool
    /// A query for levels alone, which the heads can answer.
    private let levels: ClosedRange<Severity>?
    private var severities = [Int](repeating: 0, count: Severity.allCases.count)
    private var names: [[[UInt8]: Int]]

    init(_ matcher: QueryMatcher, _ time: Range<Int64>, _ histogram: Histogram, wantsFacets: Bool) {
        self.matcher = matcher
        self.time = time
        self.histogram = histogram
        self.wantsFacets = wantsFacets
        matchesAll = matcher.matchesAll
        levels = matcher.onlyLevels
        names = Array(repeating: [:], count: NameKind.allCases.count)
    }

    mutating func take(_ head: BlockHead, _ snapshot: StoreSnapshot) throws {
        guard matcher.mayMatch(head) else { return }
        searched.blocks += 1
        if try takeHead(head) { return }
        let block = try snapshot.load(head)
        try take(block)
    }

    /// Counts by the head alone, where all of the block's events are in one bucket and match or not by their level.
    private mutating func takeHead(_ head: BlockHead) throws -> Bool {
        guard matchesAll || (levels != nil && !wantsFacets), time.contains(head.firstTime), time.contains(head.lastTime)
        else { return false }
        let bucket = histogram.index(head.firstTime)
        guard histogram.buckets.isEmpty || (bucket != nil && bucket == histogram.index(head.lastTime)) else {
            return false
        }
        let summary = try head.summary()
        if wantsFacets {
            guard NameKind.allCases.allSatisfy({ summary.names($0) != nil }) else { return false }
            for kind in NameKind.allCases {
                for (name, count) in summary.names(kind) ?? [] { names[Int(kind.rawValue)][name, default: 0] += count }
            }
        }
        for severity in Severity.allCases where levels?.contains(severity) ?? true {
            let count = summary.severities[Int(severity.rawValue)]
            severities[Int(severity.rawValue)] += count
            if let bucket { histogram.buckets[bucket].levels[Int(severity.rawValue)] += count }
        }
        return true
    }

    private mutating func take(_ block: StoredBlock) throws {
        matcher.begin(block)
        let times = block.times
        let levels = block.severities
        var counts = NameKind.allCases.map { [Int](repeating: 0, count: block.names($0).count) }
        let indexes = NameKind.allCases.map { block.nameIndexes($0) }
        for event in 0..<block.count where time.contains(times[event]) {
            switch matcher.verdict(block, event) {
            case .no: continue
            case .yes: break
            case .unknown:
                searched.events += 1
                guard try matcher.matches(block, event) else { continue }
            }
            let level = Int(min(levels[event], Severity.fatal.rawValue))
            severities[level] += 1
            if let bucket = histogram.index(times[event]) { histogram.buckets[bucket].levels[level] += 1 }
            if wantsFacets {
                for kind in counts.indices { counts[kind][Int(indexes[kind][event])] += 1 }
            }
        }
        guard wantsFacets else { return }
        for kind in NameKind.allCases {
            for (name, count) in zip(block.names(kind), counts[Int(kind.rawValue)]) where count > 0 {
                names[Int(kind.rawValue)][name, default: 0] += count
            }
        }
    }

    func facets(most: Int, scale: Double) -> Facets {
        func top(_ kind: NameKind) -> [Facets.Count] {
            names[Int(kind.rawValue)].lazy.filter { !$0.key.isEmpty }
                .map { Facets.Count(value: $0.key, count: Int((Double($0.value) * scale).rounded())) }
                .sorted { $0.count != $1.count ? $0.count > $1.count : $0.value.lexicographicallyPrecedes($1.value) }
                .prefix(most).map { $0 }
        }
        let levels = Severity.allCases.reversed().filter { severities[Int($0.rawValue)] > 0 }.map {
            Facets.Count(
                value: Array($0.name.utf8), count: Int((Double(severities[Int($0.rawValue)]) * scale).rounded()))
        }
        return Facets(service: top(.service), host: top(.host), file: top(.file), level: levels)
    }
}
