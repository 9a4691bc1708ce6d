/// Events as a listener received them, to be stored together.
///
/// - Shape: event `i` is `bytes[ends[i - 1]..<ends[i]]` (from 0 for the first): one JSON object, valid as RFC 8259 and
///   UTF-8 have it; the listener has made sure of that.
/// - Units: `received` in ns since 1970.
package struct IncomingEvents: Sendable {
    package var bytes: [UInt8]
    package var ends: [Int]
    /// Ids that came beside the events (`_id` of a bulk action); nil, or an empty id: the event's own, if it has one.
    package var ids: [String?]?
    package var received: Int64

    package init(bytes: [UInt8] = [], ends: [Int] = [], ids: [String?]? = nil, received: Int64) {
        self.bytes = bytes
        self.ends = ends
        self.ids = ids
        self.received = received
    }

    package var count: Int { ends.count }
}

/// What became of an event that was given to the store.
package enum StoredAs: UInt8, Sendable, CaseIterable {
    /// It is on disk.
    case stored
    /// An event with its id is on disk already.
    case duplicate
    /// It is longer than `StoreSettings.eventBytes`.
    case tooLarge
    /// It is no JSON object.
    case invalid
}
