import ByteTools
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
        clock = now
        lastScan = now
        scanNumber += 1
        counts.scans += 1
        ourMoves.removeAll()
        ourNames.removeAll()
        var names = ScannedNames()
        var walk = DirectoryWalk()
        walk.run(
            globs,
            .init(
                found: { path, key in
                    if self.filter.accepts(path) { return names.found.append(path) }
                    names.add(other: path, key, self.table)
                },
                other: { path, key in names.add(other: path, key, self.table) },
                watch: { self.watcher.watch($0) }
            ))
        linkTargets.removeAll()
        for path in names.found {
            switch examine(path) {
            case .file(let stat): names.stats.append((path, stat))
            case .unknown: names.unknown.insert(path)
            case .nothing: break
            }
        }
        assign(names.stats)
        for (path, key) in names.others { follow(path, key) }
        settleMissing(walk, names.unknown)
        keepWatching(walk)
        for failure in walk.unreadable { refuse(failure.path, "directory cannot be read", failure.error.text) }
        retryWaiting()
        flushRegistry()
        let interval = mustPoll ? min(settings.checkInterval, .seconds(1)) : settings.checkInterval
        nextScan = now + max(1_000_000, interval.inNanoseconds)
    }

    private struct ScannedNames {
        var found: [String] = []
        /// Known files under names that no pattern matches.
        var others: [(path: String, key: InodeKey)] = []
        var stats: [(path: String, stat: nt_stat)] = []
        /// They are there, but what they are cannot be told.
        var unknown: Set<String> = []

        mutating func add(other path: String, _ key: InodeKey, _ table: FileTable) {
            if table.byInode[key] != nil || table.mayHaveRow(inode: key.inode) { others.append((path, key)) }
        }
    }

    /// Gives the names to the files. Those that are known come first, so that a file that was renamed has its new name
    /// before another one takes its old name.
    private func assign(_ names: [(path: String, stat: nt_stat)]) {
        var new: [(String, nt_stat)] = []
        for (path, stat) in names {
            if let state = table.byPath[path], state.key == stat.key, isSameFile(state, stat) {
                refresh(state, stat)
            } else if table.byInode[stat.key] != nil {
                arrive(path, stat)
            } else {
                new.append((path, stat))
            }
        }
        for (path, stat) in new { arrive(path, stat) }
    }

    /// What a name leads to.
    enum Finding {
        case file(nt_stat)
        /// No file, or none that is read.
        case nothing
        /// It cannot be told; that is no reason to take a file for deleted.
        case unknown
    }

    func examine(_ path: String) -> Finding {
        do throws(Syscall.Failure) {
            var stat = try Syscall.stat(path, follow: false)
            if stat.isLink {
                guard settings.symlinks else { return .nothing }
                stat = try Syscall.stat(path, follow: true)
                guard filter.acceptsTarget(of: path) else { return .nothing }
                if let target = Syscall.realPath(path) { linkTargets[target] = path }
            }
            if stat.isDirectory { return .nothing }
            guard stat.isRegular else {
                refuse(path, "not a regular file, never opened", stat.kindName)
                return .nothing
            }
            return .file(stat)
        } catch {
            if error.isMissing { return .nothing }
            refuse(path, "file cannot be examined", error.text)
            return .unknown
        }
    }

    /// Tells once of a name that is not read.
    func refuse(_ path: String, _ message: Logger.Message, _ reason: String) {
        guard refused.count < 10_000, refused.insert(path).inserted else { return }
        context.logger.warning(message, metadata: ["file.path": "\(PathText.shown(path))", "reason": "\(reason)"])
    }

    /// A known file under a name that no pattern matches: rotated out of the glob. Read to its end all the same.
    private func follow(_ path: String, _ key: InodeKey) {
        if let known = table.byInode[key], known.scan == scanNumber { return }
        guard case .file(let stat) = examine(path), stat.key == key else { return }
        if let known = known(stat) {
            if known.path == path, !known.isUnlinked { return refresh(known, stat) }
            known.isOutside = true
            move(known, to: path, stat)
        } else if !settings.closeRenamed, let record = table.claim(stat) {
            adopt(record, path, stat, isOutside: true)
        }
    }

    /// Files that the scan has not met under any name.
    private func settleMissing(_ walk: DirectoryWalk, _ unknown: Set<String>) {
        for state in Array(table.states)
        where state.scan != scanNumber && !unknown.contains(state.path) && !walk.isUnknown(state.path) {
            // A name outside the patterns is not walked to; ask for it.
            if state.isOutside, !state.isUnlinked {
                switch examine(state.path) {
                case .file(let stat) where stat.key == state.key && isSameFile(state, stat):
                    refresh(state, stat)
                    continue
                case .unknown: continue
                default: break
                }
            }
            loseName(state)
        }
        let wall = Syscall.wallMilliseconds() * 1_000_000
        for var record in table.dormantRecords where !unknown.contains(record.path) && !walk.isUnknown(record.path) {
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

    /// Goes on watching the directories of the walk; polls where the kernel cannot tell of changes.
    private func keepWatching(_ walk: DirectoryWalk) {
        awaitsDirectories = walk.isIncomplete
        var kept = walk.directories.union(walk.unreadable.map(\.path))
        var isPolled = !walk.unwatched.isEmpty || walk.directories.contains(where: DirectoryWatcher.isRemote)
        for target in linkTargets.keys {
            let directory = target.lastIndex(of: "/").map { String(target[..<$0]) } ?? ""
            if directory.isEmpty || !kept.insert(directory).inserted { continue }
            if !watcher.watch(directory) || DirectoryWatcher.isRemote(directory) { isPolled = true }
        }
        watcher.keepOnly(kept)
        if isPolled != mustPoll {
            mustPoll = isPolled
            if isPolled { context.logger.info("files are polled, the file system tells of no changes") }
        }
    }
}

extension Duration {
    var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue + attoseconds / 1_000_000_000
    }
}
