import ByteTools
import CShim
package import EventModel
import FileRegistry
import Glibc
import Logging

/// What one look at a file brought.
package struct Harvest {
    package enum Status {
        /// There is probably more; it stays in the queue.
        case more
        /// Read to its end for now.
        case atEnd
        /// A line does not fit: come back with a batch that has so many bytes free.
        case needsRoom(Int)
    }

    package var status: Status
    /// Bytes of the file that were taken, and those of them that make no event.
    package var read: UInt64 = 0
    package var filtered: UInt64 = 0
    package var empty: UInt64 = 0
    /// Lines that `include_lines` or `exclude_lines` dropped.
    package var filteredLines = 0
    package var cut: UInt64 = 0
    package var generation: UInt32 = 0

    static let atEnd = Harvest(status: .atEnd)
}

/// Reading: from the file straight into a batch.
extension FileInput {
    /// Bytes that one file may read before it is another's turn.
    static let turnBytes = 256 * 1024
    /// Least room that makes a read worth while.
    package static let minimumRoom = 16 * 1024

    /// Reads a chunk of a file into the batch and splits it into lines.
    package func harvest(_ state: FileState, into batch: BatchBuilder, now: Int64) -> Harvest {
        clock = now
        guard isReleased(state) else {
            hold(state)
            return .atEnd
        }
        var harvest = Harvest.atEnd
        do throws(Syscall.Failure) {
            if try prepare(state) {
                harvest = try format.isPlain ? readPlain(state, batch) : readRecoded(state, batch)
            }
        } catch {
            refuse(state.path, "file cannot be read", error.text)
            close(state)
        }
        harvest.generation = state.generation
        if harvest.read > 0 { state.lastRead = now }
        switch harvest.status {
        case .more: enqueue(state)
        case .needsRoom: break
        case .atEnd: reachedEnd(state)
        }
        return harvest
    }

    /// The fast way: LF-terminated lines of bytes that need no recoding.
    private func readPlain(_ state: FileState, _ batch: BatchBuilder) throws(Syscall.Failure) -> Harvest {
        if try isUnfinished(state) { return .atEnd }
        let overlap = Int(state.anchor.length)
        guard batch.room > overlap else { return Harvest(status: .needsRoom(FileInput.minimumRoom)) }
        let want = wanted(state, batch, overlap)
        let from = state.readOffset - UInt64(overlap)
        let start = unsafe batch.free
        let got = try unsafe Syscall.read(state.descriptor, into: start, count: want, at: from)
        guard unsafe isUntouched(state, start, got) else {
            restart(state, "file was truncated or replaced, read anew from its start")
            return Harvest(status: .more)
        }
        let bytes = got - overlap
        state.size = max(state.size, state.readOffset + UInt64(bytes))
        if bytes == 0 { return try atEndOfFile(state) }
        guard let source = state.source else { return .atEnd }
        let segment = batch.beginSegment(
            source, readAt: Syscall.wallMilliseconds(), base: Int64(from) - Int64(batch.used), start: state.readOffset
        )
        let atEnd = got < want
        return try split(state, batch, segment, overlap: overlap, bytes: bytes, atEnd: atEnd)
    }

    /// A position without an anchor (content that was left out) may lie behind the end.
    private func atEndOfFile(_ state: FileState) throws(Syscall.Failure) -> Harvest {
        guard state.anchor.length == 0, state.readOffset > 0 else { return .atEnd }
        guard try Syscall.stat(descriptor: state.descriptor).size < state.readOffset else { return .atEnd }
        restart(state, "file was truncated, read anew from its start")
        return Harvest(status: .more)
    }

    /// As much as the batch has room for, by the file's usual length of a line.
    private func wanted(_ state: FileState, _ batch: BatchBuilder, _ overlap: Int) -> Int {
        let events = batch.eventRoom &* (state.lineBytes + state.lineBytes / 4)
        let least = max(4096, state.lineBytes * 2)
        let bytes = min(batch.room - overlap, max(FileInput.turnBytes, least), max(events, least))
        return bytes + overlap
    }

    /// The bytes in front of the position are those that were read before.
    private func isUntouched(_ state: FileState, _ start: UnsafePointer<UInt8>, _ got: Int) -> Bool {
        let overlap = Int(state.anchor.length)
        guard got >= overlap else { return false }
        let anchor = unsafe Anchor(endingAt: start + overlap, count: overlap)
        return overlap == 0 || anchor == state.anchor
    }

    private func split(
        _ state: FileState, _ batch: BatchBuilder, _ begun: Segment, overlap: Int, bytes: Int, atEnd: Bool
    ) throws(Syscall.Failure) -> Harvest {
        var segment = begun
        var harvest = Harvest(status: atEnd ? .atEnd : .more)
        let first = batch.used + overlap
        let base = unsafe batch.slab.base
        var at = first
        let end = first + bytes
        let maximum = settings.messageMaxBytes
        var stopped = false
        var isLong = false
        if segment.start == 0, unsafe FileInput.hasByteOrderMark(base + at, bytes) {
            at += 3
            harvest.empty = 3
        }
        while at < end {
            if batch.eventRoom == 0 {
                stopped = true
                break
            }
            guard let found = unsafe memchr(base + at, 0x0a, end - at) else { break }
            let next = unsafe (UnsafeRawPointer(found) - UnsafeRawPointer(base)) + 1
            if next - at - 1 > maximum, unsafe next - at - 2 > maximum || base[next - 2] != 0x0d {
                isLong = true
                break
            }
            unsafe takeLine(batch, base, at, next - 1, &harvest)
            at = next
        }
        if at == first, !stopped, end > first {
            let searched = isLong ? 0 : bytes
            return try lastLine(
                state, batch, segment, overlap: overlap, bytes: bytes, searched: searched, atEnd: atEnd)
        }
        if at == first { return Harvest(status: .more) }
        finish(state, batch, &segment, &harvest, first: first, at: at, overlap: overlap)
        if at < end {
            let waits = atEnd && !stopped && !isLong && !endsHere(state)
            if waits { noteSearched(state, UInt64(end - at)) }
            harvest.status = waits ? .atEnd : .more
        }
        return harvest
    }

    /// UTF-8's byte order mark belongs to no line.
    private static func hasByteOrderMark(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        unsafe count >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf
    }

    @inline(__always)
    private func takeLine(
        _ batch: BatchBuilder, _ base: UnsafeMutablePointer<UInt8>, _ start: Int, _ end: Int, _ harvest: inout Harvest
    ) {
        var length = end - start
        let carriageReturn = unsafe length > 0 && base[end - 1] == 0x0d
        if carriageReturn { length -= 1 }
        if length == 0 {
            harvest.empty += UInt64(end - start + 1)
        } else if unsafe format.drops(base + start, count: length) {
            harvest.filtered += UInt64(end - start + 1)
            harvest.filteredLines += 1
        } else {
            batch.append(LineRef(start: start, length: length, carriageReturn: carriageReturn))
        }
    }

    /// Closes the segment behind the last whole line, and moves the file's position there.
    func finish(
        _ state: FileState, _ batch: BatchBuilder, _ segment: inout Segment, _ harvest: inout Harvest, first: Int,
        at: Int, overlap: Int
    ) {
        let taken = at - first
        harvest.read = UInt64(taken)
        segment.end = segment.start + UInt64(taken)
        segment.eventBytes = harvest.read - harvest.filtered - harvest.empty
        segment.anchor = unsafe Anchor(endingAt: batch.slab.base + at, count: overlap + taken)
        unsafe state.opening.extend(at: segment.start, batch.slab.base + first, count: taken)
        let lines = batch.lines.count - segment.firstLine
        if lines > 0 { state.lineBytes = max(16, (state.lineBytes * 3 + taken / lines) / 4) }
        batch.endSegment(segment, used: at)
        state.readOffset = segment.end
        state.anchor = segment.anchor
        state.searched = 0
    }
}
