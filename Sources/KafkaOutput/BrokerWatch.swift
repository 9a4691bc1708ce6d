import CKafka
import Logging
import Synchronization
import SystemTools

/// What librdkafka says of the brokers of one producer: for the log, and for the reason of a failure.
final class BrokerWatch: Sendable {
    private struct State {
        var allDownAt: Int64 = .min
        var lastText = ""
        var loggedAt: [Int32: Int64] = [:]
    }
    private let state = Mutex(State())
    private let logger: Logger
    private let endpoint: String

    init(_ logger: Logger, endpoint: String) {
        self.logger = logger
        self.endpoint = endpoint
    }

    /// On the thread that polls. Each kind of complaint is logged once a minute at most.
    func complained(_ error: Int32, _ text: String) {
        let now = Clocks.monotonic
        let isNews = state.withLock { state in
            if error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN.rawValue {
                state.allDownAt = now
            } else {
                state.lastText = text
            }
            guard now - (state.loggedAt[error] ?? 0) > 60_000_000_000 else { return false }
            state.loggedAt[error] = now
            return true
        }
        guard isNews else { return }
        logger.warning("Kafka brokers", metadata: ["output.endpoint": "\(endpoint)", "error": "\(text)"])
    }

    /// There is no access token to show to the brokers; librdkafka complains of it too, which is logged.
    func noToken(_ reason: String) {
        state.withLock { state in
            state.allDownAt = Clocks.monotonic
            state.lastText = reason
        }
    }

    /// Why no broker has been reached since then; nil when one may have been.
    func allBrokersDown(since time: Int64) -> String? {
        state.withLock { state in
            guard state.allDownAt >= time else { return nil }
            return state.lastText.isEmpty ? "no broker of \(endpoint) can be reached" : state.lastText
        }
    }

    /// `: ` and what was said last, if anything was.
    var lastWords: String {
        state.withLock { $0.lastText.isEmpty ? "" : ": \($0.lastText)" }
    }
}
