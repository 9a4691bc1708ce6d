package import EventModel
import FileRegistry

/// Settlements on their way to the registry.
extension FileInput {
    /// Everything of a file up to a position is settled. An older generation moves nothing.
    package func settled(fileID: Int64, generation: UInt32, offset: UInt64, anchor: Anchor) {
        guard let state = table.byID[fileID], state.generation == generation, offset >= state.record.offset else {
            return
        }
        state.record.offset = offset
        state.record.anchor = anchor
        dirty[fileID] = state.record
        if state.isUnlinked { finishUnlinked(state) }
    }

    /// Hands the changed rows to the registrar; once per turn of the loop, not per settlement.
    /// - Returns: the registrar's ticket, nil when nothing has changed.
    @discardableResult
    package func flushRegistry() -> UInt64? {
        guard !dirty.isEmpty || !removedRows.isEmpty else { return nil }
        let now = Syscall.wallMilliseconds() * 1_000_000
        let records = dirty.values.map { record in
            var stamped = record
            if !stamped.removed { stamped.seen = now }
            return stamped
        }
        let ticket = context.registry.submit(records, removed: removedRows)
        dirty.removeAll(keepingCapacity: dirty.count < 4096)
        removedRows.removeAll()
        for state in newKeys { state.keyTicket = ticket }
        newKeys.removeAll()
        return ticket
    }

    /// The generation has got its key: the row goes to the registry before the events can be settled.
    func keyed(_ state: FileState) {
        state.keyTicket = nil
        newKeys.append(state)
        dirty[state.id] = state.record
    }

    /// Whether a file may be read. After a truncation the row of the generation before has to be on disk: a crash
    /// would else count the generations anew, and the same lines would get other ids.
    func isReleased(_ state: FileState) -> Bool {
        state.awaitedTicket == 0 || context.registry.committed >= state.awaitedTicket
            || context.registry.trouble != nil
    }

    /// Keeps a file back until the registry has got further.
    func hold(_ state: FileState) {
        held.append(state)
        nextRelease = clock + FileInput.releaseInterval
    }

    func releaseHeld() {
        let states = held
        held.removeAll()
        for state in states { enqueue(state) }
    }

    private static let releaseInterval: Int64 = 20_000_000

    /// Closes all files; the positions are the registry's.
    package func stop() {
        flushRegistry()
        for state in Array(open.states.values) { close(state) }
    }
}
