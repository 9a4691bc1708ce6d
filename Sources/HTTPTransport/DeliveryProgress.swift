package import Publishing

/// How far a delivery has come on its way through several requests.
///
/// A delivery is one request at first. It becomes more when a body would be larger than its host takes, or when a
/// refusal is narrowed down to the events that caused it. Parts are sent in order, so what is settled is a prefix.
package struct DeliveryProgress {
    /// Most requests that narrowing may add to a delivery. One bad event among 2048 takes 22.
    package static let narrowingBudget = 64

    /// What is still to be sent, the next one last.
    private var pending: [Range<Int>]
    private var current = 0..<0
    private var refused: [HTTPBodyPart.Refusal] = []
    private var settled: [(count: Int, verdict: Reply.Verdict)] = []
    private var settledCount = 0
    private var reasons: [Reply.Rejection] = []
    private var narrowed = 0
    private let count: Int

    package init(count: Int) {
        self.count = count
        pending = count > 0 ? [0..<count] : []
    }

    /// The positions to be sent next; nil when all are settled.
    package var next: Range<Int>? { pending.last }

    /// A body speaks for the first positions of what was next.
    package mutating func take(_ part: HTTPBodyPart) {
        guard let range = pending.popLast() else { return }
        current = range.lowerBound..<(range.lowerBound + part.taken)
        refused = part.refused
        if current.upperBound < range.upperBound { pending.append(current.upperBound..<range.upperBound) }
    }

    /// Events in the body.
    package var sent: Int { current.count - refused.count }

    package mutating func delivered() { settle { _ in .delivered } }

    package mutating func rejected(_ rejection: Reply.Rejection) {
        let reason = note(rejection)
        settle { _ in .rejected(reason: reason) }
    }

    /// One verdict per event that was sent; what is not named is to be retried.
    package mutating func judged(_ verdicts: [Reply.Verdict], reasons own: [Reply.Rejection]) {
        let names = own.map { note($0) }
        settle { index in
            guard index < verdicts.count else { return .retry }
            guard case .rejected(let reason) = verdicts[index] else { return verdicts[index] }
            return .rejected(reason: names.indices.contains(reason) ? names[reason] : -1)
        }
    }

    /// The current part is to be sent again, in smaller bodies.
    package mutating func again() { pending.append(current) }

    /// The current part was refused as a whole: send its halves, so that good events are not lost with a bad one.
    /// - Returns: false when it is a single event, or enough has been tried.
    package mutating func narrow() -> Bool {
        guard current.count > 1, narrowed < DeliveryProgress.narrowingBudget else { return false }
        narrowed += 2
        let middle = current.lowerBound + current.count / 2
        pending.append(middle..<current.upperBound)
        pending.append(current.lowerBound..<middle)
        return true
    }

    /// The reply: what is not settled is to be retried.
    package func reply(failure: Reply.Failure? = nil, after: Duration? = nil) -> Reply {
        if settled.allSatisfy({ $0.verdict == .delivered }) {
            if settledCount == count { return .delivered }
            if settledCount == 0 { return Reply(.all(.retry), retryAfter: after, failure: failure) }
            return Reply(.prefix(delivered: settledCount), retryAfter: after, failure: failure)
        }
        if settled.count == 1, settledCount == count {
            return Reply(.all(settled[0].verdict), retryAfter: after, failure: failure, reasons: reasons)
        }
        var verdicts: [Reply.Verdict] = []
        verdicts.reserveCapacity(count)
        for run in settled { verdicts.append(contentsOf: repeatElement(run.verdict, count: run.count)) }
        verdicts.append(contentsOf: repeatElement(.retry, count: count - settledCount))
        return Reply(.each(verdicts), retryAfter: after, failure: failure, reasons: reasons)
    }

    // MARK: Runs

    /// Settles the current part. The verdict is asked for each event that was sent, by its number in the body.
    private mutating func settle(_ verdict: (Int) -> Reply.Verdict) {
        var refusals = refused[...]
        var number = 0
        for position in current {
            if let refusal = refusals.first, refusal.position == position {
                append(.rejected(reason: note(refusal.rejection)))
                refusals.removeFirst()
            } else {
                append(verdict(number))
                number += 1
            }
        }
        refused = []
    }

    private mutating func append(_ verdict: Reply.Verdict) {
        settledCount += 1
        if settled.last?.verdict == verdict {
            settled[settled.count - 1].count += 1
        } else {
            settled.append((1, verdict))
        }
    }

    private mutating func note(_ rejection: Reply.Rejection) -> Int {
        // Servers say the same of many events; answers that differ in each are few enough to be kept.
        if let known = reasons.suffix(8).lastIndex(of: rejection) { return known }
        reasons.append(rejection)
        return reasons.count - 1
    }
}
