import ByteTools
import CShim
package import EventModel
package import FileRegistry
import Glibc
package import Logging

/// Lines of a stream: standard input, or a compressed file that is shipped once.
///
/// - Ownership: the pipeline's thread.
@safe
package final class StreamInput {
    /// What standard input has instead of a row in the registry.
    package static let standardInputID: Int64 = -1

    package let path: String
    private let bytes: any ByteSource
    private let source: EventSource
    private let format: LineReading
    private let maximum: Int
    private let logger: Logger
    /// Position in the registry; nil for standard input, which has no place to go on from.
    private var record: FileRecord?
    private var isDirty = false
    /// Bytes of a line whose end has not come yet.
    private var rest: [UInt8] = []
    /// The line in `rest` is too long: its head has been taken, and what comes up to its end is skipped.
    private var isSkipping = false
    private var offset: UInt64
    private var sawEnd = false
    private var isReadable = false
    /// A regular file is always ready, and epoll does not take it.
    package var isAlwaysReady = false
    /// Why the stream ended before its end; nil: it did not.
    package private(set) var failure: StreamError?

    /// Standard input. Its events have ids too, but another run has others.
    package init(
        standardInput settings: FileInputSettings, descriptor: Int32 = 0, logger: Logger,
        template: (String) -> EventTemplate
    ) throws {
        path = "-"
        bytes = DescriptorSource(descriptor)
        maximum = settings.messageMaxBytes
        format = try LineReading(settings)
        offset = 0
        self.logger = logger
        let key = "stdin-\(getpid())-\(Syscall.wallMilliseconds())"
        source = EventSource(
            fileID: StreamInput.standardInputID, generation: 0, path: "-", idKey: key, template: template(key))
    }

    /// A gzip file, from where the registry says. Offsets are those of the decompressed bytes.
    package init(
        gzip path: String, _ settings: FileInputSettings, pipeline: String, registry: any RegistryStore,
        logger: Logger, template: (FileFacts) -> EventTemplate
    ) throws {
        let descriptor = try Syscall.open(path, follow: true)
        defer { Syscall.close(descriptor) }
        let stat = try Syscall.stat(descriptor: descriptor)
        let head = try FileIdentity.head(descriptor)
        let print = FileIdentity.fingerprint(head)
        let known = registry.records(pipeline: pipeline).first {
            $0.input == settings.id && $0.inode == stat.inode && $0.fingerprint == print.hash
        }
        let key = known?.idKey ?? FileIdentity.key(stat, generation: 0, firstLine: head)
        let record = FileRecord(
            id: known?.id ?? registry.nextID(), pipeline: pipeline, input: settings.id, path: path,
            device: stat.device, inode: stat.inode, birth: stat.birth, fingerprint: print.hash,
            fingerprintLength: print.length, generation: 0, idKey: key, offset: known?.offset ?? 0, anchor: .none,
            seen: Syscall.wallMilliseconds() * 1_000_000, removed: false)
        let gzip = try GzipSource(path: path)
        try gzip.skip(record.offset)
        self.path = path
        self.record = record
        self.logger = logger
        bytes = gzip
        offset = record.offset
        maximum = settings.messageMaxBytes
        format = try LineReading(settings)
        isAlwaysReady = true
        let facts = FileFacts(
            path: path, device: stat.device, inode: stat.inode, fingerprint: print.hash, idKey: key)
        source = EventSource(fileID: record.id, generation: 0, path: path, idKey: key, template: template(facts))
    }

    package var fileID: Int64 { source.fileID }
    package var descriptor: Int32? { bytes.descriptor }

    package var isReady: Bool {
        get { !isAtEnd && (isReadable || isAlwaysReady || sawEnd) }
        set { isReadable = newValue }
    }

    /// Everything has been read and handed on.
    package var isAtEnd: Bool { sawEnd && rest.isEmpty }

    /// Bytes that a batch must have free for the next `harvest`.
    package var roomNeeded: Int { rest.count + FileInput.minimumRoom }

    package func settled(fileID: Int64, offset: UInt64) {
        guard record?.id == fileID else { return }
        record?.offset = offset
        isDirty = true
    }

    /// The row as it is now, when it has changed since the last call.
    package func takeRecord() -> FileRecord? {
        guard isDirty, var record else { return nil }
        isDirty = false
        record.seen = Syscall.wallMilliseconds() * 1_000_000
        return record
    }

    /// Reads what there is, without waiting for more.
    package func harvest(into batch: BatchBuilder) -> Harvest {
        isReadable = false
        var harvest = Harvest.atEnd
        let start = batch.used
        let base = unsafe batch.slab.base
        unsafe rest.withUnsafeBufferPointer { kept in
            if let from = kept.baseAddress { unsafe memcpy(base + start, from, kept.count) }
        }
        guard let got = unsafe fill(base + start + rest.count, room: batch.room - rest.count) else { return harvest }
        let end = start + rest.count + got
        var segment = batch.beginSegment(
            source, readAt: Syscall.wallMilliseconds(), base: Int64(offset) - Int64(start), start: offset)
        let at = split(batch, start, end, &harvest)
        segment.end = offset + UInt64(at - start)
        harvest.read = segment.end - segment.start
        segment.eventBytes = harvest.read - harvest.filtered - harvest.empty - harvest.cut
        rest = unsafe Array(UnsafeBufferPointer(start: base + at, count: end - at))
        // Whole lines may have been left for want of room; nothing new has to come for them.
        if batch.eventRoom == 0, !rest.isEmpty { isReadable = true }
        offset = segment.end
        if harvest.read > 0 { batch.endSegment(segment, used: at) }
        return harvest
    }

    private func fill(_ buffer: UnsafeMutablePointer<UInt8>, room: Int) -> Int? {
        if sawEnd { return 0 }
        do throws(StreamError) {
            guard let got = try unsafe bytes.read(into: buffer, count: room) else { return nil }
            if got == 0 { sawEnd = true }
            return got
        } catch {
            logger.error("stream broke off", metadata: ["file.path": "\(path)", "error.message": "\(error.cause)"])
            failure = error
            sawEnd = true
            return 0
        }
    }

    private func split(_ batch: BatchBuilder, _ start: Int, _ end: Int, _ harvest: inout Harvest) -> Int {
        let base = unsafe batch.slab.base
        var at = start
        while at < end, batch.eventRoom > 0 {
            var stop = end
            var isWhole = false
            if let found = unsafe memchr(base + at, 0x0a, end - at) {
                stop = unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
                isWhole = true
            } else if !sawEnd, !isSkipping, end - at <= maximum {
                break
            }
            take(batch, at, stop, isWhole: isWhole, &harvest)
            at = stop + (isWhole ? 1 : 0)
        }
        return at
    }

    private func take(_ batch: BatchBuilder, _ start: Int, _ end: Int, isWhole: Bool, _ harvest: inout Harvest) {
        let base = unsafe batch.slab.base
        let bytes = end - start + (isWhole ? 1 : 0)
        if isSkipping {
            harvest.cut += UInt64(bytes)
            isSkipping = !isWhole
            return
        }
        var length = end - start
        if length > maximum {
            batch.append(LineRef(start: start, length: maximum, truncated: true, unterminated: true))
            harvest.cut += UInt64(bytes - maximum)
            isSkipping = !isWhole
            return
        }
        let carriageReturn = unsafe length > 0 && isWhole && base[end - 1] == 0x0d
        if carriageReturn { length -= 1 }
        if length == 0 {
            harvest.empty += UInt64(bytes)
        } else if unsafe format.drops(base + start, count: length) {
            harvest.filtered += UInt64(bytes)
            harvest.filteredLines += 1
        } else {
            batch.append(LineRef(start: start, length: length, carriageReturn: carriageReturn, unterminated: !isWhole))
        }
    }
}
