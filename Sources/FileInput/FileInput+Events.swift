import CShim
import EventModel
import FileRegistry
import Logging

/// What inotify tells: hints that something happened to a name.
extension FileInput {
    package func watchEventsArrived(now: Int64) {
        clock = now
        watcher.events { react(to: $0) }
    }

    func react(to event: DirectoryWatcher.Event) {
        switch event.kind {
        case .overflow:
            counts.watchOverflows += 1
            context.logger.notice(
                "the kernel dropped file events, so all files are looked at", metadata: ["input.id": "\(settings.id)"])
            scanSoon()
        case .directoryChanged:
            if awaitsDirectories || globs.contains(where: \.hasVariableDirectories) { scanSoon() }
        case .directoryGone: scanSoon()
        case .modified: look(at: join(event.directory, event.name), appeared: false)
        case .appeared: look(at: join(event.directory, event.name), appeared: true, move: event.move)
        case .vanished: vanished(join(event.directory, event.name), move: event.move)
        }
    }

    private func join(_ directory: String, _ name: String) -> String {
        directory == "/" ? "/" + name : directory + "/" + name
    }

    /// inotify named a file. Most often it has grown, and nothing needs to be asked before it is read.
    func look(at path: String, appeared: Bool, move: UInt32 = 0) {
        if !appeared, let state = table.byPath[path] { return enqueue(state) }
        guard isWanted(path) else {
            if let link = linkTargets[path], link != path { return look(at: link, appeared: appeared) }
            if appeared { lookOutside(path, isOurs: ourMoves.remove(move) != nil) }
            return
        }
        guard case .file(let stat) = examine(path) else { return }
        if let state = table.byPath[path], state.key == stat.key, isSameFile(state, stat) {
            refresh(state, stat)
        } else {
            arrive(path, stat)
        }
    }

    private func isWanted(_ path: String) -> Bool {
        globs.contains { $0.matches(path) } && filter.accepts(path)
    }

    /// A known file may have been renamed to a name outside the patterns.
    /// - Parameter isOurs: what was moved here had a wanted name. It may never have been seen under it, and is read all
    ///   the same.
    private func lookOutside(_ path: String, isOurs: Bool) {
        guard let stat = try? Syscall.stat(path, follow: false) else {
            if isOurs { ourNames.insert(path) }
            return
        }
        guard stat.isRegular else { return }
        if let state = known(stat) {
            guard state.path != path || state.isUnlinked else { return }
            guard state.isUnlinked || (try? Syscall.stat(state.path, follow: settings.symlinks))?.key != stat.key else {
                return  // A second name of the same file.
            }
            state.isOutside = true
            move(state, to: path, stat)
        } else if isOurs, !settings.closeRenamed {
            add(path, stat, isOutside: true)
        }
    }

    func vanished(_ path: String, move: UInt32) {
        let state = table.byPath[path]
        if move != 0, ourNames.remove(path) != nil || state != nil || isWanted(path) { ourMoves.insert(move) }
        guard let state else {
            if let link = linkTargets[path], link != path { vanished(link, move: 0) }
            return
        }
        // Renamed within the directory it turns up again at once; else the scan decides. What is open is read on, and
        // does not lose its descriptor to others when it was deleted.
        if state.isOpen {
            enqueue(state)
            if move == 0, (try? Syscall.stat(descriptor: state.descriptor))?.links == 0 { return loseName(state) }
        }
        scanSoon(after: FileInput.settleTime)
    }
}
