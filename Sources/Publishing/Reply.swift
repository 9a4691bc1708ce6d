/// What became of the events of one delivery.
package struct Reply: Sendable, Equatable {
    /// What became of one event.
    package enum Verdict: Sendable, Equatable {
        case delivered
        /// Not taken this time; send it again.
        case retry
        /// Will never be taken: keep it in the dead letters. The reason indexes `Reply.reasons`.
        case rejected(reason: Int)
    }

    /// The verdicts, in the short form that most answers have.
    package enum Verdicts: Sendable, Equatable {
        case all(Verdict)
        /// The first events of the selection were delivered, the rest was not (partial acknowledgement).
        case prefix(delivered: Int)
        /// One per event of the selection.
        case each([Verdict])
    }

    package var verdicts: Verdicts
    /// Least time to wait before the next attempt, when the server named one (`Retry-After`).
    package var retryAfter: Duration?
    /// Why events are to be retried; not nil in every answer that asks for a retry.
    package var failure: Failure?
    /// The delivery was turned back without an attempt, so it does not count as one (`max_retries`).
    package var isUntried = false
    /// Why events were rejected, with the server's words.
    package var reasons: [Rejection]

    package init(
        _ verdicts: Verdicts, retryAfter: Duration? = nil, failure: Failure? = nil, reasons: [Rejection] = []
    ) {
        self.verdicts = verdicts
        self.retryAfter = retryAfter
        self.failure = failure
        self.reasons = reasons
    }

    package static let delivered = Reply(.all(.delivered))

    /// Everything is to be sent again.
    package static func retry(_ failure: Failure, after: Duration? = nil) -> Reply {
        Reply(.all(.retry), retryAfter: after, failure: failure)
    }

    /// Everything is to be sent again, because of a delivery in front of it: it was not even tried.
    package static func turnedBack(_ failure: Failure) -> Reply {
        var reply = Reply.retry(failure)
        reply.isUntried = true
        return reply
    }

    /// What became of the event at this position of the delivery; one that `each` does not name is to be retried.
    package func verdict(at position: Int) -> Verdict {
        switch verdicts {
        case .all(let verdict): verdict
        case .prefix(let delivered): position < delivered ? .delivered : .retry
        case .each(let verdicts): position < verdicts.count ? verdicts[position] : .retry
        }
    }

    /// A failed attempt. `label` is bounded, for metrics; `message` says what happened, for the log.
    package struct Failure: Sendable, Equatable {
        package enum Label: String, Sendable, CaseIterable {
            case connect, tls, reset, timeout, protocolError = "protocol", status, io, shutdown
        }

        package let label: Label
        package let message: String

        package init(_ label: Label, _ message: String) {
            self.label = label
            self.message = message
        }
    }

    /// Why an event was refused for good.
    package struct Rejection: Sendable, Equatable {
        /// Short and bounded: `http_400`, `too_large`.
        package let reason: String
        /// What the server answered, cut to 1024 bytes.
        package let answer: String

        package init(reason: String, answer: String) {
            self.reason = reason
            self.answer = Rejection.cut(answer, to: 1024)
        }

        /// At most so many bytes, and no half characters.
        private static func cut(_ text: String, to limit: Int) -> String {
            guard text.utf8.count > limit else { return text }
            var end = text.utf8.index(text.utf8.startIndex, offsetBy: limit)
            while end.samePosition(in: text.unicodeScalars) == nil { text.utf8.formIndex(before: &end) }
            return String(text[..<end])
        }
    }
}
