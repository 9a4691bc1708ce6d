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
        return ticket
    }

    /// The generation has got its key: the row goes to the registry before the events can be settled.
    ///
    /// After a truncation it has to be on disk before anything is read: after a crash, the same lines would else be
    /// taken for the generation before and get other ids, or other lines would be given the number, and so the ids, of
    /// this generation. The first generation does not wait, since there is none before it.
    /// - Returns: false when the file has to wait for that.
    func keyed(_ state: FileState) -> Bool {
        dirty[state.id] = state.record
        guard state.generation > 0 else { return true }
        state.awaitedTicket = flushRegistry() ?? 0
        if isReleased(state) { return true }
        context.registry.hurry()
        enqueue(state)
        return false
    }

    /// Whether a file may be read: its row has been committed as far as it has to be, or nobody knows when it will be.
    func isReleased(_ state: FileState) -> Bool {
        state.awaitedTicket == 0 || context.registry.committed >= state.awaitedTicket
            || context.registry.trouble != nil
    }

    /// Keeps a file back until the registry has got further.
    func hold(_ state: FileState) {
        if held.isEmpty { nextRelease = clock + FileInput.releaseInterval }
        held.append(state)
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
