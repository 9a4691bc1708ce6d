import LogStore

/// New events, in the order in which they came.
package struct TailPage: Sendable {
    package var events: [FoundEvent] = []
    /// To ask from next time.
    package var next: Int64
}

extension LogSearch {
    /// Of the event that comes next: where to begin to follow.
    package func nextSequence() throws -> Int64 { try reader.snapshot().nextSequence }

    /// Events from a sequence number on that match, oldest first; at most `limit`, `next` goes on behind the last.
    package func tail(
        _ query: Query, from sequence: Int64, limit: Int, deadline: Deadline = Deadline()
    ) throws -> TailPage {
        let snapshot = try reader.snapshot()
        var page = TailPage(next: sequence)
        guard snapshot.nextSequence > sequence else { return page }
        let matcher = QueryMatcher(query, aliases: aliases)
        let events = EventReader(aliases: aliases)
        for head in try snapshot.blocks(from: sequence) {
            if deadline.isOver { return page }
            guard matcher.mayMatch(head) else {
                page.next = head.sequences.upperBound
                continue
            }
            let block = try snapshot.load(head)
            matcher.begin(block)
            for index in 0..<block.count where block.sequence(index) >= sequence {
                page.next = block.sequence(index) + 1
                guard query.time.contains(block.times[index]) else { continue }
                switch matcher.verdict(block, index) {
                case .no: continue
                case .yes: break
                case .unknown: guard try matcher.matches(block, index) else { continue }
                }
                page.events.append(try events.read(block, index))
                if page.events.count == limit { return page }
            }
        }
        page.next = max(page.next, snapshot.nextSequence)
        return page
    }
}
