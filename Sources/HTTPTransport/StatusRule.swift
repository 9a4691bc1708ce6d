package import Publishing

/// What the status of an answer means where it speaks for all events of its request.
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
extension HTTPJudgement {
    /// - Parameter now: seconds since 1970, for a `Retry-After` that is a date.
    package init(status answer: HTTPAnswer, from endpoint: String, now: Int64) {
        switch answer.status {
        case 200..<300: self = .delivered
        case 300..<400: self = .redirect(answer, from: endpoint)
        case 401, 403, 407:
            self = .retry(answer, from: endpoint, now: now, because: ": the credentials are not accepted")
        case 408, 425, 429, 500...: self = .retry(answer, from: endpoint, now: now)
        case 413: self = .tooLarge(answer.rejection)
        case 400, 422: self = .narrow(answer.rejection)
        case 400..<500: self = .rejected(answer.rejection)
        default:
            self = .retry(
                Reply.Failure(.protocolError, "\(endpoint) answered \(answer.status)"), after: nil, leavesHost: false)
        }
    }

    /// A retry with the server's words, not before the time that it names.
    package static func retry(
        _ answer: HTTPAnswer, from endpoint: String, now: Int64, because reason: String = ""
    ) -> HTTPJudgement {
        .retry(
            Reply.Failure(.status, "\(endpoint) answered \(answer.status)\(answer.words)\(reason)"),
            after: answer.retryAfter.flatMap { RetryAfter.parse($0, now: now) }, leavesHost: answer.status >= 500)
    }

    private static func redirect(_ answer: HTTPAnswer, from endpoint: String) -> HTTPJudgement {
        let target = answer.location.map { " to \($0)" } ?? ""
        return .retry(
            Reply.Failure(
                .status,
                "\(endpoint) redirects\(target) (status \(answer.status)); redirects are not followed: "
                    + "put the URL that takes the events into hosts"),
            after: nil, leavesHost: false)
    }
}

extension HTTPAnswer {
    /// Why events are refused for good, with the server's words.
    package var rejection: Reply.Rejection {
        Reply.Rejection(reason: "http_\(status)", answer: String(decoding: body.prefix(1024), as: UTF8.self))
    }

    /// The first words of a body, for a log message: empty, or with a colon in front.
    package var words: String {
        let text = String(decoding: body.prefix(200), as: UTF8.self)
            .split(whereSeparator: \.isNewline).joined(separator: " ")
        return text.isEmpty ? "" : ": \(text)"
    }
}
