/// The lines of one file generation that stand together in a batch.
///
/// Invariants: the segment covers the file's bytes `start..<end`, and `lines` of the batch are all the events in that
/// range. Where `places` is empty the range lies in the slab as it lies in the file, so that an event's file offset is
/// `base + line.start`; where lines were recoded, `places` has the offset and size of each.
package struct Segment: Sendable {
    /// Where the original bytes of a recoded or cut line lie in the file.
    package struct Place: Sendable, Equatable {
        package let offset: UInt64
        /// Terminator and skipped rest included.
        package let bytes: UInt64

        package init(offset: UInt64, bytes: UInt64) {
            self.offset = offset
            self.bytes = bytes
        }
    }

    package let source: EventSource
    /// When the bytes were read: ms since 1970, UTC. It becomes `@timestamp`.
    package let readAt: Int64
    /// Index of the first line in the batch.
    package let firstLine: Int
    package var lineCount: Int
    /// File offset minus slab offset, for lines that lie in the slab as in the file.
    package let base: Int64
    /// First byte of the file that the segment covers.
    package let start: UInt64
    /// The byte behind the last one that it covers: the position once everything in it is settled.
    package var end: UInt64
    /// Bytes of the events (terminators included), without what was filtered or empty.
    package var eventBytes: UInt64
    /// What stands in front of `end`, to recognise the file by.
    package var anchor: Anchor
    /// Bytes of a line's terminator in the file, when it is not cut or recoded.
    package let terminatorLength: UInt8
    package var places: [Place]

    package init(
        source: EventSource, readAt: Int64, firstLine: Int, base: Int64, start: UInt64, terminatorLength: UInt8 = 1
    ) {
        self.source = source
        self.readAt = readAt
        self.firstLine = firstLine
        self.lineCount = 0
        self.base = base
        self.start = start
        self.end = start
        self.eventBytes = 0
        self.anchor = .none
        self.terminatorLength = terminatorLength
        self.places = []
    }

    package var lineRange: Range<Int> { firstLine..<(firstLine + lineCount) }

    /// File offset of the start of the line with this index in the batch.
    package func offset(of line: LineRef, at index: Int) -> UInt64 {
        places.isEmpty ? UInt64(base + Int64(line.start)) : places[index - firstLine].offset
    }

    /// Bytes of the file that the line stands for, its terminator included.
    package func bytes(of line: LineRef, at index: Int) -> UInt64 {
        if !places.isEmpty { return places[index - firstLine].bytes }
        let terminator = line.isUnterminated ? 0 : Int(terminatorLength) + (line.hasCarriageReturn ? 1 : 0)
        return UInt64(line.length + terminator)
    }
}

/// Hash of the few bytes in front of a position. When they have changed, the file was truncated or replaced.
///
/// - Units: `length` in bytes (at most `maximum`); `hash` is FNV-1a, 64 bit.
package struct Anchor: Sendable, Equatable {
    package static let maximum = 64
    package static let none = Anchor(hash: 0, length: 0)
    package let hash: UInt64
    package let length: UInt8

    package init(hash: UInt64, length: UInt8) {
        self.hash = hash
        self.length = length
    }

    /// The anchor of the bytes that end in front of `end`; takes at most `maximum` of the `count` that are there.
    package init(endingAt end: UnsafePointer<UInt8>, count: Int) {
        let length = min(count, Anchor.maximum)
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        var at = unsafe end - length
        for _ in 0..<length {
            value = unsafe (value ^ UInt64(at.pointee)) &* 0x0000_0100_0000_01b3
            unsafe at += 1
        }
        self.init(hash: value, length: UInt8(length))
    }
}
