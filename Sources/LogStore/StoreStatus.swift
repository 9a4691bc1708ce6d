/// How the store is doing.
///
/// - Units: bytes on disk and of events as they came; times in ns since 1970, of arrival.
package struct StoreStatus: Sendable, Equatable {
    /// In all segments.
    package var events = 0
    /// Of the segments' files.
    package var bytes = 0
    /// Of the events in all segments, as they were received.
    package var rawBytes = 0
    package var segments = 0
    /// Arrival of the oldest and of the newest event; nil while there is none.
    package var oldest: Int64?
    package var newest: Int64?
    /// Since the start of the process.
    package var stored = 0
    package var duplicates = 0
    package var refused = 0
    package var commits = 0
    package var segmentsDropped = 0
    package var segmentsSetAside = 0
    /// Bytes of events that wait for their commit, and most of it.
    package var queueBytes = 0
    package var queueLimit = 0
    /// Why nothing can be committed at the moment; nil when all is well.
    package var trouble: String?

    package init() {}
}
