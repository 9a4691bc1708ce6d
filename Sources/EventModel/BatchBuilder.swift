package import ByteTools

/// A batch that is being filled: files are read straight into its slab.
///
/// - Ownership: the pipeline's thread.
/// - Use: `beginSegment`, then for each line `append`, then `endSegment`; `seal` when it is to leave.
@safe
package final class BatchBuilder {
    package let slab: Slab
    package let maxEvents: Int
    /// Bytes of the slab that are taken.
    package private(set) var used = 0
    package private(set) var lines: [LineRef] = []
    package private(set) var segments: [Segment] = []
    /// When the first bytes came in (monotonic ns).
    package let opened: Int64
    /// Bytes of the events in all segments.
    package private(set) var eventBytes: UInt64 = 0

    package init(slab: Slab, maxEvents: Int, opened: Int64) {
        self.slab = slab
        self.maxEvents = maxEvents
        self.opened = opened
        lines.reserveCapacity(min(maxEvents, slab.capacity / 64))
    }

    package var room: Int { slab.capacity - used }
    package var eventRoom: Int { maxEvents - lines.count }
    package var isEmpty: Bool { segments.isEmpty }

    /// The first free byte of the slab; `room` bytes may be written.
    package var free: UnsafeMutablePointer<UInt8> { unsafe slab.base + used }

    package func beginSegment(
        _ source: EventSource, readAt: Int64, base: Int64, start: UInt64, terminatorLength: UInt8 = 1
    ) -> Segment {
        Segment(
            source: source, readAt: readAt, firstLine: lines.count, base: base, start: start,
            terminatorLength: terminatorLength
        )
    }

    @inline(__always)
    package func append(_ line: LineRef) {
        lines.append(line)
    }

    /// Takes back the lines behind `count`.
    package func dropLines(from count: Int) {
        lines.removeSubrange(count...)
    }

    /// Closes a segment; its bytes of the slab stay taken up to `used`.
    package func endSegment(_ segment: Segment, used: Int) {
        var closed = segment
        closed.lineCount = lines.count - segment.firstLine
        self.used = used
        eventBytes += closed.eventBytes
        segments.append(closed)
    }

    package func seal() -> Batch {
        Batch(slab: slab, lines: lines, segments: segments)
    }
}
