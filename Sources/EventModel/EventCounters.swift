package import Synchronization

/// What the encoder of a pipeline saw; read by `/stats` and `/metrics`.
package final class EventCounters: Sendable {
    /// Lines with bytes that were no UTF-8, sent with them as `\xNN`.
    package let invalidUTF8 = Atomic<Int>(0)
    /// Lines that the input's parser could not decode, sent as `message`.
    package let parseErrors = Atomic<Int>(0)

    package init() {}
}
