/// `output.discard`: everything is settled as delivered and sent nowhere, to measure the way up to the output.
package struct DiscardOutputSettings: Sendable, Equatable {
    package var bulkMaxSize = 2048

    package init() {}
}
