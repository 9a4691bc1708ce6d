import HTTPTypes
import HummingbirdCore
import LogQuery
import LogStore
import NIOCore
import ServiceLifecycle
import Synchronization

/// Following what comes in: server-sent events.
///
/// `ready` tells that it begins; each line is a `message` whose id is where to go on (`Last-Event-ID`, `after=`);
/// `skipped` says how many events were passed over because they came faster than they could be looked at and shown.
/// Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
extension CollectorAPI {
    private static let most = 64
    private static let pause = Duration.milliseconds(120)
    /// Events of one round, and how far behind a follower may be before it leaps.
    private static let round = 200
    private static let farthest: Int64 = 20_000
    private static let pausesPerHeartbeat = 80

    func tail(_ parameters: APIParameters, lastEventID: String?) throws -> Response {
        let query = try parameters.query(now: CollectorAPI.now)
        let after = try (lastEventID ?? parameters["after"]).map { text throws(APIError) in
            guard let position = Int64(text), position >= 0 else {
                throw APIError(.badRequest, "after is a position of a search or of an earlier line.")
            }
            return position
        }
        let form: ResultJSON.Form = parameters.flag("whole") ? .whole : .brief
        guard tails.enter(most: CollectorAPI.most) else {
            throw APIError(.tooManyRequests, "Too many follow the lines already.")
        }
        var headers = APIGuard.headers
        headers[.contentType] = "text/event-stream"
        headers[.cacheControl] = "no-store"
        let tails = tails
        let body = ResponseBody { writer in
            defer { tails.leave() }
            do {
                try await self.follow(query, from: after, form, &writer)
                try await writer.finish(nil)
            } catch is ChannelError {
                // The reader has gone: the usual end.
            }
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    @concurrent private func follow(
        _ query: Query, from after: Int64?, _ form: ResultJSON.Form, _ writer: inout any ResponseBodyWriter
    ) async throws {
        let search = sources.search
        var position = try await queries.run { try search.nextSequence() }
        if let after { position = min(after, position) }
        try await writer.write(CollectorAPI.frame("ready", id: position, "{}"))
        var quiet = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let step = try await step(query, from: position, form)
            position = step.next
            if step.isEmpty {
                quiet += 1
                if quiet % CollectorAPI.pausesPerHeartbeat == 0 {
                    try await writer.write(ByteBuffer(string: ": still here\n\n"))
                }
            } else {
                quiet = 0
                try await writer.write(step.frames)
            }
            try await Task.sleep(for: CollectorAPI.pause)
        }
    }

    private struct Step: Sendable {
        var frames = ByteBuffer()
        var next: Int64
        var isEmpty: Bool { frames.readableBytes == 0 }
    }

    /// What came in since, as frames.
    private func step(_ query: Query, from position: Int64, _ form: ResultJSON.Form) async throws -> Step {
        let latest = sources.store.nextSequence
        guard latest > position else { return Step(next: position) }
        let search = sources.search
        return try await queries.run {
            var step = Step(next: position)
            if latest - position > CollectorAPI.farthest {
                step.next = latest - Int64(CollectorAPI.round)
                let count = step.next - position
                step.frames.writeImmutableBuffer(CollectorAPI.frame("skipped", id: step.next, "{\"count\":\(count)}"))
            }
            let page = try search.tail(
                query, from: step.next, limit: CollectorAPI.round, deadline: Deadline(.milliseconds(500)))
            for event in page.events {
                let json = ResultJSON.event(event, form: form)
                step.frames.writeString("id: \(event.key.sequence + 1)\ndata: ")
                step.frames.writeBytes(json)
                step.frames.writeString("\n\n")
            }
            step.next = page.next
            return step
        }
    }

    private static func frame(_ name: String, id: Int64, _ data: String) -> ByteBuffer {
        ByteBuffer(string: "event: \(name)\nid: \(id)\ndata: \(data)\n\n")
    }
}

/// How many follow.
final class TailCount: Sendable {
    private let count = Mutex(0)

    func enter(most: Int) -> Bool {
        count.withLock { count in
            guard count < most else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}
