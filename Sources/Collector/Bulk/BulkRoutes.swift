import AgentConfig
import HTTPTypes
package import Hummingbird
import LogQuery
import LogStore

/// `_bulk`, and its small brother for one event, as Elasticsearch's clients use them.
package struct BulkRoutes: CollectorRoutes {
    private let receiver: HTTPReceiver

    package init(_ receiver: HTTPReceiver) { self.receiver = receiver }

    package func add(to router: Router<CollectorContext>) {
        for path: RouterPath in ["/_bulk", "/{index}/_bulk", "/{index}/{type}/_bulk"] {
            router.post(path) { try await bulk($0, $1) }
            router.put(path) { try await bulk($0, $1) }
        }
        router.post("/{index}/_doc") { try await document($0, $1, .index) }
        router.put("/{index}/_doc/{id}") { try await document($0, $1, .index) }
        router.post("/{index}/_doc/{id}") { try await document($0, $1, .index) }
        router.put("/{index}/_create/{id}") { try await document($0, $1, .create) }
        router.post("/{index}/_create/{id}") { try await document($0, $1, .create) }
    }

    private func bulk(_ request: Request, _ context: CollectorContext) async throws -> Response {
        let began = ContinuousClock.now
        let body = try await receiver.body(request, context)
        var bulk = try BulkRequest(
            body.takeBytes(), index: context.parameters.get("index"), eventLimit: receiver.limits.event)
        let stored = try await receiver.store(bulk.takeBatch(), body, .bulk, request, context)
        let answer = BulkAnswer(isShort: request.uri.queryParameters["filter_path"] != nil)
        let took = Int((ContinuousClock.now - began) / .milliseconds(1))
        return ElasticsearchProbes.dressed(
            CollectorResponse.json(answer.render(bulk, stored, milliseconds: took)), for: request)
    }

    /// One event, as a bulk request of one action.
    private func document(
        _ request: Request, _ context: CollectorContext, _ operation: BulkAction.Operation
    ) async throws -> Response {
        let body = try await receiver.body(request, context)
        let event = body.takeBytes()
        let index = context.parameters.get("index") ?? ""
        let id = context.parameters.get("id")
        if let id, id.utf8.count > BulkAction.longestID { throw RequestFailure.badRequest("id is too long") }
        var batch = EventBatch()
        batch.append(event, id: id.map { StoredID.of($0, index: index) })
        let stored = try await receiver.store(batch, body, .bulk, request, context)
        let (status, result) =
            switch stored.first {
            case .stored: (201, "created")
            case .duplicate where operation == .index: (200, "noop")
            case .duplicate:
                throw RequestFailure(409, "version_conflict_engine_exception", "document already exists")
            default: throw RequestFailure.badRequest("the event is too large, or no JSON object")
            }
        var answer = JSONBuilder()
        answer.object {
            $0.member("_index", index)
            if let id { $0.member("_id", id) }
            $0.member("result", result)
        }
        return ElasticsearchProbes.dressed(CollectorResponse.json(answer.bytes, status: status), for: request)
    }
}
