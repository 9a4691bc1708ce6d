import CShim
import EventModel
import FileRegistry
import Logging

/// Which file is which: arrivals, renames, truncations, disappearances.
extension FileInput {
    /// A name has another file behind it than before, or is new.
    func arrive(_ path: String, _ stat: nt_stat) {
        if let state = table.byInode[stat.key] {
            guard isSameFile(state, stat) else {
                // The inode lives on in another file: what was known under it is gone.
                forget(state)
                return add(path, stat)
            }
            if state.path == path {
                if table.byPath[path] !== state { takeName(path, from: state) }
                return refresh(state, stat)
            }
            let old = try? Syscall.stat(state.path, follow: settings.symlinks)
            if old?.key == stat.key, !state.isUnlinked { return }  // A second name of the same file.
            state.isOutside = false
            move(state, to: path, stat)
        } else {
            add(path, stat)
        }
    }

    private func isSameFile(_ state: FileState, _ stat: nt_stat) -> Bool {
        state.isOpen || state.record.birth == 0 || stat.birth == 0 || state.record.birth == stat.birth
    }

    private func takeName(_ path: String, from state: FileState) {
        if let holder = table.byPath[path], holder !== state { loseName(holder) }
        table.rename(state, to: path)
    }

    func move(_ state: FileState, to path: String, _ stat: nt_stat) {
        counts.renames += 1
        context.logger.debug(
            "file was renamed", metadata: ["file.path": "\(state.path)", "file.target_path": "\(path)"])
        takeName(path, from: state)
        state.isUnlinked = false
        state.source = nil
        if settings.closeRenamed { abandon(state, "renamed") }
        if state.isStored { dirty[state.id] = state.record }
        refresh(state, stat)
    }

    private func add(_ path: String, _ stat: nt_stat) {
        if let holder = table.byPath[path] { loseName(holder) }
        let state: FileState
        if var record = table.claim(stat) {
            record.path = path
            record.removed = false
            state = FileState(record: record, stored: true)
        } else {
            state = FileState(record: newRecord(path, stat), stored: false)
            applyAge(state, stat)
        }
        table.insert(state)
        refresh(state, stat)
    }

    private func newRecord(_ path: String, _ stat: nt_stat) -> FileRecord {
        FileRecord(
            id: context.registry.nextID(), pipeline: context.pipeline, input: settings.id, path: path,
            device: stat.device, inode: stat.inode, birth: stat.birth, fingerprint: "", fingerprintLength: 0,
            generation: 0, idKey: "", offset: 0, anchor: .none, seen: context.start, removed: false
        )
    }

    /// `ignore_older` and `ignore_inactive`: of a file never seen before, what is there already is left out.
    private func applyAge(_ state: FileState, _ stat: nt_stat) {
        var oldest: Int64?
        if settings.ignoreOlder > .zero {
            oldest = Syscall.wallMilliseconds() * 1_000_000 - settings.ignoreOlder.inNanoseconds
        }
        switch settings.ignoreInactive {
        case .sinceFirstStart: oldest = max(oldest ?? .min, context.firstStart)
        case .sinceLastStart: oldest = max(oldest ?? .min, context.start)
        case nil: break
        }
        guard let oldest, stat.modified < oldest, stat.size > 0 else { return }
        state.isIgnored = true
        state.readOffset = stat.size
        state.record.offset = stat.size
    }

    /// A known file was looked at: is there something to read?
    func refresh(_ state: FileState, _ stat: nt_stat) {
        state.scan = scanNumber
        let changed = stat.size != state.size || stat.modified != state.modified
        state.size = stat.size
        state.modified = stat.modified
        if state.isIgnored, stat.size == state.readOffset { return }
        if stat.size != state.readOffset || changed { enqueue(state) }
    }

    /// inotify named a file. Most often it has grown, and nothing needs to be asked before it is read.
    func look(at path: String, appeared: Bool) {
        if !appeared, let state = table.byPath[path] { return enqueue(state) }
        guard globs.contains(where: { $0.matches(path) }), filter.accepts(path) else {
            if appeared { lookOutside(path) }
            return
        }
        guard let stat = examine(path) else { return }
        if table.byPath[path]?.key == stat.key {
            refresh(table.byPath[path]!, stat)
        } else {
            arrive(path, stat)
        }
    }

    /// A known file may have been renamed to a name outside the patterns.
    private func lookOutside(_ path: String) {
        guard let stat = try? Syscall.stat(path, follow: false), stat.isRegular,
            let state = table.byInode[stat.key], state.path != path || state.isUnlinked
        else { return }
        state.isOutside = true
        move(state, to: path, stat)
    }

    func vanished(_ path: String, now: Int64) {
        guard let state = table.byPath[path] else { return }
        // Renamed within the directory it turns up again at once; else the scan decides. What is open is read on.
        if state.isOpen { enqueue(state) }
        nextScan = min(nextScan, now + FileInput.settleTime)
    }

    /// A name that vanished is looked for after this time, once for a whole storm of renames.
    private static let settleTime: Int64 = 50_000_000

    /// No name leads to the file any more.
    func loseName(_ state: FileState) {
        table.unname(state)
        if state.isUnlinked { return finishUnlinked(state) }
        state.isUnlinked = true
        if state.isOpen {
            if settings.closeRemoved { abandon(state, "removed") } else { enqueue(state) }
        }
        finishUnlinked(state)
    }

    /// A file without a name is let go once it has been read and everything of it is settled.
    func finishUnlinked(_ state: FileState) {
        guard state.isUnlinked, !state.isOpen, !state.isQueued, state.isSettled else { return }
        table.remove(state)
        guard state.isStored else { return }
        state.record.removed = true
        state.record.seen = Syscall.wallMilliseconds() * 1_000_000
        table.park(state.record)
        dirty[state.id] = state.record
    }

    /// The inode was given to another file.
    private func forget(_ state: FileState) {
        close(state)
        table.remove(state)
        if state.isStored { removedRows.append(state.id) }
        dirty[state.id] = nil
    }

    /// The user asked to let go of files that were removed or renamed, read or not.
    func abandon(_ state: FileState, _ why: String) {
        guard state.isOpen else { return }
        if let stat = try? Syscall.stat(descriptor: state.descriptor), stat.size > state.readOffset {
            counts.abandonedBytes += stat.size - state.readOffset
            counts.abandonedFiles += 1
            context.logger.error(
                "bytes were left unread, the settings ask to close such files",
                metadata: [
                    "file.path": "\(state.path)", "reason": "\(why)", "bytes": "\(stat.size - state.readOffset)",
                ])
        }
        close(state)
    }

    /// The same inode begins anew. The reset is a registry write, ordered before anything is read.
    func restart(_ state: FileState, _ why: Logger.Message) {
        counts.truncations += 1
        context.logger.info(
            why, metadata: ["file.path": "\(state.path)", "log.offset": "\(state.readOffset)"])
        state.beginGeneration()
        if state.isStored {
            dirty[state.id] = state.record
            flushRegistry()
        }
        enqueue(state)
    }
}
