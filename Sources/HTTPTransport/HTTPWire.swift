import EventModel
package import NIOCore
package import Publishing

/// A protocol over HTTP: how events become bodies, and what an answer means for them.
///
/// - Shape: one per output, shared by its lanes; what changes belongs to the `Body` of each lane or to an `HTTPHost`.
package protocol HTTPWire: Sendable {
    associatedtype Body: HTTPBody

    /// Bytes of an answer that are given to `judge`; what follows is read up to 64 KiB more and dropped.
    var answerBytes: Int { get }
    /// Made once per lane, when it sends for the first time.
    func makeBody() throws -> Body
    /// What is asked of a host before events are sent to it; asked again until `learn` finds nothing wrong.
    func question(for host: HTTPHost) -> HTTPQuestion?
    /// - Returns: why no events can be sent to this host now.
    func learn(_ answer: HTTPAnswer, to question: HTTPQuestion, from host: HTTPHost) -> Reply.Failure?
    /// - Parameters:
    ///   - count: events that were sent in the body.
    ///   - now: seconds since 1970, for a `Retry-After` that is a date.
    func judge(_ answer: HTTPAnswer, to body: Body, count: Int, from host: HTTPHost, now: Int64) -> HTTPJudgement
}

extension HTTPWire {
    package var answerBytes: Int { 1024 }
    package func question(for host: HTTPHost) -> HTTPQuestion? { nil }
    package func learn(_ answer: HTTPAnswer, to question: HTTPQuestion, from host: HTTPHost) -> Reply.Failure? { nil }
}

/// The bodies of one lane, one after the other, in buffers that are used again.
package protocol HTTPBody {
    /// Builds a body of as many events as stay within the limit, and one at least.
    /// - Parameter limit: bytes before compression, which is what servers count as well (or a fixed ratio of it).
    mutating func build(_ events: inout DeliveryEncoder, _ range: Range<Int>, limit: Int) -> HTTPBodyPart
    /// Bytes of the last body before it was compressed.
    var plainBytes: Int { get }
    /// The last body as it goes over the wire.
    mutating func wireBytes() -> ByteBuffer
}

/// What of a range of positions has become a body.
package struct HTTPBodyPart: Sendable {
    /// An event that cannot be sent at all.
    package struct Refusal: Sendable {
        package let position: Int
        package let rejection: Reply.Rejection

        package init(position: Int, rejection: Reply.Rejection) {
            self.position = position
            self.rejection = rejection
        }
    }

    /// Positions from the start of the range that the body, or a refusal, speaks for; one at least.
    package var taken: Int
    /// Those of them that are not in the body, ascending.
    package var refused: [Refusal]

    package init(taken: Int, refused: [Refusal] = []) {
        self.taken = taken
        self.refused = refused
    }
}

/// A request without a body.
package struct HTTPQuestion: Sendable, Equatable {
    /// Path and query, instead of those of the host's URL.
    package var target: String

    package init(target: String) { self.target = target }
}

/// What an answer means for the events of its request.
package enum HTTPJudgement: Sendable, Equatable {
    case delivered
    /// One verdict per event that was sent. With a retry among them there is a failure that says why.
    case each([Reply.Verdict], reasons: [Reply.Rejection], failure: Reply.Failure?, after: Duration?)
    /// - Parameter leavesHost: the next attempt goes to another host.
    case retry(Reply.Failure, after: Duration?, leavesHost: Bool)
    /// The same events in smaller bodies; a single event is rejected.
    case tooLarge(Reply.Rejection)
    /// Halved to find the events that are to blame; these are rejected.
    case narrow(Reply.Rejection)
    case rejected(Reply.Rejection)
}
