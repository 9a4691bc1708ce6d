import EventModel
import HTTPTransport
import Publishing

/// What the items of an answer mean for their events.
///
/// | item | event |
/// |---|---|
/// | below 300; 409 for `create` | delivered; a document with this id is there already: the event was sent before |
/// | 429, 5xx | sent again alone, after the pipeline's back-off |
/// | 401, 403 that say what the operator has to do | the same: a right, or room on a disk, comes back |
/// | 404 `index_not_found_exception`, 400 for a missing pipeline | the same where all events have one target |
/// | any other 4xx | dead letter, with the server's type and reason |
///
/// A target that a field of the event chose is another matter: one wrong value must not stop all that come after it.
struct BulkVerdicts {
    private(set) var verdicts: [Reply.Verdict] = []
    private(set) var reasons: [Reply.Rejection] = []
    /// Whether an item had no status that means anything.
    private(set) var isStrange = false
    private var firstRetry: (status: Int, words: String)?
    private var retries = 0
    private let plan: BulkPlan
    private let body: [UInt8]

    init(plan: BulkPlan, body: [UInt8], count: Int) {
        self.plan = plan
        self.body = body
        verdicts.reserveCapacity(count)
    }

    mutating func add(_ item: BulkAnswer.Item) {
        switch item.status {
        case 200..<300: verdicts.append(.delivered)
        case 409 where plan.operation == .create: verdicts.append(.delivered)
        case 429, 500..<600: retry(item)
        case 400..<500:
            if isForOperator(item) { retry(item) } else { reject(item) }
        default: isStrange = true
        }
    }

    private mutating func retry(_ item: BulkAnswer.Item) {
        verdicts.append(.retry)
        retries += 1
        if firstRetry == nil { firstRetry = (item.status, words(item)) }
    }

    private mutating func reject(_ item: BulkAnswer.Item) {
        // `DeliveryProgress` keeps one of those that are the same.
        reasons.append(Reply.Rejection(reason: "es_\(item.status)", answer: words(item)))
        verdicts.append(.rejected(reason: reasons.count - 1))
    }

    /// Why events are to be sent again; nil when none are.
    func failure(of count: Int, from endpoint: String) -> Reply.Failure? {
        guard let firstRetry else { return nil }
        return Reply.Failure(
            .status,
            "\(endpoint) did not take \(retries) of \(count) events: \(firstRetry.status) \(firstRetry.words)")
    }

    // MARK: Errors

    private func text(_ range: Range<Int>) -> [UInt8] { JSONText.unescaped(body[range]) }

    /// `document_parsing_exception: failed to parse field [a]`.
    private func words(_ item: BulkAnswer.Item) -> String {
        [item.type, item.reason].filter { !$0.isEmpty }
            .map { String(decoding: text($0).prefix(1024), as: UTF8.self) }.joined(separator: ": ")
    }

    private func isForOperator(_ item: BulkAnswer.Item) -> Bool {
        let type = String(decoding: text(item.type), as: UTF8.self)
        switch (item.status, type) {
        case (401, _), (403, "security_exception"), (403, "cluster_block_exception"): return true
        case (404, "index_not_found_exception"): return !plan.dependsOnFields
        case (400, "illegal_argument_exception"):
            let reason = String(decoding: text(item.reason).prefix(256), as: UTF8.self)
            if reason.hasPrefix("only write ops with an op_type of create are allowed in data streams") { return true }
            return !plan.dependsOnFields && reason.hasPrefix("pipeline with id [") && reason.hasSuffix("does not exist")
        default: return false
        }
    }
}
