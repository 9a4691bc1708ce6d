import EventModel
import HTTPTransport
import Logging
import NIOCore
import Publishing
import Synchronization

/// What Loki's answers mean.
///
/// | status | events |
/// |---|---|
/// | 2xx | delivered |
/// | 260 | retry: an operator has blocked the tenant for a time, and nothing was stored |
/// | 400 that names entries | the rest was stored: delivered, never sent again. What was left out goes to the dead letters where the answer tells which it was (too long ones may go again, cut); else it is counted and told of |
/// | 400 otherwise | the body was not understood: halved to find the culprit, which is rejected |
/// | 429 | retry: nothing was stored |
/// | any other | as at every output over HTTP (`StatusRule`) |
///
/// What Loki stored and gets again (same stream, time and line) it keeps once, so halving makes nothing twice.
/// - Source: Loki's `pkg/distributor/distributor.go`, `pkg/validation/validate.go`, `pkg/distributor/http.go`.
struct LokiWire: HTTPWire {
    let settings: LokiSettings
    let templates: [LabelTemplate]
    let paths: [[UInt8]]
    let streams: StreamGuard
    let lines: LineLimit
    let counters: EventCounters?
    let logger: Logger

    init(_ settings: LokiSettings, counters: EventCounters?, logger: Logger) throws(EventModelError) {
        self.settings = settings
        self.counters = counters
        self.logger = logger
        var paths: [[UInt8]] = []
        var templates: [LabelTemplate] = []
        for label in settings.labels { templates.append(try LabelTemplate(label, paths: &paths)) }
        self.paths = paths
        self.templates = templates
        streams = StreamGuard(
            labels: settings.labels.map(\.name), maxStreams: settings.maxStreams, maxValues: settings.maxLabelValues,
            logger: logger)
        lines = LineLimit(settings.maxLineSize)
    }

    /// Loki's answers are lists of what was wrong with how many entries.
    var answerBytes: Int { 16 * 1024 }

    func makeBody() throws -> LokiBody {
        let labels = StreamLabels(templates: templates, paths: paths, limits: streams, counters: counters)
        return try LokiBody(settings, labels: labels, lines: lines)
    }

    func judge(
        _ answer: HTTPAnswer, to body: LokiBody, count: Int, from host: HTTPHost, now: Int64
    ) -> HTTPJudgement {
        let endpoint = host.url.endpoint
        switch answer.status {
        case 260:
            return .retry(
                Reply.Failure(.status, "\(endpoint) answered 260\(answer.words): ingestion is blocked for this tenant"),
                after: nil, leavesHost: false)
        case 400:
            let words = LokiWords(answer.body)
            if let limit = words.lineLimit, lines.learned(limit) {
                logger.notice(
                    "server takes shorter lines only",
                    metadata: ["output.endpoint": "\(endpoint)", "limit.bytes": "\(limit)"])
            }
            guard words.namesEntries else { return .narrow(answer.rejection) }
            if let refused = body.refused(by: words) { return judge(refused, words, body, endpoint) }
            let tooLong = body.longer(than: words.lineLimit)
            noteLeftOut(min(count, words.entries) - tooLong.count, words, endpoint)
            return judge(tooLong, words, body, endpoint)
        default: return HTTPJudgement(status: answer, from: endpoint, now: now)
        }
    }

    /// These entries were left out, and the others stored.
    private func judge(
        _ refused: [Int], _ words: LokiWords, _ body: LokiBody, _ endpoint: String
    ) -> HTTPJudgement {
        if refused.isEmpty { return .delivered }
        var verdicts = [Reply.Verdict](repeating: .delivered, count: body.lineSizes.count)
        var reasons: [Reply.Rejection] = []
        var isCut = false
        for index in refused {
            let isLong = words.lineLimit.map { body.lineSizes[index] > $0 } ?? false
            if isLong, settings.longLines == .truncate {
                isCut = true
                verdicts[index] = .retry
                continue
            }
            let reason = Reply.Rejection(reason: isLong ? "line_too_large" : "http_400", answer: words.text)
            let known = reasons.firstIndex(of: reason)
            if known == nil { reasons.append(reason) }
            verdicts[index] = .rejected(reason: known ?? reasons.count - 1)
        }
        let failure = Reply.Failure(
            .status, "\(endpoint) answered 400: it takes shorter lines; longer ones are sent again, cut")
        return .each(verdicts, reasons: reasons, failure: isCut ? failure : nil, after: nil)
    }

    /// Sent again they would be left out again, and what was stored would be there twice.
    private func noteLeftOut(_ count: Int, _ words: LokiWords, _ endpoint: String) {
        guard count > 0 else { return }
        counters?.leftOut.add(count, ordering: .relaxed)
        logger.warning(
            "server left entries out of a request that it took, and does not say which",
            metadata: ["output.endpoint": "\(endpoint)", "records": "\(count)", "answer": "\(words.text)"])
    }
}

/// Bytes of a line that a server takes; shared by the lanes.
final class LineLimit: Sendable {
    private let limit: Atomic<Int>

    /// - Parameter limit: 0: not known.
    init(_ limit: Int) { self.limit = Atomic(limit > 0 ? limit : .max) }

    var bytes: Int { limit.load(ordering: .relaxed) }

    /// - Returns: whether it was larger before.
    func learned(_ bytes: Int) -> Bool {
        var known = self.bytes
        while bytes < known {
            let (done, now) = limit.weakCompareExchange(
                expected: known, desired: bytes, successOrdering: .relaxed, failureOrdering: .relaxed)
            if done { return true }
            known = now
        }
        return false
    }
}
