import Publishing

/// How far a delivery has come on its way through several requests.
///
/// A delivery is one request at first. It becomes more when a body would be larger than its host takes, or when a
/// refusal is narrowed down to the events that caused it. Parts are sent in order, so what is settled is a prefix.
struct DeliveryProgress {
    /// Most requests that narrowing may add to a delivery. One bad event among 2048 takes 22.
    static let narrowingBudget = 64

    /// What is still to be sent, the next one last.
    private var pending: [Range<Int>]
    private var current = 0..<0
    private var settled: [(count: Int, verdict: Reply.Verdict)] = []
    private var reasons: [Reply.Rejection] = []
    private var narrowed = 0
    private let count: Int

    init(count: Int) {
        self.count = count
        pending = count > 0 ? [0..<count] : []
    }

    /// The positions to be sent next; nil when all are settled.
    var next: Range<Int>? { pending.last }

    /// Only the first of them went into the body.
    mutating func take(_ first: Int) {
        guard let range = pending.popLast() else { return }
        current = range.lowerBound..<(range.lowerBound + first)
        if current.upperBound < range.upperBound { pending.append(current.upperBound..<range.upperBound) }
    }

    var currentCount: Int { current.count }

    mutating func delivered() { settled.append((current.count, .delivered)) }

    mutating func rejected(_ rejection: Reply.Rejection) {
        if reasons.last != rejection { reasons.append(rejection) }
        settled.append((current.count, .rejected(reason: reasons.count - 1)))
    }

    /// The current part is to be sent again, in smaller bodies.
    mutating func again() { pending.append(current) }

    /// The current part was refused as a whole: send its halves, so that good events are not lost with a bad one.
    /// - Returns: false when it is a single event, or enough has been tried.
    mutating func narrow() -> Bool {
        guard current.count > 1, narrowed < DeliveryProgress.narrowingBudget else { return false }
        narrowed += 2
        let middle = current.lowerBound + current.count / 2
        pending.append(middle..<current.upperBound)
        pending.append(current.lowerBound..<middle)
        return true
    }

    /// The reply: what is not settled is to be retried.
    func reply(failure: Reply.Failure? = nil, after: Duration? = nil) -> Reply {
        let done = settled.reduce(0) { $0 + $1.count }
        let allDelivered = settled.allSatisfy { $0.verdict == .delivered }
        if allDelivered {
            if done == count { return .delivered }
            if done == 0 { return Reply(.all(.retry), retryAfter: after, failure: failure) }
            return Reply(.prefix(delivered: done), retryAfter: after, failure: failure)
        }
        if settled.count == 1, done == count { return Reply(.all(settled[0].verdict), reasons: reasons) }
        var verdicts: [Reply.Verdict] = []
        verdicts.reserveCapacity(count)
        for run in settled { verdicts.append(contentsOf: repeatElement(run.verdict, count: run.count)) }
        verdicts.append(contentsOf: repeatElement(.retry, count: count - done))
        return Reply(.each(verdicts), retryAfter: after, failure: failure, reasons: reasons)
    }
}
