import Publishing

/// What a server answered to one request.
struct HTTPAnswer: Sendable, Equatable {
    var status: Int
    var retryAfter: String?
    var location: String?
    /// The first bytes of the body (`AnswerCollector.kept`).
    var body: [UInt8] = []
}

/// What an answer means for the events of its request.
///
/// | status | events |
/// |---|---|
/// | 2xx | delivered |
/// | 408, 425, 429, 5xx | retry, not before `Retry-After` |
/// | 413 | the same events in smaller bodies; a single event is rejected |
/// | 400, 422 | halved to find the bad ones; these are rejected |
/// | 3xx | retry: a redirect is not followed |
/// | 401, 403, 407 | retry: the credentials are not accepted |
/// | other 4xx | rejected |
///
/// A redirect is a setting to be put right by an operator, and nothing that is wrong with the events: following it
/// could hand them and the credentials to another host, and rejecting it would fill the dead letters. So they wait.
/// The same holds for credentials that have expired or lack a right: they are put right, and the events are sent. (As
/// Filebeat does where a whole request is refused. With `max_retries` they become dead letters after so many attempts.)
enum AnswerRule: Equatable {
    case delivered
    case retry(Reply.Failure, after: Duration?)
    case tooLarge(Reply.Rejection)
    case narrow(Reply.Rejection)
    case rejected(Reply.Rejection)

    /// - Parameter now: seconds since 1970, for a `Retry-After` that is a date.
    init(_ answer: HTTPAnswer, from endpoint: String, now: Int64) {
        let rejection = Reply.Rejection(
            reason: "http_\(answer.status)", answer: String(decoding: answer.body.prefix(1024), as: UTF8.self))
        switch answer.status {
        case 200..<300: self = .delivered
        case 300..<400:
            let target = answer.location.map { " to \($0)" } ?? ""
            self = .retry(
                Reply.Failure(
                    .status,
                    "\(endpoint) redirects\(target) (status \(answer.status)); redirects are not followed: "
                        + "put the URL that takes the events into hosts"),
                after: nil)
        case 401, 403, 407:
            self = .retry(
                Reply.Failure(
                    .status,
                    "\(endpoint) answered \(answer.status)\(AnswerRule.words(answer.body)): "
                        + "the credentials are not accepted"),
                after: answer.retryAfter.flatMap { RetryAfter.parse($0, now: now) })
        case 408, 425, 429, 500...:
            self = .retry(
                Reply.Failure(.status, "\(endpoint) answered \(answer.status)\(AnswerRule.words(answer.body))"),
                after: answer.retryAfter.flatMap { RetryAfter.parse($0, now: now) })
        case 413: self = .tooLarge(rejection)
        case 400, 422: self = .narrow(rejection)
        case 400..<500: self = .rejected(rejection)
        default: self = .retry(Reply.Failure(.protocolError, "\(endpoint) answered \(answer.status)"), after: nil)
        }
    }

    /// The first words of a body, for a log message.
    private static func words(_ body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(200), as: UTF8.self)
            .split(whereSeparator: \.isNewline).joined(separator: " ")
        return text.isEmpty ? "" : ": \(text)"
    }
}
