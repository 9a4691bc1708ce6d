/// Events of one connection that go to the store together, and what is to be acknowledged afterwards.
struct LumberjackBatch: Sendable {
    /// A batch that holds so much goes to the store even in the middle of a window.
    static let fullBytes = 2 << 20
    static let fullEvents = 4096

    var events = EventBatch()
    /// The last sequences of the windows that end in this batch, in order.
    var windows: [UInt32] = []
    /// The last sequence of the window that goes on behind this batch; nil: it ends with a window.
    var partial: UInt32?

    var isFull: Bool {
        events.byteCount >= LumberjackBatch.fullBytes || events.count >= LumberjackBatch.fullEvents
            || windows.count >= LumberjackBatch.fullEvents
    }
    var isEmpty: Bool { events.isEmpty && windows.isEmpty }
    /// A client waits for an acknowledgement, whatever it has begun to send since.
    var hasWholeWindow: Bool { !windows.isEmpty }

    /// What to acknowledge once the events are stored.
    var acknowledgements: [UInt32] { windows + (partial.map { [$0] } ?? []) }
}
