import CKafka
import HTTPTransport
import Logging
import Publishing
import SystemTools

/// Makes producers, one after the other: all lanes of an output share the current one.
final class ProducerSource: Sendable {
    private struct State: Sendable {
        var current: KafkaProducer?
        /// Bytes of a batch, at most; less once a topic has refused one.
        var batchLimit: Int
        var asksForLimits = true
        var openLanes = 0
        var isClosed = false
    }

    private let library: KafkaLibrary
    private let properties: [KafkaSettings.Property]
    private let settings: KafkaSettings
    private let tokens: TokenSource?
    private let logger: Logger
    private let endpoint: String
    private let monitor: Monitor<State>

    init(_ library: KafkaLibrary, _ settings: KafkaSettings, endpoint: String, logger: Logger) throws(KafkaOutputError)
    {
        self.library = library
        self.settings = settings
        self.endpoint = endpoint
        self.logger = logger
        properties = try KafkaProperties(settings).all
        tokens = try ProducerSource.tokens(settings)
        try KafkaProducer.check(properties, library)
        monitor = Monitor(State(batchLimit: settings.maxMessageBytes))
    }

    private static func tokens(_ settings: KafkaSettings) throws(KafkaOutputError) -> TokenSource? {
        guard let oauth2 = settings.oauth2 else { return nil }
        do {
            return try TokenSource(oauth2)
        } catch {
            throw KafkaOutputError(.login, "sasl.oauth2.\(error.message)")
        }
    }

    /// A producer that is not part of the output, for looking at the cluster.
    func makeProducer(watch: BrokerWatch) throws(KafkaOutputError) -> KafkaProducer {
        try KafkaProducer(
            library, properties, settings, batchLimit: settings.maxMessageBytes, tokens: tokens, watch: watch)
    }

    /// The producer to send with; waits for the end of one that was retired.
    /// - Throws: `Reply.Failure`'s message when there can be none.
    func current() throws(KafkaOutputError) -> KafkaProducer {
        while true {
            let (found, limit, isClosed) = monitor.withLock { ($0.current, $0.batchLimit, $0.isClosed) }
            if let found, !found.isRetired { return found }
            if isClosed { throw KafkaOutputError(.producer, "the output is shutting down") }
            found?.waitForEnd()
            let made = try KafkaProducer(
                library, properties, settings, batchLimit: limit, tokens: tokens,
                watch: BrokerWatch(logger, endpoint: endpoint))
            // Several lanes may have come this far.
            let isCurrent = monitor.withLock { state in
                guard !state.isClosed, state.current === found else { return false }
                state.current = made
                return true
            }
            made.start()
            if !isCurrent { made.retire(.init(.shutdown, "another one is in use"), inFlight: true) }
        }
    }

    /// A topic did not take a batch that the producer had made: smaller ones from now on. How large they may be the
    /// cluster is asked once, which takes a second at most; not all answer.
    func learn(refusedBy producer: KafkaProducer, _ topic: OpaquePointer) {
        let asks = monitor.withLock { $0.asksForLimits && $0.batchLimit == producer.batchLimit }
        let topicLimit = asks ? unsafe producer.limit(of: topic) : 0
        monitor.withLock { state in
            if asks, topicLimit == 0 { state.asksForLimits = false }
            guard producer.batchLimit == state.batchLimit else { return }
            let isKnown = topicLimit > 0 && topicLimit < producer.batchLimit
            state.batchLimit = isKnown ? topicLimit : max(1, producer.batchLimit / 4)
        }
    }

    var batchLimit: Int { monitor.withLock { $0.batchLimit } }

    func laneOpened() { monitor.withLock { $0.openLanes += 1 } }

    /// With the last lane the producer goes; what it holds has been answered with retry.
    func laneClosed() {
        let last = monitor.withLock { state -> KafkaProducer? in
            state.openLanes -= 1
            guard state.openLanes <= 0 else { return nil }
            state.isClosed = true
            return state.current
        }
        last?.retire(.init(.shutdown, "the output is shutting down"), inFlight: true)
    }

    /// Waits until the last producer has reported everything.
    func waitForEnd() {
        let last = monitor.withLock { state in
            state.isClosed = true
            return state.current
        }
        last?.retire(.init(.shutdown, "the output is shutting down"), inFlight: true)
        last?.waitForEnd()
    }
}
