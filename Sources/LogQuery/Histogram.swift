package import LogStore

/// How many events there were when, of each level.
///
/// - Units: times and the interval in ns.
package struct Histogram: Sendable, Equatable {
    package struct Bucket: Sendable, Equatable {
        package let time: Int64
        /// By the severity's raw value.
        package var levels = [Int](repeating: 0, count: 7)

        package var total: Int { levels.reduce(0, +) }
    }

    package var from: Int64 = 0
    package var to: Int64 = 0
    package var interval: Int64 = 1
    package var buckets: [Bucket] = []
    package var total: Int { buckets.reduce(0) { $0 + $1.total } }

    /// Cuts a time into at most so many buckets, at round times.
    init(_ time: Range<Int64>, buckets: Int) {
        guard !time.isEmpty else { return }
        let length = Double(time.upperBound) - Double(time.lowerBound)
        interval = Histogram.interval(Int64(min(length / Double(max(1, buckets)), 1e18)))
        from = Histogram.floor(time.lowerBound, interval)
        to = from
        while to < time.upperBound {
            self.buckets.append(Bucket(time: to))
            let (next, overflow) = to.addingReportingOverflow(interval)
            guard !overflow else { break }
            to = next
        }
    }

    /// Where an event of this time is counted.
    func index(_ time: Int64) -> Int? {
        guard time >= from, time < to else { return nil }
        return Int((time - from) / interval)
    }

    /// The shortest of the round lengths that is not below `least`.
    private static func interval(_ least: Int64) -> Int64 {
        let second: Int64 = 1_000_000_000
        let steps: [Int64] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200]
        var fraction: Int64 = 1_000_000
        while fraction < second {
            for step in [1, 2, 5] as [Int64] where step * fraction >= least { return step * fraction }
            fraction *= 10
        }
        for step in steps where step * second >= least { return step * second }
        let day = 86_400 * second
        var days: Int64 = 1
        while days * day < least, days < 50_000 { days *= 2 }
        return days * day
    }

    private static func floor(_ value: Int64, _ by: Int64) -> Int64 {
        let rest = value % by
        return value - (rest < 0 ? rest + by : rest)
    }
}

/// How many events each service, level, host and file has, most first.
package struct Facets: Sendable, Equatable {
    package struct Count: Sendable, Equatable {
        package let value: [UInt8]
        package let count: Int
    }

    package var service: [Count] = []
    package var host: [Count] = []
    package var file: [Count] = []
    package var level: [Count] = []
}

/// Counts of what matches, by time and by name.
package struct Overview: Sendable {
    package var histogram: Histogram
    package var facets = Facets()
    /// Whether only a part of the blocks was counted, and the rest taken to be like them.
    package var isEstimated = false
    /// The part, 0 to 1.
    package var sampled = 1.0
    package var searched = Searched()
    package var problems: [StoreError] = []
}
