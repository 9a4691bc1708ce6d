import CKafka
import EventModel
import Publishing
import SystemTools

/// One producer of librdkafka's, from its first message to its last report.
///
/// A producer lives until something goes wrong that librdkafka does not mend: an error that is reported, one that is
/// fatal to an idempotent producer, brokers that were never reached, or reports that do not come for too long. Then it
/// is *retired*: nothing more goes in, what waits in its queue is turned back (never sent, so never there twice), what
/// is under way gets its report, and the next delivery makes a new producer. So a partition never gets what follows a
/// failure before what failed.
///
/// - Ownership: lanes send; the producer's own thread polls, and destroys it when all has been reported.
@safe
final class KafkaProducer: @unchecked Sendable {
    // Safety: librdkafka's handles may be used from any thread; `topics` is guarded by the monitor.
    struct State: Sendable {
        /// When each of the deliveries that are not reported began, by number.
        var active: [(number: Int, began: Int64)] = []
        var nextNumber = 0
        var retired: Retirement?
        /// Polls that brought reports.
        var rounds = 0
        var hasEnded = false
    }

    /// Why a producer takes nothing any more.
    struct Retirement: Sendable {
        var failure: Reply.Failure
        var since: Int64
        /// Give up what is under way too.
        var purgesInFlight: Bool
    }

    let library: KafkaLibrary
    /// Bytes of a batch, by which an event is known to have been alone in its own.
    let batchLimit: Int
    let handle: OpaquePointer
    let deliveryTimeout: Int64
    let monitor = Monitor(State())
    private let topics: TopicHandles
    let watch: BrokerWatch
    /// For OAUTHBEARER, unless librdkafka gets tokens itself.
    let tokens: TokenSource?

    /// After this time what is under way of a retired producer is given up too.
    static let grace: Int64 = 30_000_000_000

    init(
        _ library: KafkaLibrary, _ properties: [KafkaSettings.Property], _ settings: KafkaSettings, batchLimit: Int,
        tokens: TokenSource?, watch: BrokerWatch
    ) throws(KafkaOutputError) {
        self.library = library
        self.batchLimit = batchLimit
        self.tokens = tokens
        self.watch = watch
        let (seconds, attoseconds) = settings.deliveryTimeout.components
        deliveryTimeout = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        let conf = unsafe try KafkaProducer.configuration(library, properties, batchLimit)
        var reason = TextBuffer()
        var callbacks = unsafe ck_callbacks(
            completed: { owner in
                guard let owner = unsafe owner else { return }
                unsafe Unmanaged<PendingDelivery>.fromOpaque(owner).takeRetainedValue().wasReported()
            },
            failed: { context, error, text in
                guard let context = unsafe context, let text = unsafe text else { return }
                let watch = unsafe Unmanaged<BrokerWatch>.fromOpaque(context).takeUnretainedValue()
                unsafe watch.complained(error, String(cString: text))
            })
        let made = unsafe reason.fill {
            unsafe ck_producer_new(
                library.table, conf, &callbacks, Unmanaged.passUnretained(watch).toOpaque(),
                ck_manner(reachable_only: settings.reachableOnly, gets_tokens: tokens != nil), $0, $1)
        }
        guard let made = unsafe made else {
            throw KafkaOutputError(.producer, "librdkafka does not make a producer of these settings: \(reason.text)")
        }
        unsafe handle = made
        unsafe topics = TopicHandles(made)
    }

    /// Throws what librdkafka says of properties that it does not take.
    static func check(_ properties: [KafkaSettings.Property], _ library: KafkaLibrary) throws(KafkaOutputError) {
        unsafe ck_conf_destroy(library.table, try configuration(library, properties, 1_000_000))
    }

    private static func configuration(
        _ library: KafkaLibrary, _ properties: [KafkaSettings.Property], _ batchLimit: Int
    ) throws(KafkaOutputError) -> OpaquePointer {
        guard let conf = unsafe ck_conf_new(library.table) else {
            throw KafkaOutputError(.producer, "no memory for a producer's configuration")
        }
        let limit = KafkaSettings.Property(name: "batch.size", value: .init("\(batchLimit)"))
        for property in properties + [limit] {
            var reason = TextBuffer()
            let isTaken = unsafe reason.fill {
                unsafe ck_conf_set(library.table, conf, property.name, property.value.exposed, $0, $1)
            }
            guard isTaken else {
                unsafe ck_conf_destroy(library.table, conf)
                throw KafkaOutputError(.badProperty, "librdkafka does not take \(property.name): \(reason.text)")
            }
        }
        return unsafe conf
    }

    /// Starts the thread that polls. Called once, by whoever made the producer.
    func start() {
        _ = NamedThread("kafka reports") { [self] in
            run()
            monitor.change { ($0.hasEnded = true, wake: true) }
            topics.giveBack()
            unsafe ck_producer_destroy(handle)
        }
    }
}

/// For the lanes.
extension KafkaProducer {
    /// Takes a delivery in; nil when the producer is retired.
    func begin() -> Int? {
        monitor.change { state in
            guard state.retired == nil else { return (nil, wake: false) }
            state.nextNumber += 1
            state.active.append((state.nextNumber, Clocks.monotonic))
            return (state.nextNumber, wake: true)
        }
    }

    /// All of a delivery has been reported, and the lane has let go of it.
    func end(_ number: Int) {
        monitor.change { state in
            state.active.removeAll { $0.number == number }
            return ((), wake: true)
        }
    }

    var isRetired: Bool { monitor.withLock { $0.retired != nil } }
    /// Why the producer was retired, for events that were turned back with it.
    var failure: Reply.Failure? { monitor.withLock { $0.retired?.failure } }
    var rounds: Int { monitor.withLock { $0.rounds } }

    /// Waits until there were reports since then, and so perhaps room in the queue.
    /// - Returns: false when the producer was retired.
    func waitForRoom(since rounds: Int) -> Bool {
        monitor.wait { state in
            if state.retired != nil { return .done(false) }
            return state.rounds != rounds ? .done(true) : .wait(until: nil)
        }
    }

    /// The handle of a topic. One producer is retired with those of all the topics that it has seen when they become
    /// too many: dates and fields make new names for ever.
    func topic(_ name: [UInt8]) -> OpaquePointer? {
        guard let handle = unsafe topics.handle(name) else {
            retire(.init(.status, "more than \(TopicHandles.most) topics at a time"), inFlight: false)
            return nil
        }
        return unsafe handle
    }

    /// Bytes of a batch that the topic takes, as the cluster says; 0 when it does not say. Blocks for a second at most.
    func limit(of topic: OpaquePointer) -> Int { Int(unsafe ck_topic_limit(handle, topic, 1000)) }

    /// A message was not taken.
    func refused(_ error: Int32) {
        retire(.init(ReportRule.label(error), "\(library.name(error)): \(library.text(error))"), inFlight: false)
    }

    /// Nothing more goes in.
    func retire(_ failure: Reply.Failure, inFlight: Bool) {
        monitor.change { state in
            guard !state.hasEnded else { return ((), wake: false) }
            if state.retired == nil {
                state.retired = Retirement(failure: failure, since: Clocks.monotonic, purgesInFlight: inFlight)
            } else if inFlight {
                state.retired?.purgesInFlight = true
            }
            // The handle is there as long as the thread has not ended.
            unsafe ck_stop(handle)
            unsafe ck_wake(handle)
            return ((), wake: true)
        }
    }

    /// Until everything was reported.
    func waitForEnd() { monitor.wait { $0.hasEnded ? .done(()) : .wait(until: nil) } }
}
