import AgentConfig
import EventModel
package import Hummingbird
import LogStore

/// All that the collector's HTTP server answers.
package enum CollectorRoutesOfAll {
    /// The page, and the API.
    package static let front: @Sendable (CollectorParts) -> [FrontAnswer] = { parts in
        var front: [FrontAnswer] = [{ request, _ in PageRoutes.respond(to: request.head) }]
        do throws(StoreError) {
            let api = CollectorAPI(try APISources(parts))
            front.append { request, context in try await api.respond(to: request, context) }
        } catch {
            front.append { request, _ in CollectorAPI.unavailable(request.head, error) }
        }
        return front
    }

    /// - Parameter front: asked before everything else: the page and the API.
    package static func router(_ parts: CollectorParts, _ front: [FrontAnswer]) -> Router<CollectorContext> {
        let settings = parts.settings
        let receiver = HTTPReceiver(parts.intake, settings.limits)
        let probes = ElasticsearchProbes(bodyLimit: settings.limits.body)
        return CollectorRouter.make(
            guard: RequestGuard(
                token: settings.token.map { AccessToken($0) }, isLoopback: settings.http.isLoopback,
                intake: parts.intake),
            front: front + [{ request, _ in probes.answer(request) }],
            routes: [BulkRoutes(receiver), OTLPRoutes(receiver), IngestRoutes(receiver)])
    }
}
