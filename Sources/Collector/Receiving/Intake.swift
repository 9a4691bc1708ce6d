import LogStore
package import Logging

/// What all listeners share: the way to the store, and the books about it.
package struct Intake: Sendable {
    package let sink: any EventSink
    package let budget: IntakeBudget
    package let counters: ReceivingCounters
    package let agents: AgentsStatus
    let log: LimitedLog

    package init(sink: any EventSink, budget: IntakeBudget, logger: Logger) {
        self.sink = sink
        self.budget = budget
        counters = ReceivingCounters()
        agents = AgentsStatus()
        log = LimitedLog(logger)
    }

    /// Stores a batch, and enters it in the books.
    /// - Returns: what became of each event, in order.
    /// - Throws: as `EventSink` does.
    func store(
        _ events: IncomingEvents, wrapped: Int, from client: Client, patiently: Bool = false
    ) async throws(StoreError) -> [StoredAs] {
        let summary = IncomingSummary(count: events.ends.count, bytes: events.bytes.count, wrapped: wrapped)
        guard summary.count > 0 else { return [] }
        let last = AgentFacts(lastOf: events)
        let received = events.received
        let stored: [StoredAs]
        do {
            stored = try await sink.append(events, patiently: patiently)
        } catch {
            counters.update(client.protocol) { $0.overloads += 1 }
            if error.code == .overloaded { throw error }
            log.warning("Events cannot be stored", ["error.message": "\(error)"])
            throw error
        }
        counters.update(client.protocol) { $0.add(summary, stored) }
        agents.received(summary, last, from: client, at: received)
        return stored
    }
}

/// Who sends.
package struct Client: Sendable, Hashable {
    package var `protocol`: CollectorProtocol
    /// Without the port.
    package var address: String
    /// What an HTTP client says it is.
    package var userAgent = ""

    package init(_ protocol: CollectorProtocol, address: String, userAgent: String = "") {
        self.protocol = `protocol`
        self.address = address
        self.userAgent = userAgent
    }
}
