import ByteTools
import EventModel
import Glibc

/// A chunk without a whole line: the line is long, or not finished, or the last one of a file that has ended.
extension FileInput {
    func lastLine(
        _ state: FileState, _ batch: BatchBuilder, _ segment: Segment, overlap: Int, bytes: Int, searched: Int,
        atEnd: Bool
    ) throws(Syscall.Failure) -> Harvest {
        let first = batch.used + overlap
        if searched == bytes, bytes <= settings.messageMaxBytes, atEnd {
            guard endsHere(state) else {
                noteSearched(state, UInt64(bytes))
                return .atEnd
            }
            return takeUnterminated(state, batch, segment, first: first, length: bytes, overlap: overlap, rest: 0)
        }
        let known = state.searched > FileInput.longLine ? state.searched : 0
        let end = try findTerminator(state, from: max(UInt64(searched), known))
        let length: UInt64
        switch end {
        case .found(let at): length = at
        case .none(let searched):
            guard endsHere(state) else {
                noteSearched(state, searched)
                return .atEnd
            }
            length = searched
        }
        let isTerminated = if case .found = end { true } else { false }
        let maximum = UInt64(settings.messageMaxBytes)
        let isWhole = try fits(state, length, maximum, isTerminated)
        let head = Int(isWhole ? length : min(length, maximum))
        let need = overlap + head + Slab.padding
        guard batch.room >= need else { return Harvest(status: .needsRoom(need)) }
        if bytes < head {
            let missing = head - bytes
            let target = unsafe batch.slab.base + first + bytes
            let got = try unsafe Syscall.read(
                state.descriptor, into: target, count: missing, at: state.readOffset + UInt64(bytes))
            guard got == missing else { return Harvest(status: .more) }
        }
        if isWhole {
            return takeWhole(state, batch, segment, first: first, length: head, overlap: overlap)
        }
        let rest = length - UInt64(head) + (isTerminated ? 1 : 0)
        return takeUnterminated(state, batch, segment, first: first, length: head, overlap: overlap, rest: rest)
    }

    /// A long line that grows slowly is not read again at each step: only what is new is searched.
    func isUnfinished(_ state: FileState) throws(Syscall.Failure) -> Bool {
        guard state.searched > FileInput.longLine else { return false }
        let tail = anchorInFile(state, endingAt: state.readOffset + state.searched)
        guard !endsHere(state), tail == state.searchedAnchor else {
            // What was searched may not be there any more.
            state.searched = 0
            return false
        }
        guard case .none(let searched) = try findTerminator(state, from: state.searched) else { return false }
        noteSearched(state, searched)
        return true
    }

    /// Bytes that are searched anew at each look, since that costs next to nothing.
    private static let longLine: UInt64 = 64 * 1024

    /// So many bytes behind the position hold no terminator. Few of them are not worth remembering for the search, but
    /// they tell the rescan that there is nothing new.
    func noteSearched(_ state: FileState, _ bytes: UInt64) {
        state.searched = bytes
        if bytes > FileInput.longLine {
            state.searchedAnchor = anchorInFile(state, endingAt: state.readOffset + bytes)
        }
    }

    /// A carriage return at the end does not count.
    private func fits(
        _ state: FileState, _ length: UInt64, _ maximum: UInt64, _ isTerminated: Bool
    ) throws(Syscall.Failure) -> Bool {
        guard isTerminated, length > maximum else { return isTerminated }
        guard length == maximum + 1 else { return false }
        var byte: UInt8 = 0
        let got = try unsafe Syscall.read(state.descriptor, into: &byte, count: 1, at: state.readOffset + length - 1)
        return got == 1 && byte == 0x0d
    }

    private enum Terminator {
        /// Bytes from the position to the line feed.
        case found(UInt64)
        /// There is none in so many bytes, which are all that the file has.
        case none(searched: UInt64)
    }

    /// Looks for the end of the line without keeping it: a line of gigabytes costs no memory.
    private func findTerminator(_ state: FileState, from start: UInt64) throws(Syscall.Failure) -> Terminator {
        let size = 128 * 1024
        let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
        defer { unsafe scratch.deallocate() }
        var searched = start
        while true {
            let got = try unsafe Syscall.read(
                state.descriptor, into: scratch, count: size, at: state.readOffset + searched)
            if let found = unsafe memchr(scratch, 0x0a, got) {
                return unsafe .found(searched + UInt64(UnsafeRawPointer(found) - UnsafeRawPointer(scratch)))
            }
            searched += UInt64(got)
            if got < size { return .none(searched: searched) }
        }
    }

    /// A whole line that did not fit into one chunk.
    private func takeWhole(
        _ state: FileState, _ batch: BatchBuilder, _ begun: Segment, first: Int, length: Int, overlap: Int
    ) -> Harvest {
        var segment = begun
        var harvest = Harvest(status: .more)
        let base = unsafe batch.slab.base
        // The terminator itself was not read; its place in the slab is free.
        unsafe base[first + length] = 0x0a
        let carriageReturn = unsafe length > 0 && base[first + length - 1] == 0x0d
        if unsafe format.drops(base + first, count: length) {
            harvest.filtered = UInt64(length + 1)
            harvest.filteredLines = 1
        } else {
            batch.append(
                LineRef(start: first, length: length - (carriageReturn ? 1 : 0), carriageReturn: carriageReturn))
        }
        finish(state, batch, &segment, &harvest, first: first, at: first + length + 1, overlap: overlap)
        return harvest
    }

    /// The last line of a file that has ended, or the head of one that is too long; `rest` bytes are skipped.
    private func takeUnterminated(
        _ state: FileState, _ batch: BatchBuilder, _ begun: Segment, first: Int, length: Int, overlap: Int, rest: UInt64
    ) -> Harvest {
        var segment = begun
        var harvest = Harvest(status: .more)
        if unsafe length == 0 || format.drops(batch.slab.base + first, count: length) {
            harvest.filtered = UInt64(length)
            harvest.filteredLines = length == 0 ? 0 : 1
        } else {
            batch.append(LineRef(start: first, length: length, truncated: rest > 0, unterminated: true))
        }
        finish(state, batch, &segment, &harvest, first: first, at: first + length, overlap: overlap)
        if rest > 0 { skipRest(state, batch, rest, &harvest) }
        return harvest
    }

    /// The cut part of a line: the position moves over it with the line itself, in a segment without events.
    private func skipRest(_ state: FileState, _ batch: BatchBuilder, _ rest: UInt64, _ harvest: inout Harvest) {
        harvest.cut = rest
        harvest.read += rest
        guard let source = state.source ?? batch.segments.last?.source else { return }
        var segment = batch.beginSegment(
            source, readAt: Syscall.wallMilliseconds(), base: 0, start: state.readOffset)
        segment.end = state.readOffset + rest
        segment.anchor = anchorInFile(state, endingAt: segment.end)
        batch.endSegment(segment, used: batch.used)
        state.readOffset = segment.end
        state.anchor = segment.anchor
    }

    private func anchorInFile(_ state: FileState, endingAt end: UInt64) -> Anchor {
        let length = Int(min(end, UInt64(Anchor.maximum)))
        var bytes = [UInt8](repeating: 0, count: length)
        let got = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            (try? unsafe Syscall.read(
                state.descriptor, into: buffer.baseAddress!, count: length, at: end - UInt64(length))) ?? 0
        }
        guard got == length else { return .none }
        return unsafe bytes.withUnsafeBufferPointer { unsafe Anchor(endingAt: $0.baseAddress! + length, count: length) }
    }
}
