package import LogStore

/// Where listeners put events. It returns once they are durably stored, so that only then they are acknowledged.
package protocol EventSink: Sendable {
    /// - Parameter patiently: waits however much waits already, for callers that hold back their client meanwhile.
    /// - Returns: what became of each event, in order.
    /// - Throws: `StoreError`; then none of the events is stored. `.overloaded` only if not `patiently`.
    func append(_ events: IncomingEvents, patiently: Bool) async throws(StoreError) -> [StoredAs]
}

extension LogStore: EventSink {}
