import ByteTools
import HTTPTypes
package import Hummingbird
import NIOCore

/// A request that is answered with an error.
package struct RequestFailure: Error, Sendable, Equatable {
    package var status: Int
    /// Elasticsearch's name of the kind of error.
    package var type: String
    /// What is wrong, and what to do.
    package var reason: String
    /// Seconds after which to try again.
    package var retryAfter: Int?
    /// The rest of the body is not wanted, so the connection is closed behind the answer.
    package var closes = false

    package init(_ status: Int, _ type: String, _ reason: String) {
        self.status = status
        self.type = type
        self.reason = reason
    }

    static func badRequest(_ reason: String) -> RequestFailure {
        RequestFailure(400, "illegal_argument_exception", reason)
    }

    static func tooLarge(_ limit: Int) -> RequestFailure {
        var failure = RequestFailure(
            413, "content_too_long_exception", "the body is larger than \(limit) bytes (collector.limits.body)")
        failure.closes = true
        return failure
    }

    /// Nothing of the request was kept.
    static var overloaded: RequestFailure {
        var failure = RequestFailure(
            429, "es_rejected_execution_exception", "too much waits to be stored; send it again later")
        failure.retryAfter = Int.random(in: 1...3)
        return failure
    }

    static var unavailable: RequestFailure {
        var failure = RequestFailure(
            503, "unavailable_shards_exception", "the store cannot write now; the collector's log says why")
        failure.retryAfter = 5
        return failure
    }

    /// The answer, in a form that Elasticsearch's clients and people understand.
    package var response: Response {
        var json = Array(#"{"error":{"type":"\#(type)","reason":"#.utf8)
        let text = JSONEscape.quoted(reason)
        json += text + Array(#","message":"#.utf8) + text + Array(#"},"status":\#(status)}"#.utf8)
        return finish(CollectorResponse.json(json, status: status))
    }

    /// Adds what every answer to a failure has.
    func finish(_ response: Response) -> Response {
        var response = response
        if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
        if closes { response.headers[.connection] = "close" }
        if status == 401 { response.headers[.wwwAuthenticate] = #"Basic realm="needletail", charset="UTF-8""# }
        return response
    }
}

/// Answers of one piece.
package enum CollectorResponse {
    package static func json(_ bytes: [UInt8], status: Int = 200) -> Response {
        plain(bytes, "application/json", status: status)
    }

    package static func json(_ text: String, status: Int = 200) -> Response { json(Array(text.utf8), status: status) }

    package static func plain(_ bytes: [UInt8], _ contentType: String, status: Int = 200) -> Response {
        var response = Response(status: .init(code: status), body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        response.headers[.contentType] = contentType
        return response
    }
}
