import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Reads the answer to one request: all of it up to a limit, of which the beginning is kept.
///
/// - Errors: a body longer than `limit` ends the connection; the status has been seen by then and counts.
final class AnswerCollector: HTTPClientResponseDelegate, @unchecked Sendable {
    // Safety: the client calls a delegate on the event loop of its task only, one call after the other.
    typealias Response = HTTPAnswer

    /// Bytes of a body that are read, so that the connection can be used again.
    static let limit = 64 * 1024
    /// Bytes of a body that are kept for the dead letters.
    static let kept = 1024

    private var answer: HTTPAnswer?
    private var read = 0

    /// An answer that never ended was cut off here.
    struct TooLong: Error {
        let answer: HTTPAnswer
    }

    func didReceiveHead(task: HTTPClient.Task<HTTPAnswer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        answer = HTTPAnswer(
            status: Int(head.status.code), retryAfter: head.headers.first(name: "retry-after"),
            location: head.headers.first(name: "location"))
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<HTTPAnswer>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        read += buffer.readableBytes
        if var answer {
            answer.body += buffer.readableBytesView.prefix(AnswerCollector.kept - answer.body.count)
            self.answer = answer
            if read > AnswerCollector.limit {
                return task.eventLoop.makeFailedFuture(TooLong(answer: answer))
            }
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<HTTPAnswer>) throws -> HTTPAnswer {
        guard let answer else { throw HTTPClientError.remoteConnectionClosed }
        return answer
    }
}
