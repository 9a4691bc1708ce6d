import CShim
import Glibc
import Logging

/// Files in a directory, of which the newest is written to until it is full.
///
/// Names are `<filename>-<yyyyMMdd>[-<n>].ndjson`, where the date is the day (UTC) on which the file was begun.
/// Invariants: the file ends with a whole line whenever `append` returns; where that could not be achieved, nothing is
/// written before it is (`repairSize`). The first `syncedSize` bytes have survived an fsync.
/// - Ownership: one thread.
final class RotatingFile {
    let settings: FileOutputSettings
    let calls: FileCalls
    let logger: Logger
    /// ms since 1970.
    let now: @Sendable () -> Int64
    var descriptor: CInt = -1
    var path = ""
    var size = 0
    var syncedSize = 0
    /// Size that the file must be cut to before anything is written.
    var repairSize: Int?

    init(
        _ settings: FileOutputSettings, calls: FileCalls, logger: Logger, now: @escaping @Sendable () -> Int64
    ) {
        self.settings = settings
        self.calls = calls
        self.logger = logger
        self.now = now
    }

    deinit { closeFile() }

    func closeFile() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    private var limit: Int { max(1, settings.rotateEveryKB) * 1024 }

    /// Writes the events of a buffer, from one file into the next where needed.
    /// - Returns: how many of them, from the first on, are there in whole, and why not all.
    func append(_ buffer: EventBuffer) -> (events: Int, error: FileOutputError?) {
        var done = 0
        do throws(FileOutputError) {
            try prepare()
            while done < buffer.ends.count {
                let start = done == 0 ? 0 : buffer.ends[done - 1]
                let fitting = buffer.events(from: done, within: start + max(0, limit - size))
                if fitting == 0, size > 0 {
                    try rotate()
                    continue
                }
                let (events, error) = write(buffer, first: done, count: max(1, fitting))
                done += events
                if let error { return (done, error) }
            }
            return (done, nil)
        } catch {
            return (done, error)
        }
    }

    private func write(_ buffer: EventBuffer, first: Int, count: Int) -> (events: Int, error: FileOutputError?) {
        let start = first == 0 ? 0 : buffer.ends[first - 1]
        let end = buffer.ends[first + count - 1]
        var at = start
        while at < end {
            let result = unsafe buffer.withBytes(at..<end) { unsafe calls.write(descriptor, $0) }
            if result > 0 {
                at += result
                continue
            }
            let events = buffer.events(from: first, within: at)
            let whole = events == 0 ? start : buffer.ends[first + events - 1]
            size += whole - start
            if at > whole { cut(to: size) }
            return (events, FileOutputError(.write, path, cause: result < 0 ? CInt(-result) : ENOSPC))
        }
        size += end - start
        return (count, nil)
    }

    /// Makes what was written durable.
    ///
    /// When that fails, the kernel may have dropped the pages: the file goes back to what is known to be on the disk,
    /// and everything since has to be written again.
    func sync() throws(FileOutputError) {
        guard descriptor >= 0, size != syncedSize else { return }
        let result = calls.sync(descriptor)
        if result < 0 {
            size = syncedSize
            cut(to: size)
            throw FileOutputError(.sync, path, cause: CInt(-result))
        }
        syncedSize = size
    }

    private func cut(to size: Int) {
        repairSize = calls.truncate(descriptor, size) < 0 ? size : nil
    }

    /// Sees to it that there is a file with room and a whole last line.
    private func prepare() throws(FileOutputError) {
        if descriptor < 0 { try openNewest() }
        if let repairSize {
            let result = calls.truncate(descriptor, repairSize)
            if result < 0 { throw FileOutputError(.truncate, path, cause: CInt(-result)) }
            self.repairSize = nil
        }
        let status = FileCalls.status(descriptor)
        if status.links == 0 {
            // Removed by somebody else: nobody would ever read what is written to it.
            closeFile()
            return try begin()
        }
        if Int(status.size) != size {
            size = Int(status.size)
            syncedSize = min(syncedSize, size)
        }
        if size >= limit { try rotate() }
    }

    private func rotate() throws(FileOutputError) {
        try sync()
        closeFile()
        try begin()
    }
}
