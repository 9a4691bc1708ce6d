package import Hummingbird

/// Answers requests before the router is asked; nil: not its path. The page and the API are such.
package typealias FrontAnswer = @Sendable (Request, CollectorContext) async throws -> Response?

/// The one router of the collector's HTTP server: the guard, then what answers by itself (page, API), then what receives.
package enum CollectorRouter {
    package static func make(
        guard requestGuard: RequestGuard, front: [FrontAnswer] = [], routes: [any CollectorRoutes]
    ) -> Router<CollectorContext> {
        let router = Router(context: CollectorContext.self)
        router.add(middleware: requestGuard)
        router.add(middleware: FrontMiddleware(answers: front))
        for set in routes { set.add(to: router) }
        return router
    }
}

private struct FrontMiddleware: RouterMiddleware {
    typealias Context = CollectorContext
    let answers: [FrontAnswer]

    func handle(
        _ request: Request, context: CollectorContext,
        next: @concurrent (Request, CollectorContext) async throws -> Response
    ) async throws -> Response {
        for answer in answers {
            if let response = try await answer(request, context) { return response }
        }
        return try await next(request, context)
    }
}
