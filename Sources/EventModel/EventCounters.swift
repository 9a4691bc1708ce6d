package import Synchronization

/// What the encoder and the output of a pipeline saw; read by `/stats` and `/metrics`.
package final class EventCounters: Sendable {
    /// Lines with bytes that were no UTF-8, sent with them as `\xNN`.
    package let invalidUTF8 = Atomic<Int>(0)
    /// Lines that the input's parser could not decode, sent as `message`.
    package let parseErrors = Atomic<Int>(0)

    /// Events that a server said it left out of a request that it took, without saying which: OTLP's `partial_success`,
    /// Loki's 400. They count as delivered, since they must not be sent again.
    package let leftOut = Atomic<Int>(0)
    /// Events whose label's value was replaced, so that the streams of a server stay few (Loki).
    package let labelsReplaced = Atomic<Int>(0)

    package init() {}
}
