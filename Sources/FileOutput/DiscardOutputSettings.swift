/// `output.discard`: everything is settled as delivered and sent nowhere, to measure the way up to the output.
package struct DiscardOutputSettings: Sendable, Equatable {
    package var bulkMaxSize = 2048
    /// Events are written to memory first, as any output does, so that the encoder is measured too.
    package var encodes = true

    package init() {}
}
