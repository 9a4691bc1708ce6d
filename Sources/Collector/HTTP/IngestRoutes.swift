import AgentConfig
import ByteTools
import HTTPTypes
package import Hummingbird
import LogQuery
import LogStore

/// `POST /ingest`: one event a line, or a JSON array of events; lines of text with `Content-Type: text/plain`.
///
///     curl --data-binary @app.ndjson http://127.0.0.1:5080/ingest
package struct IngestRoutes: CollectorRoutes {
    private let receiver: HTTPReceiver

    package init(_ receiver: HTTPReceiver) { self.receiver = receiver }

    package func add(to router: Router<CollectorContext>) {
        router.post("/ingest") { try await ingest($0, $1) }
        router.put("/ingest") { try await ingest($0, $1) }
    }

    private func ingest(_ request: Request, _ context: CollectorContext) async throws -> Response {
        let body = try await receiver.body(request, context)
        let isText = request.headers[.contentType]?.lowercased().hasPrefix("text/plain") ?? false
        let batch = try IngestBody.events(body.takeBytes(), isText: isText, eventLimit: receiver.limits.event)
        let stored = try await receiver.store(batch, body, .ndjson, request, context)
        var answer = JSONBuilder()
        answer.object {
            $0.member("events", stored.count)
            $0.member("stored", stored.count { $0 == .stored })
            $0.member("duplicates", stored.count { $0 == .duplicate })
            $0.member("refused", stored.count { $0 == .tooLarge || $0 == .invalid })
        }
        return CollectorResponse.json(answer.bytes)
    }
}

/// The events of a body of `/ingest`.
enum IngestBody {
    static func events(_ body: [UInt8], isText: Bool, eventLimit: Int) throws(RequestFailure) -> EventBatch {
        let first = body.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d }
        if !isText, first == UInt8(ascii: "[") {
            if let batch = try array(body, eventLimit) { return batch }
        }
        var batch = EventBatch()
        var lines = LineSplitter(body, end: body.count)
        while let line = lines.nextFilled() {
            try check(line.count, batch, eventLimit)
            if isText {
                batch.append(Array(#"{"message":"#.utf8) + JSONEscape.quoted(bytes: Array(body[line])) + [0x7d])
            } else {
                batch.append(body[line])
            }
        }
        return batch
    }

    /// The elements of an array; nil when the body is none.
    private static func array(_ body: [UInt8], _ eventLimit: Int) throws(RequestFailure) -> EventBatch? {
        // The validator knows objects; an array is one in an object.
        var object = Array(#"{"a":"#.utf8)
        let start = object.count
        object += body
        object.append(UInt8(ascii: "}"))
        let end = object.count
        EventCheck.pad(&object)
        guard EventCheck.problem(object, 0..<end) == nil else { return nil }
        var reader = JSONReader(object, range: start..<(end - 1))
        var batch = EventBatch()
        var failure: RequestFailure?
        reader.elements { element in
            let event = element.rawBytes()
            guard failure == nil else { return }
            do throws(RequestFailure) {
                try check(event.count, batch, eventLimit)
                batch.append(event)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return batch
    }

    private static func check(_ count: Int, _ batch: borrowing EventBatch, _ limit: Int) throws(RequestFailure) {
        guard count <= limit else {
            throw RequestFailure(
                413, "content_too_long_exception", "an event of \(count) bytes; collector.limits.event allows \(limit)")
        }
        guard batch.count < EventBatch.requestLimit else {
            throw RequestFailure(
                413, "content_too_long_exception", "more than \(EventBatch.requestLimit) events; send fewer at once")
        }
    }
}
