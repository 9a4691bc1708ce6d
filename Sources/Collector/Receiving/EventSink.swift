package import LogStore

/// Where listeners put events. It returns once they are durably stored, so that only then they are acknowledged.
package protocol EventSink: Sendable {
    /// - Returns: what became of each event, in order.
    /// - Throws: `EventSinkFailure`; then none of the events counts as stored.
    func append(_ events: IncomingEvents) async throws -> [StoredAs]
}

/// Why events were not stored. Nothing is lost: the client has no acknowledgement, and sends them again.
package enum EventSinkFailure: Error, Sendable, Equatable {
    /// Too much waits already.
    case overloaded
    /// The store cannot write: a full disk, say.
    case unavailable(String)
}
