import HTTPTransport
import Publishing

/// Bulk requests, what must be known of a host before the first, and what their answers mean.
struct BulkWire: HTTPWire {
    let plan: BulkPlan
    /// One for each host, in their order.
    let knowledge: [HostKnowledge]
    let answerBytes: Int

    /// - Parameter bulkMaxSize: most items of an answer.
    init(_ plan: BulkPlan, knowledge: [HostKnowledge], bulkMaxSize: Int) {
        self.plan = plan
        self.knowledge = knowledge
        // An item that failed says why, in some hundred bytes.
        answerBytes = min(64 * 1024 + bulkMaxSize * 1024, 64 * 1024 * 1024)
    }

    func makeBody() throws -> BulkBody { try BulkBody(plan) }

    func question(for host: HTTPHost) -> HTTPQuestion? { knowledge(of: host)?.question }

    func learn(_ answer: HTTPAnswer, to question: HTTPQuestion, from host: HTTPHost) -> Reply.Failure? {
        knowledge(of: host)?.learn(answer, to: question, from: host)
    }

    private func knowledge(of host: HTTPHost) -> HostKnowledge? { knowledge.first { $0.url == host.url } }

    func judge(
        _ answer: HTTPAnswer, to body: BulkBody, count: Int, from host: HTTPHost, now: Int64
    ) -> HTTPJudgement {
        let endpoint = host.url.endpoint
        switch answer.status {
        case 200..<300: return judgeItems(answer, count: count, endpoint: endpoint, now: now)
        case 413: return .tooLarge(answer.bulkRejection)
        case 400, 422:
            // Nothing is wrong with the events: the request itself is not understood.
            if answer.words.contains("unrecognized parameter") {
                return .retry(answer, from: endpoint, now: now, because: " (parameters)")
            }
            // VictoriaLogs says so of every path that it does not have.
            if answer.words.contains("unsupported path") {
                return .retry(answer, from: endpoint, now: now, because: BulkWire.wrongPlace)
            }
            return .narrow(answer.bulkRejection)
        default:
            let judgement = HTTPJudgement(status: answer, from: endpoint, now: now)
            guard case .rejected = judgement else { return judgement }
            // 404, 405, 406 and so on say that this is no place for bulk requests; no event is to blame for that.
            return .retry(answer, from: endpoint, now: now, because: BulkWire.wrongPlace)
        }
    }

    private static let wrongPlace = ": hosts must name where _bulk is answered"

    private func judgeItems(_ answer: HTTPAnswer, count: Int, endpoint: String, now: Int64) -> HTTPJudgement {
        func again(_ what: String) -> HTTPJudgement {
            .retry(
                Reply.Failure(.protocolError, "\(endpoint) \(what): \(answer.words.dropFirst(2))"), after: nil,
                leavesHost: false)
        }
        var verdicts = BulkVerdicts(plan: plan, body: answer.body, count: count)
        let items = unsafe answer.body.withUnsafeBufferPointer { bytes in
            BulkAnswer(bytes, operation: plan.operation) { verdicts.add($0) }
        }
        if verdicts.isStrange { return again("answered items without a status") }
        let isOurCut = items.end == .cut && answer.body.count == answerBytes
        guard items.end == .whole || isOurCut else { return again("answered what is no answer to a bulk request") }
        if isOurCut, verdicts.verdicts.count <= count {
            // As far as it was read it counts; the rest is asked for again.
            let isAll = verdicts.verdicts.count == count
            let tooLong = Reply.Failure(.protocolError, "\(endpoint) answered more than \(answerBytes) bytes")
            return .each(
                verdicts.verdicts, reasons: verdicts.reasons,
                failure: verdicts.failure(of: count, from: endpoint) ?? (isAll ? nil : tooLong), after: nil)
        }
        guard let found = items.count else {
            return items.hasErrors == false ? .delivered : again("answered without items")
        }
        guard found == count, verdicts.verdicts.count == count else {
            return again("answered \(found) items for \(count) events")
        }
        let failure = verdicts.failure(of: count, from: endpoint)
        if failure == nil, verdicts.reasons.isEmpty { return .delivered }
        return .each(
            verdicts.verdicts, reasons: verdicts.reasons, failure: failure,
            after: failure == nil ? nil : answer.retryAfter.flatMap { RetryAfter.parse($0, now: now) })
    }
}

extension HTTPAnswer {
    fileprivate var bulkRejection: Reply.Rejection {
        Reply.Rejection(reason: "es_\(status)", answer: rejection.answer)
    }
}
