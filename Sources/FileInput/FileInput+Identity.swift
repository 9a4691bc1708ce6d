import CShim
import EventModel
import FileRegistry
import Logging

/// Which file is which: arrivals, renames, truncations, disappearances.
extension FileInput {
    /// A name has another file behind it than before, or is new.
    func arrive(_ path: String, _ stat: nt_stat) {
        guard let state = known(stat) else { return add(path, stat) }
        if state.path != path, !state.isUnlinked,
            (try? Syscall.stat(state.path, follow: settings.symlinks))?.key == stat.key
        {
            // A second name of the same file. One that no pattern matches gives way.
            if !state.isOutside { return refresh(state, stat) }
        }
        state.isOutside = false
        move(state, to: path, stat)
    }

    /// The file with this inode. When the inode lives on in another file, what was known under it is gone.
    func known(_ stat: nt_stat) -> FileState? {
        guard let state = table.byInode[stat.key] else { return nil }
        if isSameFile(state, stat) { return state }
        forget(state)
        return nil
    }

    func isSameFile(_ state: FileState, _ stat: nt_stat) -> Bool {
        state.isOpen || state.record.birth == 0 || stat.birth == 0 || state.record.birth == stat.birth
    }

    /// Gives a known file its name, a new one or the old one again.
    func move(_ state: FileState, to path: String, _ stat: nt_stat) {
        let isRenamed = path != state.path
        if isRenamed {
            counts.renames += 1
            context.logger.debug(
                "file was renamed", metadata: ["file.path": "\(state.path)", "file.target_path": "\(path)"])
        }
        if let holder = table.byPath[path], holder !== state { displace(holder) }
        table.rename(state, to: path)
        state.isUnlinked = false
        state.isEnding = false
        unnamed[state.id] = nil
        state.source = nil
        dirty[state.id] = state.record
        if isRenamed, settings.closeRenamed {
            if state.isOutside { return letGo(state, "renamed") }
            close(state)
        }
        refresh(state, stat)
    }

    /// Another file has its name; whether it has a new one is for the scan to find out.
    private func displace(_ state: FileState) {
        table.unname(state)
        if state.isOpen { enqueue(state) }
        scanSoon(after: FileInput.settleTime)
    }

    func add(_ path: String, _ stat: nt_stat, isOutside: Bool = false) {
        if let record = table.claim(stat) { return adopt(record, path, stat, isOutside: isOutside) }
        if let holder = table.byPath[path] { displace(holder) }
        let state = FileState(record: newRecord(path, stat))
        state.isOutside = isOutside
        applyAge(state, stat)
        dirty[state.id] = state.record
        table.insert(state)
        refresh(state, stat)
    }

    /// The file of a row has turned up.
    func adopt(_ known: FileRecord, _ path: String, _ stat: nt_stat, isOutside: Bool) {
        if let holder = table.byPath[path] { displace(holder) }
        let isChanged = known.path != path || known.removed
        var record = known
        record.path = path
        record.removed = false
        let state = FileState(record: record)
        state.isOutside = isOutside
        if isChanged || dirty[state.id] != nil { dirty[state.id] = state.record }
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
        state.readOffset = stat.size
        state.record.offset = stat.size
        // Nothing has happened to it: it need not be opened.
        state.size = stat.size
        state.modified = stat.modified
    }

    /// A known file was looked at: is there something to read?
    func refresh(_ state: FileState, _ stat: nt_stat) {
        state.scan = scanNumber
        let isChanged = stat.size != state.size || stat.modified != state.modified
        state.size = stat.size
        state.modified = stat.modified
        if stat.size < state.readOffset {
            restart(state, "file was truncated, read anew from its start")
        } else if isChanged || stat.size != state.readOffset + state.searched {
            enqueue(state)
        }
    }
}
