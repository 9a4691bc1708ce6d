import HTTPTypes
package import Hummingbird
import LogQuery
import LogStore
import SystemTools

/// The JSON API, version 1: what the page, `search --url` and everybody else asks.
///
/// | path below `/api/v1/` | answers |
/// |---|---|
/// | `search?q=&limit=&before=` | events, newest first |
/// | `histogram?q=&buckets=`, `facets?q=&limit=`, `overview?…` | counts by time and level; by name; both at once |
/// | `trace/{id}` | all events of a trace, oldest first, and its spans |
/// | `event/{key}` | one event |
/// | `tail?q=&after=` | events as they come (server-sent events) |
/// | `agents`, `status` | who ships here, how the store is |
///
/// `since`, `from`, `until` and `to` narrow the time of a query; with `brief=1` events come without their original and
/// with long texts cut, as the page lists them.
package final class CollectorAPI: Sendable {
    let sources: APISources
    let queries = QueryPool()
    let tails = TailCount()

    package init(_ sources: APISources) { self.sources = sources }

    private static let prefix = "/api/v1/"

    /// - Returns: nil when the path is not the API's.
    package func respond(to request: Request, _ context: CollectorContext) async throws -> Response? {
        let target = request.head.path ?? "/"
        let path = target.prefix { $0 != "?" }
        guard path.hasPrefix("/api/") else { return nil }
        guard request.method == .get || request.method == .head else {
            return APIReply.error(APIError(.methodNotAllowed, "Only GET and HEAD are answered here."))
        }
        guard path.hasPrefix(CollectorAPI.prefix) else {
            return APIReply.error(APIError(.notFound, "There is no such version of the API; there is /api/v1/."))
        }
        let query = target.dropFirst(path.count + 1)
        let parameters = APIParameters(query.isEmpty ? nil : query)
        let deadline = Deadline(.seconds(10))
        // Whoever has gone needs no answer.
        context.channel.closeFuture.whenComplete { _ in deadline.cancel() }
        do {
            let response = try await answer(
                path.dropFirst(CollectorAPI.prefix.count), parameters, deadline, lastEventID: request.lastEventID)
            return request.method == .head ? response.createHeadResponse() : response
        } catch let error as APIError {
            return APIReply.error(error)
        } catch let error as StoreError {
            return APIReply.error(APIError(.internalServerError, "\(error)"))
        }
    }

    private func answer(
        _ path: Substring, _ parameters: APIParameters, _ deadline: Deadline, lastEventID: String?
    ) async throws -> Response {
        let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count > 1 ? APIParameters.decoded(parts[1]) : nil
        switch (String(parts[0]), rest) {
        case ("search", nil): return try await search(parameters, deadline)
        case ("histogram", nil): return try await histogram(parameters)
        case ("facets", nil): return try await facets(parameters)
        case ("overview", nil): return try await overview(parameters)
        case ("trace", let id?): return try await trace(id, parameters, deadline)
        case ("event", let key?): return try await event(key, parameters)
        case ("tail", nil): return try tail(parameters, lastEventID: lastEventID)
        case ("agents", nil): return APIReply.json(APIStatus.agents(sources, now: CollectorAPI.now))
        case ("status", nil): return APIReply.json(APIStatus.status(sources))
        default: throw APIError.noSuchPage
        }
    }

    /// What is answered while the store can't be read.
    static func unavailable(_ head: HTTPRequest, _ error: StoreError) -> Response? {
        guard head.path?.hasPrefix("/api/") == true else { return nil }
        return APIReply.error(APIError(.internalServerError, "The store can't be read: \(error)"))
    }

    /// ns since 1970.
    static var now: Int64 { Clocks.wall }
}

extension Request {
    /// Where a client of server-sent events was when it lost the connection.
    fileprivate var lastEventID: String? { headers[HTTPField.Name("Last-Event-ID")!] }
}
