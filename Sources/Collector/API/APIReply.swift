import HTTPTypes
import HummingbirdCore
import LogQuery
import NIOCore

/// What the API and the page answer, in HTTP's terms.
enum APIReply {
    static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        var headers = APIGuard.headers
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    static func error(_ error: APIError) -> Response {
        var response = json(error.body, status: error.status)
        if error.status == .serviceUnavailable || error.status == .tooManyRequests {
            response.headers[.retryAfter] = "1"
        }
        if error.status == .methodNotAllowed { response.headers[.allow] = "GET, HEAD" }
        return response
    }
}

/// A refusal: `{"error":{"message":…,"at":…,"length":…}}`.
struct APIError: Error, Sendable, Equatable {
    var status: HTTPResponse.Status
    /// For whoever asked, in a sentence.
    var message: String
    /// Where in the query it is, in bytes of its UTF-8.
    var place: Range<Int>?

    init(_ status: HTTPResponse.Status, _ message: String, at place: Range<Int>? = nil) {
        self.status = status
        self.message = message
        self.place = place
    }

    static let busy = APIError(.serviceUnavailable, "Too many searches run at once; try again in a moment.")
    static let noSuchPage = APIError(.notFound, "There is no such page.")

    var body: [UInt8] { ResultJSON.error(message, at: place) }
}
