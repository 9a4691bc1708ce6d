import HTTPTypes
package import Hummingbird
import Logging

/// Stands in front of all routes: turns failures into answers, keeps strangers and foreign web pages out.
package struct RequestGuard: RouterMiddleware {
    package typealias Context = CollectorContext

    private let token: AccessToken?
    private let isLoopback: Bool
    private let intake: Intake

    /// - Parameter isLoopback: only this host reaches the listener, so that its name is the host's own.
    package init(token: AccessToken?, isLoopback: Bool, intake: Intake) {
        self.token = token
        self.isLoopback = isLoopback
        self.intake = intake
    }

    package func handle(
        _ request: Request, context: CollectorContext,
        next: @concurrent (Request, CollectorContext) async throws -> Response
    ) async throws -> Response {
        if let refusal = APIGuard.refusal(to: request.head, isLoopback: isLoopback) { return refusal }
        do {
            try check(request)
            return try await next(request, context)
        } catch let failure as RequestFailure {
            note(failure, request, context)
            return failure.response
        } catch let error as HTTPError {
            let kind = error.status.code == 404 ? "no such path" : error.body ?? error.status.reasonPhrase
            return RequestFailure(error.status.code, "illegal_argument_exception", kind).response
        }
    }

    private func check(_ request: Request) throws(RequestFailure) {
        // Only browsers send an Origin. Pages of others may neither read nor write here.
        if let origin = request.headers[.origin], !RequestGuard.isSame(origin, request.head.authority) {
            throw RequestFailure(403, "security_exception", "requests of other web pages are not answered")
        }
        if request.uri.path == "/healthz" { return }
        if let token, !token.admits(request) {
            let hint = "a token is needed: Authorization: Bearer …, or as the password of any user"
            throw RequestFailure(401, "security_exception", hint)
        }
    }

    static func isSame(_ origin: String, _ host: String?) -> Bool {
        guard let host else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }

    private func note(_ failure: RequestFailure, _ request: Request, _ context: CollectorContext) {
        guard failure.status != 429, failure.status != 503 else { return }
        intake.log.warning(
            "A request was refused",
            [
                "client.address": "\(context.clientAddress)", "url.path": "\(request.uri.path.prefix(100))",
                "http.status": "\(failure.status)", "reason": "\(failure.reason)",
            ])
    }
}
