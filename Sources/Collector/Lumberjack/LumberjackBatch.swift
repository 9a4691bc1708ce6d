/// Events of one connection that go to the store together, and what is to be acknowledged afterwards.
package struct LumberjackBatch: Sendable {
    /// A batch that holds so much goes to the store even in the middle of a window.
    package static let fullBytes = 2 << 20
    package static let fullEvents = 4096

    package var events = EventBatch()
    /// The last sequences of the windows that end in this batch, in order.
    var windows: [UInt32] = []
    /// The last sequence of the window that goes on behind this batch; nil: it ends with a window.
    var partial: UInt32?

    package init() {}

    package var isFull: Bool {
        events.byteCount >= LumberjackBatch.fullBytes || events.count >= LumberjackBatch.fullEvents
            || windows.count >= LumberjackBatch.fullEvents
    }
    var isEmpty: Bool { events.isEmpty && windows.isEmpty }
    /// A client waits for an acknowledgement, whatever it has begun to send since.
    var hasWholeWindow: Bool { !windows.isEmpty }

    /// What to acknowledge once the events are stored.
    package var acknowledgements: [UInt32] { windows + (partial.map { [$0] } ?? []) }
}
