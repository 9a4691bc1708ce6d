package import Hummingbird

/// The one router of the collector's HTTP server: the guard in front, then what receives, then the API and the page.
package enum CollectorRouter {
    /// - Parameter routes: in the order in which they are added; literal paths win over `{parameters}`.
    package static func make(
        guard requestGuard: RequestGuard, routes: [any CollectorRoutes]
    ) -> Router<CollectorContext> {
        let router = Router(context: CollectorContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: requestGuard)
        for set in routes { set.add(to: router) }
        return router
    }
}
