package import ByteTools

/// Lines on their way to one output: the unit that is sent, acknowledged and counted against the budget.
///
/// - Shape: a slab of bytes, an array of lines in it, and one segment per file and read. Sealed batches never change.
/// - Ownership: filled by the pipeline's thread through `BatchBuilder`, then shared read-only with the output.
@safe
package final class Batch: Sendable {
    package let slab: Slab
    package let lines: [LineRef]
    package let segments: [Segment]

    package init(slab: Slab, lines: [LineRef], segments: [Segment]) {
        self.slab = slab
        self.lines = lines
        self.segments = segments
    }

    package var count: Int { lines.count }

    /// The raw bytes of a line, for dead letters and tests. The hot path uses the slab itself.
    package func bytes(at index: Int) -> [UInt8] {
        let line = lines[index]
        return unsafe Array(UnsafeBufferPointer(start: slab.base + Int(line.start), count: line.length))
    }

    /// Index of the segment that the line belongs to (binary search).
    package func segmentIndex(ofLine index: Int) -> Int {
        var low = 0
        var high = segments.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if segments[middle].firstLine <= index { low = middle } else { high = middle }
        }
        // Empty segments share their first line with the next one that has any.
        while low + 1 < segments.count, segments[low].lineRange.upperBound <= index { low += 1 }
        while low > 0, segments[low].firstLine > index { low -= 1 }
        return low
    }
}

/// Which events of a batch a delivery is about: all of it at first, what is left of it on a retry.
package enum EventSelection: Sendable, Equatable {
    case range(Range<Int>)
    /// Ascending indices.
    case list([Int32])

    package var count: Int {
        switch self {
        case .range(let range): range.count
        case .list(let list): list.count
        }
    }

    /// Index in the batch of the event at this position of the selection.
    package subscript(position: Int) -> Int {
        switch self {
        case .range(let range): range.lowerBound + position
        case .list(let list): Int(list[position])
        }
    }

    /// The events at these positions of the selection.
    package func positions(_ range: Range<Int>) -> EventSelection {
        switch self {
        case .range(let own): .range((own.lowerBound + range.lowerBound)..<(own.lowerBound + range.upperBound))
        case .list(let own): .list(Array(own[range]))
        }
    }
}
