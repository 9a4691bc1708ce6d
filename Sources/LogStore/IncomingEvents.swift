/// Events as a listener hands them over: each one JSON object on one line, valid UTF-8 and valid JSON.
///
/// - Shape: event `i` is `bytes[ends[i - 1]..<ends[i]]`; nothing lies between events.
package struct IncomingEvents: Sendable {
    package var bytes: [UInt8]
    package var ends: [Int]
    /// Ids that the protocol gave (`_id` of a bulk request), one for each event; nil: none at all.
    package var ids: [String?]?
    /// Arrival, ns since 1970.
    package var received: Int64

    package init(bytes: [UInt8], ends: [Int], ids: [String?]? = nil, received: Int64) {
        self.bytes = bytes
        self.ends = ends
        self.ids = ids
        self.received = received
    }
}
