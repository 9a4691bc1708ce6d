import TestSupport
import Testing

@testable import LokiOutput

/// Which entries an ingester left out, from the ten that it names.
@Suite struct LateEntriesTests {
    private static let second: Int64 = 1_000_000_000
    private static let base: Int64 = 1_795_461_324 * second

    /// What an ingester does, and what it says.
    private static func ingest(_ times: [Int64], span: Int64, newest start: Int64?) -> (left: [Int], LateEntries) {
        var left: [Int] = []
        var named: [LateEntries.Named] = []
        var newest = start
        for (index, time) in times.enumerated() {
            if let cutoff = newest.map({ $0 - span }), time < cutoff {
                left.append(index)
                if named.count < 10 { named.append(.init(time: time, oldest: cutoff / second * second)) }
            } else {
                newest = max(newest ?? time, time)
            }
        }
        return (left, LateEntries(times: times, named: named, count: left.count))
    }

    @Test(arguments: 1...200) func `it is found out, or left open, and never taken for another`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let span = Int64([600, 1800, 3600, 7200][Int(random.next() % 4)]) * Self.second
        let spread = UInt64(span) * (1 + random.next() % 20)
        let times = (0..<(1 + random.next() % 400)).map { _ in Self.base + Int64(random.next() % spread) }
        let start = random.next() % 3 == 0 ? Self.base + Int64(random.next() % spread) : nil
        let (left, late) = Self.ingest(times, span: span, newest: start)
        let found = late.positions()
        #expect(found == nil || found == left)
        // Where the stream was new all follows from the push itself.
        if start == nil, !left.isEmpty { #expect(found == left) }
    }

    @Test func `what is older than one time is known beside a stream that is newer than all of it`() {
        let newest = Self.base + 9000 * Self.second + 5
        let times = (0..<40).map { Self.base + Int64($0) * 300 * Self.second }.filter { $0 < newest }
        let (left, late) = Self.ingest(times, span: 3600 * Self.second, newest: newest)
        #expect(left.count == 19 && late.positions() == left)
        // Another number of entries is another time, which does not fit the one that is told.
        #expect(LateEntries(times: times, named: late.named, count: 20).positions() == nil)
    }

    @Test func `an answer that does not fit is no answer`() {
        let times = [Self.base, Self.base - 7200 * Self.second, Self.base + 1]
        let named = [LateEntries.Named(time: times[1], oldest: Self.base - 3600 * Self.second)]
        #expect(LateEntries(times: times, named: named, count: 1).positions() == [1])
        #expect(LateEntries(times: times, named: named, count: 2).positions() == nil)
        #expect(LateEntries(times: times, named: [], count: 1).positions() == nil)
        #expect(LateEntries(times: [], named: named, count: 1).positions() == nil)
        let other = [LateEntries.Named(time: 5, oldest: 6)]
        #expect(LateEntries(times: times, named: other, count: 1).positions() == nil)
        let far = [LateEntries.Named(time: times[1], oldest: .min)]
        #expect(LateEntries(times: times, named: far, count: 1).positions() == nil)
    }
}
