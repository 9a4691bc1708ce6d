import EventModel

/// Replies: what an output said became of a delivery.
extension Publisher {
    /// An output answered the oldest delivery of a lane.
    package mutating func replied(lane: Int, token: UInt64, _ reply: Reply, now: MonotonicTime) {
        let parcel = lanes[lane].takeFlight(token: token)
        if reply.failure != nil { lanes[lane].failuresSeen += 1 }
        // Before shutdown nothing is given up for good: the next start tries again.
        let isLastAttempt = !draining && !reply.isUntried && settings.maxRetries.map { parcel.attempt >= $0 } ?? false
        var sorted = SortedReply(reply, events: parcel.events, isLastAttempt: isLastAttempt)
        bury(lane, parcel, &sorted)
        settle(lane, parcel, sorted.delivered, .delivered)
        counts.delivered += sorted.delivered.count
        conclude(lane, parcel, sorted, reply, now: now)
        report(lane)
        if lanes[lane].isHungry { seal(lane) }
        dispatch(lane, now: now)
    }

    /// Tells the lane whether the delivery is done or has to be sent again. One that was given up is done, but the peer is
    /// no better for it.
    private mutating func conclude(
        _ lane: Int, _ parcel: Lane.Parcel, _ sorted: SortedReply, _ reply: Reply, now: MonotonicTime
    ) {
        guard sorted.retry.count > 0 || sorted.failed > 0 else {
            lanes[lane].succeeded()
            if lanes[lane].state == .open { lastFailure = nil }
            return
        }
        if let failure = reply.failure { lastFailure = failure }
        counts.failures += 1
        let failure = Lane.Failure(
            retry: sorted.retry, retryAfter: reply.retryAfter,
            hadProgress: max(sorted.failed, sorted.retry.count) < parcel.events.count, isUntried: reply.isUntried)
        lanes[lane].failed(parcel, failure, now: now, using: &generator)
    }

    /// Keeps rejected events and settles them. Where that fails they are sent again later: nothing is lost.
    private mutating func bury(_ lane: Int, _ parcel: Lane.Parcel, _ sorted: inout SortedReply) {
        guard !sorted.rejected.isEmpty else { return }
        let batch = queues[lane].batch(sequence: parcel.sequence)
        let letters = sorted.rejected.map { rejected in
            DeadLetter(
                batch: batch, event: Int(rejected.event), attempts: parcel.attempt + 1, rejection: rejected.rejection
            )
        }
        do {
            try deadLetters.keep(letters)
        } catch {
            lastFailure = Reply.Failure(.io, "dead letters cannot be kept: \(error)")
            return sorted.retryRejected()
        }
        counts.deadLetters += letters.count
        settle(lane, parcel, .list(sorted.rejected.map(\.event)), .deadLetter)
    }

    private mutating func settle(
        _ lane: Int, _ parcel: Lane.Parcel, _ events: EventSelection, _ reason: SettledReason
    ) {
        queues[lane].settle(events, sequence: parcel.sequence) { key, bytes in counts.settle(key, bytes, reason) }
    }
}
