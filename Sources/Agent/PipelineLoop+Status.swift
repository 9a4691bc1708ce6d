import EventModel
import FileInput
import Publishing
import Synchronization

extension PipelineLoop {
    /// What the pipeline tells of itself now.
    func makeStatus() -> PipelineStatus {
        let traits = plan.output.traits
        var status = PipelineStatus(name: plan.name, outputKind: traits.kind, endpoint: traits.endpoint)
        let counts = publisher.counts
        let pending = publisher.pending
        status.readBytes = counts.total.read
        status.settled = SettledReason.allCases.map { .init(reason: $0.label, bytes: counts.total.settled($0)) }
        status.pendingBytes = pending.bytes
        status.unaccountedBytes = publisher.unaccounted
        status.eventsRead = UInt64(counts.events)
        status.eventsDelivered = UInt64(counts.delivered)
        status.eventsFiltered = UInt64(filteredLines)
        status.eventsDeadLettered = UInt64(counts.deadLetters)
        status.deadLettersEvicted = UInt64(plan.deadLetters.evictedLetters)
        status.batches = UInt64(counts.batches)
        status.retries = UInt64(counts.retries)
        status.failures = Reply.Failure.Label.allCases.compactMap { label in
            failures[label].map { .init(cause: label.rawValue, count: $0) }
        }
        status.inFlightDeliveries = pending.deliveries
        status.inFlightBytes = publisher.inFlightBytes
        status.budgetBytes = UInt64(plan.settings.budgetBytes)
        status.budgetUsedBytes = UInt64(publisher.budgetUsed)
        status.lagBytes = inputs.reduce(pending.bytes) { $0 + $1.unreadBytes }
        if let oldest = publisher.oldestPending {
            status.lag = .milliseconds(max(0, AgentClock.wallMilliseconds() - oldest))
        }
        status.filesKnown = inputs.reduce(0) { $0 + $1.fileCount }
        status.filesActive = inputs.reduce(0) { $0 + $1.activeCount }
        status.filesOpen = inputs.reduce(0) { $0 + $1.openCount }
        status.filesDone = inputs.reduce(streams.count { $0.isAtEnd }) { $0 + $1.doneCount }
        status.paused = gate.reason(read: counts.total.read) ?? (publisher.hasBudget ? nil : pausedReason)
        status.lastFailure = publisher.lastFailure?.message
        status.invalidUTF8Lines = UInt64(plan.counters.invalidUTF8.load(ordering: .relaxed))
        status.parseErrors = UInt64(plan.counters.parseErrors.load(ordering: .relaxed))
        status.eventsLeftOut = UInt64(plan.counters.leftOut.load(ordering: .relaxed))
        status.labelsReplaced = UInt64(plan.counters.labelsReplaced.load(ordering: .relaxed))
        return status
    }

    private var pausedReason: String? {
        inputs.contains(where: \.hasReady) ? "the byte budget is in flight" : nil
    }
}
