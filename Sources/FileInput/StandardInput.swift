import ByteTools
package import EventModel
import Glibc

/// Standard input: lines from a pipe, a terminal or a file. There is no place to go on from, so nothing is registered.
///
/// - Ownership: the pipeline's thread.
package final class StandardInput {
    /// It has no row in the registry.
    package static let fileID: Int64 = -1

    package let descriptor: Int32
    private let source: EventSource
    private let format: LineReading?
    private let maximum: Int
    /// Bytes of a line whose end has not come yet.
    private var rest: [UInt8] = []
    private var skipped: UInt64 = 0
    private var offset: UInt64 = 0
    private var sawEnd = false
    private var readable = false
    /// A regular file is always ready, and epoll does not take it.
    package var isAlwaysReady = false

    /// - Parameter template: makes the events' template from the first part of their ids.
    package init(_ settings: FileInputSettings, descriptor: Int32 = 0, template: (String) -> EventTemplate) throws {
        self.descriptor = descriptor
        maximum = settings.messageMaxBytes
        format = try LineReading(settings)
        let key = "stdin-\(getpid())-\(Syscall.wallMilliseconds())"
        source = EventSource(fileID: StandardInput.fileID, generation: 0, path: "-", idKey: key, template: template(key))
    }

    package var isReady: Bool {
        get { !isAtEnd && (readable || isAlwaysReady) }
        set { readable = newValue }
    }

    /// Everything has been read and handed on.
    package var isAtEnd: Bool { sawEnd && rest.isEmpty }

    /// Bytes that a batch must have free for the next `harvest`.
    package var roomNeeded: Int { rest.count + FileInput.minimumRoom }

    /// Reads what there is, without waiting for more.
    package func harvest(into batch: BatchBuilder) -> Harvest {
        readable = false
        var harvest = Harvest.atEnd
        let start = batch.used
        let base = unsafe batch.slab.base
        unsafe rest.withUnsafeBufferPointer { kept in
            if let from = kept.baseAddress { unsafe memcpy(base + start, from, kept.count) }
        }
        let room = batch.room - rest.count
        let got = sawEnd ? 0 : unsafe read(descriptor, base + start + rest.count, room)
        if got < 0 {
            if errno != EAGAIN, errno != EINTR { sawEnd = true }
            return harvest
        }
        if got == 0 { sawEnd = true }
        let end = start + rest.count + got
        var segment = batch.beginSegment(
            source, readAt: Syscall.wallMilliseconds(), base: Int64(offset) - Int64(start), start: offset)
        let at = split(batch, start, end, &harvest)
        segment.end = offset + UInt64(at - start)
        harvest.read = segment.end - segment.start
        segment.eventBytes = harvest.read - harvest.filtered - harvest.empty - harvest.cut
        rest = unsafe Array(UnsafeBufferPointer(start: base + at, count: end - at))
        offset = segment.end
        if harvest.read > 0 { batch.endSegment(segment, used: at) }
        return harvest
    }

    private func split(_ batch: BatchBuilder, _ start: Int, _ end: Int, _ harvest: inout Harvest) -> Int {
        let base = unsafe batch.slab.base
        var at = start
        while at < end, batch.eventRoom > 0 {
            var stop = end
            var unterminated = true
            if let found = unsafe memchr(base + at, 0x0a, end - at) {
                stop = unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
                unterminated = false
            } else if !sawEnd, end - at < maximum {
                break
            }
            take(batch, at, stop, unterminated: unterminated, &harvest)
            at = stop + (unterminated ? 0 : 1)
        }
        return at
    }

    private func take(_ batch: BatchBuilder, _ start: Int, _ end: Int, unterminated: Bool, _ harvest: inout Harvest) {
        let base = unsafe batch.slab.base
        var length = end - start
        let carriageReturn = unsafe length > 0 && !unterminated && base[end - 1] == 0x0d
        if carriageReturn { length -= 1 }
        let bytes = UInt64(end - start + (unterminated ? 0 : 1))
        if length == 0 {
            harvest.empty += bytes
        } else if unsafe format?.drops(base + start, count: length) == true {
            harvest.filtered += bytes
        } else {
            batch.append(
                LineRef(start: start, length: length, carriageReturn: carriageReturn, unterminated: unterminated))
        }
    }
}
