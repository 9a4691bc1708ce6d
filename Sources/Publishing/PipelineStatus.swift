/// What a pipeline tells of itself at one moment: the source of `/metrics`, `/stats`, `/healthz`, the summary line of
/// the log and the status text of the service manager.
///
/// - Shape: plain values, copied out of the pipeline's thread about once a second.
/// - Units: bytes are bytes of input files, as they stood on disk; counts are totals since the start of the process,
///   unless they say what is true now (`pending`, `inFlight…`, `files…`, `lag…`).
package struct PipelineStatus: Sendable, Equatable {
    /// Name of the pipeline: the key below `outputs:`, or the kind of the only output.
    package var name: String
    /// Kind of the output: `logstash`, `tcp`, …
    package var outputKind: String
    /// Where it ships to, without secrets.
    package var endpoint: String

    package var readBytes: UInt64 = 0
    /// Bytes that need not be read again, by reason; one entry per reason that exists, in a fixed order.
    package var settled: [Settled] = []
    /// Bytes read and not settled.
    package var pendingBytes: UInt64 = 0
    /// Bytes read that are neither settled nor pending: always 0, or the agent has a bug.
    package var unaccountedBytes: Int64 = 0

    package var eventsRead: UInt64 = 0
    package var eventsDelivered: UInt64 = 0
    package var eventsFiltered: UInt64 = 0
    package var eventsDeadLettered: UInt64 = 0
    /// Dead letters deleted because there were too many of them: these events are gone.
    package var deadLettersEvicted: UInt64 = 0

    /// Batches sealed.
    package var batches: UInt64 = 0
    /// Deliveries sent again.
    package var retries: UInt64 = 0
    /// Failed deliveries by cause (`connect`, `tls`, `timeout`, …); only causes that have occurred.
    package var failures: [Failures] = []
    /// Deliveries that are sent and not answered, and the bytes of their events.
    package var inFlightDeliveries = 0
    package var inFlightBytes: UInt64 = 0

    /// Bytes that may be between reading and settlement, and how many are.
    package var budgetBytes: UInt64 = 0
    package var budgetUsedBytes: UInt64 = 0

    /// Bytes in the files that are not settled: what is on disk behind the settled positions.
    package var lagBytes: UInt64 = 0
    /// Age of the oldest line read and not settled; zero when there is none.
    package var lag = Duration.zero

    /// Files that the inputs know, that have something left to read, and whose descriptors are open.
    package var filesKnown = 0
    package var filesActive = 0
    package var filesOpen = 0
    /// Files of which everything that is there has been read and settled.
    package var filesDone = 0

    /// Why nothing is read at the moment although there is something to read; nil when all is well.
    package var paused: String?
    /// Why the last delivery failed; nil once one has succeeded after it.
    package var lastFailure: String?

    /// Lines with bytes that were no UTF-8, and lines that a parser could not decode.
    package var invalidUTF8Lines: UInt64 = 0
    package var parseErrors: UInt64 = 0
    /// Events that the server said it left out of a request it took; and those whose label was replaced.
    package var eventsLeftOut: UInt64 = 0
    package var labelsReplaced: UInt64 = 0

    package init(name: String, outputKind: String, endpoint: String) {
        self.name = name
        self.outputKind = outputKind
        self.endpoint = endpoint
    }

    /// Bytes settled for one reason: `delivered`, `filtered`, `empty`, `dead_letter`, …
    package struct Settled: Sendable, Equatable {
        package let reason: String
        package let bytes: UInt64

        package init(reason: String, bytes: UInt64) {
            self.reason = reason
            self.bytes = bytes
        }
    }

    /// Deliveries that failed for one cause (`Reply.Failure.Label`).
    package struct Failures: Sendable, Equatable {
        package let cause: String
        package let count: UInt64

        package init(cause: String, count: UInt64) {
            self.cause = cause
            self.count = count
        }
    }
}

extension PipelineStatus {
    /// Bytes settled, whatever the reason.
    package var settledBytes: UInt64 { settled.reduce(0) { $0 + $1.bytes } }

    package func settledBytes(_ reason: String) -> UInt64 {
        settled.first { $0.reason == reason }?.bytes ?? 0
    }
}
