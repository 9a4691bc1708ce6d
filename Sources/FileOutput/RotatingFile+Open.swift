import CShim
import Glibc
import Logging

/// Finding, beginning and forgetting files.
extension RotatingFile {
    /// Opens the newest file that is there, and cuts off a line that a crash has torn; begins one if there is none or
    /// the settings ask for a new one at start.
    func openNewest() throws(FileOutputError) {
        let error = FileCalls.makeDirectories(settings.path)
        if error != 0 { throw FileOutputError(.directory, settings.path, cause: error) }
        guard let newest = existing().last else { return try begin() }
        let path = fullPath(newest)
        let opened = FileCalls.open(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK)
        guard opened >= 0 else { throw FileOutputError(.open, path, cause: -opened) }
        adopt(opened, path)
        do throws(FileOutputError) {
            try lock()
            let torn = try tornTail()
            if torn > 0 {
                size -= torn
                logger.notice(
                    "cut off a half-written line", metadata: ["file.path": "\(path)", "bytes": "\(torn)"])
                let result = calls.truncate(descriptor, size)
                if result < 0 { throw FileOutputError(.truncate, path, cause: CInt(-result)) }
            }
        } catch {
            closeFile()
            throw error
        }
        syncedSize = size
        if settings.rotateOnStartup, size > 0 {
            closeFile()
            try begin()
        }
    }

    /// Begins a new file, and removes the oldest ones.
    func begin() throws(FileOutputError) {
        let names = existing()
        var name = FileName(day: FileName.day(milliseconds: now()), number: 0)
        // Never older than what is there, even if the clock went back.
        if let newest = names.last, newest >= name { name = FileName(day: newest.day, number: newest.number + 1) }
        let path = fullPath(name)
        let made = FileCalls.open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, mode: settings.permissions)
        guard made >= 0 else { throw FileOutputError(.open, path, cause: -made) }
        adopt(made, path)
        do throws(FileOutputError) {
            // The umask does not apply: the setting says it all.
            if fchmod(descriptor, settings.permissions) != 0 { throw FileOutputError(.open, path, cause: errno) }
            try lock()
            try syncDirectory()
        } catch {
            closeFile()
            throw error
        }
        for old in (names + [name]).dropLast(max(1, settings.numberOfFiles)) { unsafe unlink(fullPath(old)) }
    }

    private func adopt(_ opened: CInt, _ path: String) {
        descriptor = opened
        self.path = path
        size = Int(FileCalls.status(opened).size)
        syncedSize = 0
        repairSize = nil
    }

    /// Two that write to one file would cut off each other's lines.
    private func lock() throws(FileOutputError) {
        let result = FileCalls.retried { Int(flock(descriptor, LOCK_EX | LOCK_NB)) }
        if result < 0 { throw FileOutputError(.locked, path, cause: CInt(-result)) }
    }

    /// The name of a new file is durable once its directory is.
    private func syncDirectory() throws(FileOutputError) {
        let directory = FileCalls.open(settings.path, O_RDONLY | O_DIRECTORY)
        guard directory >= 0 else { throw FileOutputError(.directory, settings.path, cause: -directory) }
        let result = calls.sync(directory)
        close(directory)
        if result < 0 { throw FileOutputError(.sync, settings.path, cause: CInt(-result)) }
    }

    /// Bytes behind the last line feed.
    private func tornTail() throws(FileOutputError) -> Int {
        var end = size
        while end > 0 {
            let start = max(0, end - 64 * 1024)
            guard let bytes = FileCalls.read(descriptor, at: start, count: end - start) else {
                throw FileOutputError(.open, path, cause: EIO)
            }
            if let last = bytes.lastIndex(of: 0x0a) { return size - (start + last + 1) }
            end = start
        }
        return size
    }

    /// The files of this output, oldest first.
    private func existing() -> [FileName] {
        (FileCalls.names(in: settings.path) ?? []).compactMap { FileName($0, of: settings.filename) }.sorted()
    }

    private func fullPath(_ name: FileName) -> String { "\(settings.path)/\(name.text(settings.filename))" }
}
