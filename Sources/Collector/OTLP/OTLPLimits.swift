/// Bounds of what an export request may hold.
package struct OTLPLimits: Sendable {
    /// Lists and maps inside each other, in one value.
    static let depth = 64
    /// Bytes of one event.
    var event: Int
    /// Bytes of all events together: a resource is written into each of its records, so they may be much larger than the
    /// request.
    package var events: Int

    package init(event: Int, events: Int) {
        self.event = event
        self.events = events
    }

    func check(_ batch: borrowing EventBatch) throws(RequestFailure) {
        guard batch.count < EventBatch.requestLimit, batch.byteCount <= events else {
            throw RequestFailure(
                413, "content_too_long_exception",
                "the log records are too many, or too large with their resource; send fewer at once")
        }
    }
}
