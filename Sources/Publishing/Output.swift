package import EventModel

/// One protocol to ship events by. It takes deliveries and answers what became of each event, and knows nothing else.
///
/// An output has a fixed number of lanes. A file always travels on the same lane, and a lane keeps its order, so that
/// the lines of a file arrive in the order in which they were written, through retries too.
package protocol Output: Sendable {
    var traits: OutputTraits { get }
    /// Makes a lane; called once for each index in `0..<traits.lanes`, when the pipeline starts.
    func makeLane(_ index: Int) -> any OutputLane
    /// Closes what the lanes share. All deliveries have been answered by then.
    func shutdown() async
}

/// One ordered stream to a collector, with a connection of its own.
package protocol OutputLane: AnyObject, Sendable {
    /// Starts to send a delivery and returns at once; never blocks.
    ///
    /// - Parameter reply: called exactly once per delivery, from any thread, in the order of the deliveries. When one
    ///   delivery is to be retried, those sent before the pipeline knew of it must be answered with retry as well
    ///   (`OutputTraits.window` > 1): that is what `RetryGate` is for.
    func send(_ delivery: Delivery, reply: @escaping @Sendable (Reply) -> Void)

    /// Gives up: closes the connection at once, and answers what is outstanding with retry.
    func close()
}

/// Events to be sent: all of a batch at first, what is left of it on a retry.
package struct Delivery: Sendable {
    package let batch: Batch
    package let events: EventSelection
    /// 0 at first.
    package let attempt: Int
    /// Answers with a failure that the lane had given and the pipeline had seen when it sent this; see `RetryGate`.
    package var failuresSeen: Int

    package init(batch: Batch, events: EventSelection, attempt: Int = 0, failuresSeen: Int = 0) {
        self.batch = batch
        self.events = events
        self.attempt = attempt
        self.failuresSeen = failuresSeen
    }
}

/// What an output wants of the pipeline that feeds it.
package struct OutputTraits: Sendable, Equatable {
    /// Kind of the output as in the configuration: `logstash`, `tcp`, …
    package var kind: String
    /// Where it ships to, without secrets, for logs: `127.0.0.1:5044`.
    package var endpoint: String
    /// Ordered streams (workers times hosts, where load is balanced).
    package var lanes: Int
    /// Deliveries in flight per lane.
    package var window: Int
    /// Most events per delivery (`bulk_max_size`).
    package var maxEvents: Int
    /// Most raw bytes per delivery, unless a single line is longer.
    package var maxBytes: Int
    /// Deliveries that may wait behind those in flight; nil: as many as the budget holds. More than a few only cost
    /// memory and cache: what is still in the file is as good as what was read.
    package var readAhead: Int?
    /// Send a batch at once while the window has room, not only when nothing is in flight: where an answer takes long
    /// although the events have arrived (a kernel delays its acknowledgements by up to 40 ms).
    package var isEager = false
    /// Start with few events per delivery after a failure and grow.
    package var slowStart: Bool

    package init(
        kind: String, endpoint: String, lanes: Int = 1, window: Int = 1, maxEvents: Int = 2048,
        maxBytes: Int = 512 * 1024, readAhead: Int? = nil, slowStart: Bool = false
    ) {
        self.kind = kind
        self.endpoint = endpoint
        self.lanes = lanes
        self.window = window
        self.maxEvents = maxEvents
        self.maxBytes = maxBytes
        self.readAhead = readAhead
        self.slowStart = slowStart
    }
}
