package import LogStore

/// Some of the events that were asked for, newest first.
package struct SearchPage: Sendable {
    package var events: [FoundEvent] = []
    /// Where the next page begins; nil when there is none.
    package var next: Cursor?
    package var searched = Searched()
    /// The time was over before the page was full; `next` goes on from there.
    package var isCut = false
    package var problems: [StoreError] = []
}

extension LogSearch {
    /// The newest events that match.
    /// - Parameter before: only what comes after this place, in the order of newest first.
    package func search(
        _ query: Query, limit: Int, before: Cursor? = nil, deadline: Deadline = Deadline()
    ) throws -> SearchPage {
        let snapshot = try reader.snapshot()
        var page = SearchPage()
        page.problems = snapshot.problems
        guard limit > 0 else { return page }
        var newest = Newest(limit: limit + 1, before: before)
        var time = query.time
        if let before, before.time < .max { time = time.clamped(to: .min..<before.time + 1) }
        var queue = HeadQueue(snapshot, time: time, words: words(of: query))
        let matcher = QueryMatcher(query, aliases: aliases)
        while let head = try queue.next() {
            // What is left is older than all that was found.
            if let last = newest.last, head.lastTime < last.time { break }
            if deadline.isOver {
                page.isCut = true
                newest.drop(upTo: head.lastTime)
                page.next = Cursor(time: head.lastTime + 1, sequence: 0)
                break
            }
            guard matcher.mayMatch(head) else { continue }
            page.searched.blocks += 1
            let block = try snapshot.load(head)
            try newest.take(block, matcher, time, &page.searched)
        }
        page.problems += queue.problems
        let places = newest.places.prefix(limit)
        let events = EventReader(aliases: aliases)
        page.events = try places.map { try events.read($0.block, $0.index) }
        if newest.places.count > limit { page.next = page.events.last?.place }
        return page
    }
}

/// The best matches that were found by now.
private struct Newest {
    struct Place {
        let cursor: Cursor
        let block: StoredBlock
        let index: Int
    }

    private(set) var places: [Place] = []
    private let limit: Int
    private let before: Cursor

    init(limit: Int, before: Cursor?) {
        self.limit = limit
        self.before = before ?? Cursor(time: .max, sequence: .max)
    }

    /// The last one, once there are enough.
    var last: Cursor? { places.count == limit ? places.last?.cursor : nil }

    mutating func drop(upTo time: Int64) { places.removeAll { $0.cursor.time <= time } }

    mutating func take(
        _ block: StoredBlock, _ matcher: QueryMatcher, _ time: Range<Int64>, _ searched: inout Searched
    ) throws {
        matcher.begin(block)
        let times = block.times
        for index in (0..<block.count).reversed() where time.contains(times[index]) {
            let cursor = Cursor(time: times[index], sequence: block.sequence(index))
            guard cursor < before, last.map({ $0 < cursor }) ?? true else { continue }
            switch matcher.verdict(block, index) {
            case .no: continue
            case .yes: break
            case .unknown:
                searched.events += 1
                guard try matcher.matches(block, index) else { continue }
            }
            insert(Place(cursor: cursor, block: block, index: index))
        }
    }

    private mutating func insert(_ place: Place) {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].cursor > place.cursor { low = middle + 1 } else { high = middle }
        }
        places.insert(place, at: low)
        if places.count > limit { places.removeLast() }
    }
}

/// The blocks of all segments that may match, newest first by their last event. A segment is opened when its turn comes.
struct HeadQueue {
    private let snapshot: StoreSnapshot
    private let time: Range<Int64>
    private let words: WordExpression?
    private var segments: [SegmentOverview]
    private var open: [(heads: [BlockHead], at: Int)] = []
    private(set) var problems: [StoreError] = []

    init(_ snapshot: StoreSnapshot, time: Range<Int64>, words: WordExpression?) {
        self.snapshot = snapshot
        self.time = time
        self.words = words
        segments = snapshot.segments
            .filter { $0.events > 0 && $0.lastTime >= time.lowerBound && $0.firstTime < time.upperBound }
            .sorted { $0.lastTime < $1.lastTime }
    }

    mutating func next() throws -> BlockHead? {
        while true {
            let best = open.indices.max { open[$0].heads[open[$0].at].lastTime < open[$1].heads[open[$1].at].lastTime }
            let bestTime = best.map { open[$0].heads[open[$0].at].lastTime }
            if let segment = segments.last, bestTime.map({ segment.lastTime >= $0 }) ?? true {
                segments.removeLast()
                do {
                    let heads = try snapshot.blocks(in: segment, time: time, matching: words)
                    if !heads.isEmpty { open.append((heads, 0)) }
                } catch {
                    problems.append(error)
                }
                continue
            }
            guard let best else { return nil }
            let head = open[best].heads[open[best].at]
            open[best].at += 1
            if open[best].at == open[best].heads.count { open.remove(at: best) }
            return head
        }
    }
}
