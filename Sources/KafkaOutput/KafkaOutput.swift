package import EventModel
package import Logging
package import Publishing
import SystemTools
import Transport

/// Ships events to Kafka by librdkafka, which is loaded when the first output is made.
///
/// - Shape: one producer for all lanes; per lane a thread that encodes, and one thread that takes the reports. Values
///   are not copied: librdkafka reads them where they were encoded, until their reports have come.
/// - Delivered: an event whose report has no error, and no other. librdkafka sends again what may be sent again, with
///   the numbers that brokers know repetitions by; `ReportRule` says what the rest means, `KafkaProducer` what follows.
/// - Order: kept within a partition, and a file's lines go to one partition unless the settings say otherwise.
package final class KafkaOutput: Output {
    package let traits: OutputTraits
    let context: Context
    let firstHost: Endpoint

    /// What the lanes share.
    struct Context: Sendable {
        let traits: OutputTraits
        let producers: ProducerSource
        let router: TopicRouter
        let partitions: PartitionChoice
        let headers: RecordHeaders
        let counters: EventCounters?
    }

    /// - Parameters:
    ///   - host: the record header `host`; nil: none.
    ///   - libraryName: librdkafka's, unless a test has another.
    package init(
        _ settings: KafkaSettings, host: String?, counters: EventCounters? = nil, logger: Logger,
        libraryName: String = KafkaLibrary.standardName
    ) throws(KafkaOutputError) {
        firstHost = settings.hosts.first ?? Endpoint(host: "", port: 0)
        let library = try KafkaLibrary.load(libraryName)
        let endpoint = settings.hosts.map(\.description).joined(separator: ",")
        traits = OutputTraits(
            kind: "kafka", endpoint: endpoint, lanes: max(1, settings.workers), window: KafkaOutput.window,
            maxEvents: settings.bulkMaxSize, maxBytes: 256 * 1024, readAhead: 2)
        context = Context(
            traits: traits,
            producers: try ProducerSource(library, settings, endpoint: endpoint, logger: logger),
            router: try TopicRouter(settings), partitions: PartitionChoice(settings),
            headers: RecordHeaders(settings, host: host), counters: counters)
    }

    /// Deliveries in flight per lane: while one is acknowledged the next ones are encoded and sent.
    static let window = 4

    package func makeLane(_ index: Int) -> any OutputLane { KafkaLane(index, context) }

    package func shutdown() async {
        let producers = context.producers
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            _ = NamedThread("kafka end") {
                producers.waitForEnd()
                done.resume()
            }
        }
    }
}
