/// How large a block gets.
enum BlockLimits {
    /// Events in a block: what one look into a candidate costs against what the index costs.
    static let events = 512
    /// Bytes of events, as they came, at which a block is full. One longer event is a block by itself.
    static let bytes = 1 << 20
    /// A remainder of at least so many events becomes a short block at once instead of being written twice.
    static let shortBlock = 256
    /// Names of one kind that the head of a block keeps with their counts.
    static let summaryNames = 12
    /// Bytes of such names at most.
    static let summaryBytes = 1024
}

/// The texts that a block keeps as columns.
package enum NameKind: UInt8, Sendable, CaseIterable {
    case service, host, file
}
