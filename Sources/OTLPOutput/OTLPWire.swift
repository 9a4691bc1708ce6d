import EventModel
import HTTPTransport
import Logging
import NIOCore
import Publishing
import Synchronization

/// What an answer to a request of log records means.
///
/// | status | events |
/// |---|---|
/// | 2xx | delivered; those that `partial_success` rejects are counted and told of, and never sent again |
/// | 429, 502, 503, 504 | retry, not before `Retry-After` |
/// | 400 | halved to find the bad ones; these are rejected |
/// | 413 | the same events in smaller bodies; a single event is rejected |
/// | 3xx, 401, 403, 407 | retry: for an operator to put right, as at every output over HTTP (`StatusRule`) |
/// | any other | rejected, with the words of the answer: the protocol forbids to send them again |
/// - Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
struct OTLPWire: HTTPWire {
    let settings: OTLPSettings
    let counters: EventCounters?
    let logger: Logger

    /// An answer has one number and one text in it. What is longer counts by its status.
    var answerBytes: Int { 64 * 1024 }

    func makeBody() throws -> OTLPBody { try OTLPBody(settings) }

    func judge(
        _ answer: HTTPAnswer, to body: OTLPBody, count: Int, from host: HTTPHost, now: Int64
    ) -> HTTPJudgement {
        let endpoint = host.url.endpoint
        switch answer.status {
        case 200..<300:
            note(partialSuccess: OTLPAnswer.partialSuccess(answer.body, settings.encoding), count, endpoint)
            return .delivered
        case 429, 502, 503, 504, 300..<400, 401, 403, 407:
            return HTTPJudgement(status: readable(answer), from: endpoint, now: now)
        case 400: return .narrow(readable(answer).rejection)
        case 413: return .tooLarge(readable(answer).rejection)
        case 401..<600: return .rejected(readable(answer).rejection)
        default: return HTTPJudgement(status: answer, from: endpoint, now: now)
        }
    }

    /// The answer with the text of its `google.rpc.Status` for a body.
    private func readable(_ answer: HTTPAnswer) -> HTTPAnswer {
        guard let message = OTLPAnswer.statusMessage(answer.body, settings.encoding) else { return answer }
        var readable = answer
        readable.body = message
        return readable
    }

    private func note(partialSuccess: OTLPAnswer.PartialSuccess?, _ count: Int, _ endpoint: String) {
        guard let partialSuccess, partialSuccess.rejected > 0 || !partialSuccess.message.isEmpty else { return }
        // No more can have been left out than were sent, whatever is answered.
        let rejected = min(max(0, partialSuccess.rejected), count)
        counters?.leftOut.add(rejected, ordering: .relaxed)
        let answer = Logger.MetadataValue.string(partialSuccess.text)
        if rejected > 0 {
            logger.warning(
                "server left records out of a request that it took",
                metadata: ["output.endpoint": "\(endpoint)", "records": "\(rejected)", "answer": answer])
        } else {
            logger.warning(
                "server took all records and warns", metadata: ["output.endpoint": "\(endpoint)", "answer": answer])
        }
    }
}
