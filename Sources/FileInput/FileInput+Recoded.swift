import ByteTools
import EventModel
import FileRegistry
import Glibc
import Logging
import Parsing

/// The slow way: other encodings and terminators. Each line is recoded into the batch, with its place in the file beside it.
extension FileInput {
    private static let chunk = 128 * 1024

    func readRecoded(_ state: FileState, _ batch: BatchBuilder) throws(Syscall.Failure) -> Harvest {
        guard let source = state.source else { return .atEnd }
        let overlap = Int(state.anchor.length)
        let from = state.readOffset - UInt64(overlap)
        let bytes = try read(state, at: from, count: overlap + FileInput.chunk)
        let isKnown = unsafe bytes.withUnsafeBufferPointer { buffer -> Bool in
            if overlap == 0 { return true }
            guard buffer.count >= overlap else { return false }
            let anchor = unsafe Anchor(endingAt: buffer.baseAddress! + overlap, count: overlap)
            return anchor == state.anchor
        }
        guard isKnown else {
            restart(state, "file was truncated or replaced, read anew from its start")
            return Harvest(status: .more)
        }
        if bytes.count == overlap { return .atEnd }
        let atEnd = bytes.count < overlap + FileInput.chunk
        guard let (format, skip) = try format(of: state) else { return .atEnd }
        var lines = RecodedLines(format: format, bytes: bytes, start: overlap)
        var harvest = Harvest(status: atEnd ? .atEnd : .more)
        if state.readOffset == 0, skip > 0 {
            lines.at += skip
            harvest.empty += UInt64(skip)
        }
        var segment = batch.beginSegment(
            source, readAt: Syscall.wallMilliseconds(), base: 0, start: state.readOffset)
        var used = batch.used
        var needs = 0
        while batch.eventRoom > 0, let line = lines.next(isLast: atEnd && endsHere(state)) {
            let room = batch.slab.capacity - used
            guard line.text.count <= room else {
                needs = line.text.count
                lines.at = line.start
                break
            }
            take(line, state, batch, &segment, &used, &harvest, from: from)
        }
        let taken = lines.at - overlap
        if taken == 0 {
            if needs > 0 { return Harvest(status: .needsRoom(needs + Slab.padding)) }
            if atEnd { return .atEnd }
            return try longRecoded(state, batch, source, format)
        }
        if lines.at < bytes.count, batch.eventRoom == 0 || needs > 0 { harvest.status = .more }
        harvest.read = UInt64(taken)
        segment.end = state.readOffset + harvest.read
        segment.eventBytes = harvest.read - harvest.empty - harvest.filtered
        segment.anchor = unsafe bytes.withUnsafeBufferPointer {
            unsafe state.opening.extend(at: segment.start, $0.baseAddress! + overlap, count: taken)
            return unsafe Anchor(endingAt: $0.baseAddress! + lines.at, count: lines.at)
        }
        close(segment, state, batch, used: used)
        return harvest
    }

    private func take(
        _ line: RecodedLines.Line, _ state: FileState, _ batch: BatchBuilder, _ segment: inout Segment,
        _ used: inout Int, _ harvest: inout Harvest, from: UInt64
    ) {
        let bytes = UInt64(line.end - line.start)
        if line.text.isEmpty {
            harvest.empty += bytes
            return
        }
        let drops = unsafe line.text.withUnsafeBufferPointer { unsafe format.drops($0.baseAddress!, count: $0.count) }
        if drops {
            harvest.filtered += bytes
            harvest.filteredLines += 1
            return
        }
        let kept = min(line.text.count, settings.messageMaxBytes)
        unsafe line.text.withUnsafeBufferPointer { text in
            _ = unsafe memcpy(batch.slab.base + used, text.baseAddress!, kept)
        }
        batch.append(LineRef(start: used, length: kept, truncated: kept < line.text.count))
        segment.places.append(.init(offset: from + UInt64(line.start), bytes: bytes))
        used += kept
    }

    /// No terminator in a whole chunk: the line is cut after `message_max_bytes`, and its rest is read over.
    private func longRecoded(
        _ state: FileState, _ batch: BatchBuilder, _ source: EventSource, _ format: LineFormat
    ) throws(Syscall.Failure) -> Harvest {
        var searched = FileInput.chunk / 2
        var end: Int?
        while end == nil {
            let window = try read(state, at: state.readOffset + UInt64(searched), count: FileInput.chunk)
            let found = unsafe window.withUnsafeBufferPointer { unsafe format.nextTerminator(in: $0, from: 0) }
            if let found {
                end = searched + found.end + found.length
            } else if window.count < FileInput.chunk {
                guard endsHere(state) else { return .atEnd }
                end = searched + window.count
            } else {
                searched += FileInput.chunk / 2
            }
        }
        let whole = end!
        let head = try read(state, at: state.readOffset, count: min(whole, settings.messageMaxBytes))
        var text: [UInt8] = []
        _ = unsafe head.withUnsafeBufferPointer { unsafe format.recode($0, into: &text) }
        let kept = min(text.count, settings.messageMaxBytes)
        guard batch.room >= kept + Slab.padding else { return Harvest(status: .needsRoom(kept + Slab.padding)) }
        var harvest = Harvest(status: .more)
        var segment = batch.beginSegment(source, readAt: Syscall.wallMilliseconds(), base: 0, start: state.readOffset)
        let used = batch.used
        unsafe text.withUnsafeBufferPointer { _ = unsafe memcpy(batch.slab.base + used, $0.baseAddress!, kept) }
        batch.append(LineRef(start: used, length: kept, truncated: whole > head.count))
        segment.places.append(.init(offset: state.readOffset, bytes: UInt64(head.count)))
        harvest.read = UInt64(whole)
        harvest.cut = UInt64(whole - head.count)
        segment.end = state.readOffset + harvest.read
        segment.eventBytes = UInt64(head.count)
        let anchorLength = min(whole, Anchor.maximum)
        let last = try read(state, at: segment.end - UInt64(anchorLength), count: anchorLength)
        segment.anchor = unsafe last.withUnsafeBufferPointer {
            unsafe Anchor(endingAt: $0.baseAddress! + $0.count, count: $0.count)
        }
        close(segment, state, batch, used: used + kept)
        return harvest
    }

    private func close(_ segment: Segment, _ state: FileState, _ batch: BatchBuilder, used: Int) {
        batch.endSegment(segment, used: used)
        state.readOffset = segment.end
        state.anchor = segment.anchor
        state.searched = 0
    }

    /// The file's own format: a byte order mark decides which UTF-16 it is.
    private func format(of state: FileState) throws(Syscall.Failure) -> (LineFormat, Int)? {
        let head = try read(state, at: 0, count: 4)
        let own = unsafe head.withUnsafeBufferPointer { unsafe try? format.format.start(of: $0) }
        return own.map { ($0.format, $0.skip) }
    }

    private func read(_ state: FileState, at offset: UInt64, count: Int) throws(Syscall.Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var failure: Syscall.Failure?
        let got = unsafe bytes.withUnsafeMutableBufferPointer { buffer -> Int in
            do throws(Syscall.Failure) {
                return try unsafe Syscall.read(state.descriptor, into: buffer.baseAddress!, count: count, at: offset)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        bytes.removeSubrange(got...)
        return bytes
    }
}

/// Cuts bytes into lines and recodes them.
private struct RecodedLines {
    struct Line {
        let start: Int
        /// Behind the terminator.
        let end: Int
        let text: [UInt8]
    }

    let format: LineFormat
    let bytes: [UInt8]
    var at: Int

    init(format: LineFormat, bytes: [UInt8], start: Int) {
        self.format = format
        self.bytes = bytes
        at = start
    }

    /// - Parameter isLast: nothing follows these bytes: what has no terminator is a line too.
    mutating func next(isLast: Bool) -> Line? {
        guard at < bytes.count else { return nil }
        let start = at
        return unsafe bytes.withUnsafeBufferPointer { buffer -> Line? in
            let found = unsafe format.nextTerminator(in: buffer, from: start)
            guard found != nil || isLast else { return nil }
            let end = found?.end ?? buffer.count
            var text: [UInt8] = []
            _ = unsafe format.recode(UnsafeBufferPointer(rebasing: buffer[start..<end]), into: &text)
            at = end + (found?.length ?? 0)
            return Line(start: start, end: at, text: text)
        }
    }
}
