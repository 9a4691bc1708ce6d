import EventModel

/// What a reply means for the events of a delivery.
///
/// A reply that speaks of more events than were sent, or of fewer, is taken for what it can mean: nothing beyond the
/// delivery, and a retry for what was not named.
struct SortedReply {
    /// An event that will never be taken.
    struct Rejected {
        let event: Int32
        let rejection: Reply.Rejection
    }

    var delivered = EventSelection.list([])
    var retry = EventSelection.list([])
    var rejected: [Rejected] = []
    /// How many events were not taken this time, whether they are sent again or given up.
    let failed: Int

    /// - Parameter isLastAttempt: what would be retried is rejected instead, because of `max_retries`.
    init(_ reply: Reply, events: EventSelection, isLastAttempt: Bool) {
        switch reply.verdicts {
        case .all(.delivered): delivered = events
        case .all(.retry): retry = events
        case .prefix(let count):
            let taken = min(max(count, 0), events.count)
            delivered = events.positions(0..<taken)
            retry = events.positions(taken..<events.count)
        case .all(.rejected), .each:
            (delivered, retry, rejected) = SortedReply.sortEach(reply, events)
        }
        failed = retry.count
        if isLastAttempt { giveUp(reply) }
    }

    private static func sortEach(
        _ reply: Reply, _ events: EventSelection
    ) -> (delivered: EventSelection, retry: EventSelection, rejected: [Rejected]) {
        var delivered: [Int32] = []
        var retry: [Int32] = []
        var rejected: [Rejected] = []
        for position in 0..<events.count {
            let event = Int32(events[position])
            switch reply.verdict(at: position) {
            case .delivered: delivered.append(event)
            case .retry: retry.append(event)
            case .rejected(let reason):
                rejected.append(Rejected(event: event, rejection: SortedReply.rejection(reply, reason)))
            }
        }
        return (.list(delivered), .list(retry), rejected)
    }

    private static func rejection(_ reply: Reply, _ reason: Int) -> Reply.Rejection {
        if reply.reasons.indices.contains(reason) { return reply.reasons[reason] }
        return Reply.Rejection(reason: "rejected", answer: reply.failure?.message ?? "")
    }

    private mutating func giveUp(_ reply: Reply) {
        let rejection = Reply.Rejection(reason: "max_retries", answer: reply.failure?.message ?? "")
        rejected += retry.indices.map { Rejected(event: $0, rejection: rejection) }
        rejected.sort { $0.event < $1.event }
        retry = .list([])
    }

    /// The rejected events could not be kept: they are sent again, with the others.
    mutating func retryRejected() {
        retry = .list((retry.indices + rejected.map(\.event)).sorted())
        rejected = []
    }
}

extension EventSelection {
    /// The indices of the events in the batch, ascending.
    fileprivate var indices: [Int32] {
        switch self {
        case .range(let range): range.map(Int32.init)
        case .list(let list): list
        }
    }
}
