import HTTPTypes
import HummingbirdCore
import LogQuery
import LogStore

/// The routes that ask the store. Each runs on a thread of the pool and ends at its deadline with what it has.
extension CollectorAPI {
    /// Longer pages than this would be no pages.
    private static let longestPage = 1000
    /// What is not counted by then is estimated: the page waits for it at each key.
    private static let countingTime = Duration.milliseconds(250)

    func search(_ parameters: APIParameters, _ deadline: Deadline) async throws -> Response {
        let query = try parameters.query(now: CollectorAPI.now)
        let limit = try parameters.number("limit", default: 100, in: 1...CollectorAPI.longestPage)
        let before = try parameters["before"].map { text throws(APIError) in
            guard let cursor = Cursor(text) else {
                throw APIError(.badRequest, "before is the next of the page before this one.")
            }
            return cursor
        }
        let form: ResultJSON.Form = parameters.flag("brief") ? .brief : .whole
        let search = sources.search
        return APIReply.json(
            try await timed { clock in
                // Taken first: what comes in meanwhile may be told twice, but nothing is left out.
                let position = try search.nextSequence()
                let page = try search.search(query, limit: limit, before: before, deadline: deadline)
                return ResultJSON.page(page, took: clock(), form: form, position: position)
            })
    }

    func histogram(_ parameters: APIParameters) async throws -> Response {
        let (query, buckets) = (try parameters.query(now: CollectorAPI.now), try buckets(parameters))
        let search = sources.search
        return APIReply.json(
            try await timed { clock in
                let overview = try search.overview(
                    query, buckets: buckets, facets: 0, deadline: Deadline(CollectorAPI.countingTime))
                return ResultJSON.histogram(overview, took: clock())
            })
    }

    func facets(_ parameters: APIParameters) async throws -> Response {
        let (query, values) = (try parameters.query(now: CollectorAPI.now), try values(parameters))
        let search = sources.search
        return APIReply.json(
            try await timed { clock in
                let overview = try search.overview(
                    query, buckets: 0, facets: values, deadline: Deadline(CollectorAPI.countingTime))
                return ResultJSON.facets(overview, took: clock())
            })
    }

    /// Both counts from one look at the store, as the page wants them.
    func overview(_ parameters: APIParameters) async throws -> Response {
        let query = try parameters.query(now: CollectorAPI.now)
        let (buckets, values) = (try buckets(parameters), try values(parameters))
        let search = sources.search
        return APIReply.json(
            try await timed { clock in
                let overview = try search.overview(
                    query, buckets: buckets, facets: values, deadline: Deadline(CollectorAPI.countingTime))
                var json = JSONBuilder()
                json.object { json in
                    json.name("histogram")
                    json.raw(ResultJSON.histogram(overview, took: clock()))
                    json.name("facets")
                    json.raw(ResultJSON.facets(overview, took: clock()))
                }
                return json.bytes
            })
    }

    func trace(_ id: String, _ parameters: APIParameters, _ deadline: Deadline) async throws -> Response {
        guard id.utf8.count <= 256 else { throw APIError(.badRequest, "That is no trace id.") }
        let form: ResultJSON.Form = parameters.flag("brief") ? .brief : .whole
        let (search, link) = (sources.search, sources.traceLink(id))
        return APIReply.json(
            try await timed { clock in
                let trace = try search.trace(id, deadline: deadline)
                return ResultJSON.trace(trace, took: clock(), form: form, link: link)
            })
    }

    func event(_ key: String, _ parameters: APIParameters) async throws -> Response {
        guard let key = EventKey(key) else { throw APIError(.badRequest, "That is no key of an event.") }
        let form: ResultJSON.Form = parameters.flag("brief") ? .brief : .whole
        let search = sources.search
        let event = try await queries.run { try search.event(key).map { ResultJSON.event($0, form: form) } }
        guard let event else {
            throw APIError(.notFound, "There is no such event, or its time in the store is over.")
        }
        return APIReply.json(event)
    }

    private func buckets(_ parameters: APIParameters) throws(APIError) -> Int {
        try parameters.number("buckets", default: 60, in: 1...500)
    }

    private func values(_ parameters: APIParameters) throws(APIError) -> Int {
        try parameters.number("limit", default: 10, in: 1...200)
    }

    /// Runs a query that tells how long it took, the wait for a thread left out.
    private func timed(
        _ body: @escaping @Sendable (_ clock: () -> Duration) throws -> [UInt8]
    ) async throws -> [UInt8] {
        try await queries.run {
            let begin = ContinuousClock.now
            return try body { ContinuousClock.now - begin }
        }
    }
}
