import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// What a server answered to one request.
package struct HTTPAnswer: Sendable, Equatable {
    package var status: Int
    package var retryAfter: String?
    package var location: String?
    /// The first bytes of the body, as many as the protocol asks for.
    package var body: [UInt8] = []

    package init(status: Int, retryAfter: String? = nil, location: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.retryAfter = retryAfter
        self.location = location
        self.body = body
    }
}

/// Reads the answer to one request: all of it up to a limit, of which the beginning is kept.
///
/// - Errors: a body longer than `limit` ends the connection; the status has been seen by then and counts.
final class AnswerCollector: HTTPClientResponseDelegate, @unchecked Sendable {
    // Safety: the client calls a delegate on the event loop of its task only, one call after the other.
    typealias Response = HTTPAnswer

    /// Bytes of a body that are read beyond those that are kept, so that the connection can be used again.
    static let surplus = 64 * 1024

    private let kept: Int
    private var answer: HTTPAnswer?
    private var read = 0

    /// An answer that never ended was cut off here.
    struct TooLong: Error {
        let answer: HTTPAnswer
    }

    /// - Parameter kept: bytes of the body that are kept.
    init(keeping kept: Int) {
        self.kept = kept
    }

    func didReceiveHead(task: HTTPClient.Task<HTTPAnswer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        answer = HTTPAnswer(
            status: Int(head.status.code), retryAfter: head.headers.first(name: "retry-after"),
            location: head.headers.first(name: "location"))
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<HTTPAnswer>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        read += buffer.readableBytes
        let room = kept - (answer?.body.count ?? 0)
        if room > 0 { answer?.body += buffer.readableBytesView.prefix(room) }
        if let answer, read > kept + AnswerCollector.surplus {
            return task.eventLoop.makeFailedFuture(TooLong(answer: answer))
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<HTTPAnswer>) throws -> HTTPAnswer {
        guard let answer else { throw HTTPClientError.remoteConnectionClosed }
        return answer
    }
}
