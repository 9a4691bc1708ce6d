import EventModel
package import Hummingbird

/// All that the collector's HTTP server answers.
package enum CollectorRoutesOfAll {
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
