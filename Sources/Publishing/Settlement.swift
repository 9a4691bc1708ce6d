package import EventModel

/// A position of a file that the registry may move to.
package struct Settlement: Sendable, Equatable {
    package let fileID: Int64
    package let generation: UInt32
    /// Everything before this byte is settled.
    package let offset: UInt64
    /// What stands in front of `offset`; `.none` within recoded lines, whose bytes in the file are not at hand.
    package let anchor: Anchor

    init(segment: Segment, offset: UInt64, anchor: Anchor) {
        fileID = segment.source.fileID
        generation = segment.source.generation
        self.offset = offset
        self.anchor = anchor
    }
}

extension Segment {
    var key: GenerationKey { GenerationKey(fileID: source.fileID, generation: source.generation) }
}
