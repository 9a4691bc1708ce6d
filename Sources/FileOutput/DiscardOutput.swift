package import EventModel
package import Publishing

/// Settles everything and sends it nowhere, for measuring.
package final class DiscardOutput: Output {
    package let traits: OutputTraits
    private let encodes: Bool
    private let counters: EventCounters?

    package init(_ settings: DiscardOutputSettings, counters: EventCounters? = nil) {
        encodes = settings.encodes
        self.counters = counters
        traits = OutputTraits(
            kind: "discard", endpoint: "nowhere", window: 4, maxEvents: settings.bulkMaxSize, readAhead: 2)
    }

    package func makeLane(_ index: Int) -> any OutputLane {
        SinkLane(
            threadName: "discard output", stop: Signal(),
            sink: DiscardSink(encodes ? EventBuffer(counters: counters) : nil))
    }

    package func shutdown() async {}
}

final class DiscardSink: Sink {
    private let buffer: EventBuffer?

    init(_ buffer: EventBuffer?) { self.buffer = buffer }

    func finish() {}

    func write(_ deliveries: [Delivery]) -> [Reply] {
        deliveries.map { delivery in
            buffer?.encode(delivery)
            return .delivered
        }
    }
}
