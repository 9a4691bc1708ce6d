/// Which entries of a push an ingester of Loki left out because they came too late.
///
/// It takes the entries of a stream in their order, and leaves out each that is further behind the newest so far than half of
/// its `max_chunk_age`. Its answer has how many there were, and of ten of them the time and the oldest time that would have
/// been taken: from these follows how far behind an entry may be, and from that, gone through once more, which ones it
/// left out. The result counts only if it agrees with all that the answer says.
/// - Source: `validateEntries` in Loki's `pkg/ingester/stream.go`.
struct LateEntries {
    /// One that the answer names; ns since 1970.
    struct Named: Equatable {
        var time: Int64
        /// The oldest time that it took then, cut to seconds.
        var oldest: Int64
    }

    /// Of the entries of the push, in their order; ns since 1970.
    let times: [Int64]
    let named: [Named]
    let count: Int

    private static let second: Int64 = 1_000_000_000

    /// Positions of what was left out, ascending; nil where the answer leaves a doubt.
    func positions() -> [Int]? {
        if count == times.count { return Array(times.indices) }
        for (span, newest) in candidates() {
            if let found = positions(within: span, newest: newest) { return found }
        }
        return olderThanAll()
    }

    /// Where the stream had something newer than all of the push, nothing tells how far behind an entry may be, but all that
    /// is older than one time was left out: that time is told in whole seconds, and the number of entries says the rest.
    private func olderThanAll() -> [Int]? {
        guard let oldest = named.first?.oldest, named.allSatisfy({ $0.oldest == oldest }), count < times.count else {
            return nil
        }
        let sorted = times.sorted()
        let (last, next) = (sorted[count - 1], sorted[count])
        guard last < next, last < oldest &+ LateEntries.second, next >= oldest else { return nil }
        return named.allSatisfy { $0.time <= last } ? times.indices.filter { times[$0] <= last } : nil
    }

    /// How far behind an entry may be, in ns, and the newest time of the stream before the push; it may be none.
    private func candidates() -> [(span: Int64, newest: Int64?)] {
        guard let first = named.first else { return [] }
        var result: [(span: Int64, newest: Int64?)] = []
        var at = 0
        var newest = Int64.min
        var newestAtFirst: Int64?
        for entry in named {
            while at < times.count, times[at] != entry.time {
                newest = max(newest, times[at])
                at += 1
            }
            guard at < times.count else { return [] }
            at += 1
            if newestAtFirst == nil { newestAtFirst = newest }
            // A whole number of seconds, as settings are.
            let (behind, isFar) = newest.subtractingReportingOverflow(entry.oldest)
            let span = behind / LateEntries.second * LateEntries.second
            guard newest > .min, !isFar, span > 0, !result.contains(where: { $0.span == span }) else { continue }
            let before = first.oldest &+ span
            result.append((span, before > newestAtFirst ?? .min ? before : nil))
        }
        return result
    }

    private func positions(within span: Int64, newest start: Int64?) -> [Int]? {
        var found: [Int] = []
        var newest = start
        for (index, time) in times.enumerated() {
            guard let oldest = newest.map({ $0 &- span }), time < oldest else {
                newest = max(newest ?? .min, time)
                continue
            }
            if found.count < named.count {
                let cut = oldest - (oldest % LateEntries.second)
                guard named[found.count] == Named(time: time, oldest: cut) else { return nil }
            }
            found.append(index)
        }
        return found.count == count ? found : nil
    }
}
