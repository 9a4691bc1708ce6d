import CShim
import EventModel
import FileRegistry
import Glibc
import Logging

/// The slow rescan: what it finds is the truth, whatever inotify has said or kept to itself.
extension FileInput {
    /// Rows of files without a name are kept so long, in case the name comes back (a file system mounted again).
    static let removedGrace: Int64 = 300 * 1_000_000_000

    func scan(now: Int64) {
        scanNumber += 1
        counts.scans += 1
        var walk = DirectoryWalk()
        var found: [String] = []
        var elsewhere: [(path: String, key: InodeKey)] = []
        walk.run(
            globs, found: { found.append($0) },
            other: { path, key in
                if table.byInode[key] != nil || table.isDormant(key) { elsewhere.append((path, key)) }
            })
        // Renames are seen before the names that took their place, so that no file is taken for another.
        var stats: [(String, nt_stat)] = []
        for path in found where filter.accepts(path) {
            if let stat = examine(path) { stats.append((path, stat)) }
        }
        for (path, stat) in stats where table.byPath[path]?.key != stat.key { arrive(path, stat) }
        for (path, stat) in stats { if let state = table.byPath[path] { refresh(state, stat) } }
        for (path, key) in elsewhere { follow(path, key) }
        settleMissing(walk, now: now)
        watch(walk)
        for failure in walk.unreadable { refuse(failure.path, "directory cannot be read", failure.error.text) }
        flushRegistry()
        let interval = mustPoll ? min(settings.checkInterval, .seconds(1)) : settings.checkInterval
        nextScan = now + max(1_000_000, interval.inNanoseconds)
    }

    /// What a name leads to, when it is a file to be read.
    func examine(_ path: String) -> nt_stat? {
        do throws(Syscall.Failure) {
            var stat = try Syscall.stat(path, follow: false)
            if stat.isLink {
                guard settings.symlinks else { return nil }
                stat = try Syscall.stat(path, follow: true)
                guard filter.acceptsTarget(of: path) else { return nil }
            }
            if stat.isDirectory { return nil }
            guard stat.isRegular else {
                refuse(path, "not a regular file, never opened", stat.kindName)
                return nil
            }
            return stat
        } catch {
            if !error.isMissing { refuse(path, "file cannot be examined", error.text) }
            return nil
        }
    }

    /// Tells once of a name that is not read.
    func refuse(_ path: String, _ message: Logger.Message, _ reason: String) {
        guard refused.count < 10_000, refused.insert(path).inserted else { return }
        context.logger.warning(message, metadata: ["file.path": "\(path)", "reason": "\(reason)"])
    }

    /// A known file under a name that no pattern matches: rotated out of the glob. Read to its end all the same.
    private func follow(_ path: String, _ key: InodeKey) {
        if let state = table.byInode[key] {
            guard state.path != path, table.byPath[state.path] !== state || !stillThere(state) else {
                if state.isOutside { state.scan = scanNumber }
                return
            }
            guard let stat = examine(path), stat.key == key else { return }
            state.isOutside = true
            move(state, to: path, stat)
        } else if let stat = examine(path), stat.key == key, let record = table.claim(stat) {
            guard stat.size > record.offset else { return table.park(record) }
            let state = FileState(record: record, stored: true)
            state.isOutside = true
            state.record.path = path
            table.insert(state)
            refresh(state, stat)
        }
    }

    private func stillThere(_ state: FileState) -> Bool {
        (try? Syscall.stat(state.path, follow: settings.symlinks))?.key == state.key
    }

    /// Files that the scan has not met under any name.
    private func settleMissing(_ walk: DirectoryWalk, now: Int64) {
        for state in Array(table.states) where state.scan != scanNumber && !walk.isUnknown(state.path) {
            // A name outside the patterns is not walked to; ask for it.
            if state.isOutside, let stat = examine(state.path), stat.key == state.key {
                refresh(state, stat)
                continue
            }
            loseName(state)
        }
        let wall = Syscall.wallMilliseconds() * 1_000_000
        for var record in table.dormantRecords where !walk.isUnknown(record.path) {
            expire(&record, wall: wall)
        }
    }

    /// A row whose file has not been seen since the start: marked, and after a while removed.
    private func expire(_ record: inout FileRecord, wall: Int64) {
        let age = wall - record.seen
        if let limit = settings.cleanInactive, age > limit.inNanoseconds { return drop(record) }
        guard settings.cleanRemoved else { return }
        if !record.removed {
            table.forget(record)
            record.removed = true
            record.seen = wall
            table.park(record)
            dirty[record.id] = record
        } else if age > FileInput.removedGrace {
            drop(record)
        }
    }

    private func drop(_ record: FileRecord) {
        table.forget(record)
        dirty[record.id] = nil
        removedRows.append(record.id)
    }

    /// Watches every directory of the walk; polls where the kernel cannot tell of changes.
    private func watch(_ walk: DirectoryWalk) {
        var polled = false
        for directory in walk.directories {
            if !watcher.watch(directory) || isRemote(directory) { polled = true }
        }
        watcher.keepOnly(walk.directories)
        if polled != mustPoll {
            mustPoll = polled
            if polled { context.logger.info("files are polled, the file system tells of no changes") }
        }
    }

    /// NFS, SMB, FUSE, overlay and their like do not tell of every change (statfs(2) magic numbers).
    private func isRemote(_ directory: String) -> Bool {
        let polledMagic: Set<UInt64> = [
            0x6969, 0xff53_4d42, 0xfe53_4d42, 0x6573_5546, 0x794c_7630, 0x517b, 0x0102_1997, 0x00c3_6400, 0x5346_414f,
        ]
        return polledMagic.contains(unsafe nt_filesystem_magic(directory))
    }
}

extension Duration {
    var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue + attoseconds / 1_000_000_000
    }
}
