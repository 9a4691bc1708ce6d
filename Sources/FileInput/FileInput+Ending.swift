import CShim
import EventModel
import FileRegistry
import Logging

/// How files end: read to the end, without a name, given up, or begun anew.
extension FileInput {
    /// A file without a name may still be written to by who has it open: a deleted one is given so much time, one
    /// that was moved out of sight `close.on_state_change.inactive`.
    static let deletedLinger: Int64 = 5_000_000_000
    static let unnamedInterval: Int64 = 1_000_000_000

    /// Everything that is there has been read.
    func reachedEnd(_ state: FileState) {
        guard state.isUnlinked else {
            if settings.closeOnEOF { close(state) }
            return
        }
        guard !state.isQueued else { return }
        if state.isOpen {
            if lingers(state) { return }
            if !endsHere(state) {
                state.isEnding = true
                enqueue(state)
                return
            }
            close(state)
        }
        finishUnlinked(state)
    }

    private func lingers(_ state: FileState) -> Bool {
        if endsHere(state) { return false }
        let isDeleted = (try? Syscall.stat(descriptor: state.descriptor))?.links == 0
        let time = isDeleted ? FileInput.deletedLinger : settings.closeInactive.inNanoseconds
        return clock < max(state.lastRead, state.lostName) + time
    }

    func lookAtUnnamed() {
        nextUnnamedLook = clock + FileInput.unnamedInterval
        for state in unnamed.values { enqueue(state) }
    }

    /// No name leads to the file any more.
    func loseName(_ state: FileState) {
        table.unname(state)
        guard !state.isUnlinked else { return finishUnlinked(state) }
        state.isUnlinked = true
        state.lostName = clock
        if state.isOpen {
            if settings.closeRemoved { return letGo(state, "removed") }
            if unnamed.isEmpty { nextUnnamedLook = clock + FileInput.unnamedInterval }
            unnamed[state.id] = state
            enqueue(state)
        } else if state.unread > 0 {
            abandoned(state, state.unread, "deleted while it was closed")
        }
        finishUnlinked(state)
    }

    /// A file without a name is let go once it has been read and everything of it is settled.
    func finishUnlinked(_ state: FileState) {
        guard state.isUnlinked, !state.isGone, !state.isOpen, !state.isQueued, state.isSettled else { return }
        remove(state)
        state.record.removed = true
        state.record.seen = Syscall.wallMilliseconds() * 1_000_000
        table.park(state.record)
        dirty[state.id] = state.record
    }

    private func remove(_ state: FileState) {
        table.remove(state)
        gone.append((state.id, state.generation))
    }

    /// The generations that will not be read any more, since the last call.
    package func takeGone() -> [(fileID: Int64, generation: UInt32)] {
        if gone.isEmpty { return [] }
        defer { gone.removeAll() }
        return gone
    }

    /// The inode was given to another file.
    func forget(_ state: FileState) {
        close(state)
        remove(state)
        removedRows.append(state.id)
        dirty[state.id] = nil
    }

    /// The user asked to let go of files that were removed or renamed, read or not.
    func letGo(_ state: FileState, _ why: String) {
        table.unname(state)
        state.isUnlinked = true
        state.lostName = clock
        if state.isOpen, let stat = try? Syscall.stat(descriptor: state.descriptor), stat.size > state.readOffset {
            abandoned(state, stat.size - state.readOffset, why)
        }
        close(state)
        finishUnlinked(state)
    }

    private func abandoned(_ state: FileState, _ bytes: UInt64, _ why: String) {
        counts.abandonedBytes += bytes
        counts.abandonedFiles += 1
        context.logger.error(
            "bytes were left unread",
            metadata: ["file.path": "\(state.path)", "reason": "\(why)", "bytes": "\(bytes)"])
    }

    /// The same inode begins anew. The reset is a registry write; the generation's key, which comes with its first line,
    /// is the next one, and on disk before anything is read.
    func restart(_ state: FileState, _ why: Logger.Message) {
        counts.truncations += 1
        context.logger.info(
            why, metadata: ["file.path": "\(state.path)", "log.offset": "\(state.readOffset)"])
        state.beginGeneration()
        dirty[state.id] = state.record
        flushRegistry()
        enqueue(state)
    }
}
