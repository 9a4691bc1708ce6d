package import EventFields

/// What the store is told.
///
/// - Units: bytes and seconds.
package struct StoreSettings: Sendable {
    /// Where the segments are. Made if it is not there.
    package var directory: String
    /// A segment that has grown to this is sealed, and another is begun; so it is at the end of a day (UTC).
    package var segmentBytes = 1 << 30
    /// Segments whose newest event arrived longer ago are deleted; nil keeps them.
    package var retentionAge: Int64? = 7 * 86_400
    /// While the segments are larger together, the oldest is deleted; nil keeps them.
    package var retentionBytes: Int? = 10 << 30
    /// Most bytes of events that wait for their commit.
    package var queueBytes = 64 << 20
    /// Longest event that is taken.
    package var eventBytes = 16 << 20
    /// Names of fields beyond the standard ones.
    package var aliases = FieldAliases.standard

    package init(directory: String) { self.directory = directory }
}
