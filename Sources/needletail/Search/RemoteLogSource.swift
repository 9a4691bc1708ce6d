import AsyncHTTPClient
import EventModel
import LogQuery
import NIOCore
import NIOHTTP1

/// A collector's API.
struct RemoteLogSource: LogSource {
    private let base: String
    private let token: String?
    private let client = HTTPClient.shared

    private static let longestAnswer = 1 << 30
    private static let longestPage = 1000

    /// - Parameter url: `http://host:port`, with a path before `/api` or without.
    init(url: String, token: String?) {
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.token = token
    }

    func page(_ question: LogQuestion, limit: Int, before: Cursor?) async throws -> LogPage {
        var events: [FoundEvent] = []
        var next = before
        var position: Int64?
        var problems: [String] = []
        repeat {
            var parameters = parameters(question)
            parameters.append(("limit", String(min(limit - events.count, RemoteLogSource.longestPage))))
            if let next { parameters.append(("before", next.description)) }
            let answer = try await ask("search", parameters)
            events += RemoteLogSource.events(answer["events"])
            next = answer["next"]?.text.flatMap { Cursor(String(decoding: $0, as: UTF8.self)) }
            if position == nil { position = RemoteLogSource.number(answer["position"]) }
            problems += RemoteLogSource.texts(answer["problems"])
        } while next != nil && events.count < limit
        return LogPage(events: events, next: next, position: position ?? 0, problems: problems)
    }

    func trace(_ id: String) async throws -> Trace {
        let answer = try await ask("trace/" + RemoteLogSource.escaped(id), [])
        var trace = Trace(id: Array(id.utf8), events: RemoteLogSource.events(answer["events"]))
        trace.isCut = answer["cut"] == .scalar(Array("true".utf8))
        return trace
    }

    func follow(_ question: LogQuestion, from sequence: Int64, _ show: ([FoundEvent]) throws -> Void) async throws {
        let parameters = parameters(question) + [("after", String(sequence)), ("whole", "1")]
        let response = try await send("tail", parameters, deadline: .distantFuture)
        var buffer: [UInt8] = []
        for try await part in response.body {
            buffer += part.readableBytesView
            guard let end = buffer.lastIndex(of: 0x0a) else { continue }
            let lines = buffer[..<end].split(separator: 0x0a)
            // A frame of its own may be called `ready`; only data of events are objects with a key.
            let events = lines.filter { $0.starts(with: "data:".utf8) }.compactMap { line in
                JSONTree(line.dropFirst(5))?.object.flatMap { FoundEvent(json: $0) }
            }
            buffer.removeSubrange(...end)
            if !events.isEmpty { try show(events) }
        }
        throw LogSourceError.unavailable("the collector has ended the connection")
    }

    private func parameters(_ question: LogQuestion) -> [(String, String)] {
        var parameters = [("q", question.text)]
        // The collector's clock may be another: what was said as a time from now on is sent as the time it is here.
        if question.query.time.lowerBound > .min {
            parameters.append(("from", TimeStamp.text(question.query.time.lowerBound)))
        }
        if question.query.time.upperBound < .max {
            parameters.append(("to", TimeStamp.text(question.query.time.upperBound)))
        }
        return parameters
    }

    private func ask(_ path: String, _ parameters: [(String, String)]) async throws -> JSONObject {
        let response = try await send(path, parameters, deadline: .now() + .seconds(60))
        let body = try await response.body.collect(upTo: RemoteLogSource.longestAnswer)
        guard let answer = JSONTree(body.readableBytesView)?.object else {
            throw LogSourceError.unavailable("the answer is no collector's; is this its address?")
        }
        return answer
    }

    private func send(
        _ path: String, _ parameters: [(String, String)], deadline: NIODeadline
    ) async throws -> HTTPClientResponse {
        let query = parameters.map { $0.0 + "=" + RemoteLogSource.escaped($0.1) }.joined(separator: "&")
        var request = HTTPClientRequest(url: base + "/api/v1/" + path + (query.isEmpty ? "" : "?" + query))
        if let token { request.headers.add(name: "authorization", value: "Bearer " + token) }
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, deadline: deadline)
        } catch {
            throw LogSourceError.unavailable("there is no answer from \(base): \(error)")
        }
        guard response.status != .ok else { return response }
        let body = try? await response.body.collect(upTo: 1 << 16)
        throw RemoteLogSource.refusal(response.status, body.flatMap { JSONTree($0.readableBytesView)?.object })
    }

    private static func refusal(_ status: HTTPResponseStatus, _ answer: JSONObject?) -> LogSourceError {
        let error = answer?["error"]?.object
        let message = error?["message"]?.text.map { TerminalText.safe($0) }
        if status == .badRequest, let at = number(error?["at"]), let length = number(error?["length"]),
            at >= 0, length >= 0, at < 1 << 20, length < 1 << 20
        {
            return .query(QueryError(message ?? "the query is wrong", at: Int(at)..<Int(at + length)))
        }
        if status == .unauthorized {
            return .unavailable("the collector wants its token: --token, or NEEDLETAIL_TOKEN in the environment")
        }
        return .unavailable(message ?? "the collector answers with status \(status.code)")
    }

    private static func events(_ tree: JSONTree?) -> [FoundEvent] {
        guard case .array(let elements)? = tree else { return [] }
        return elements.compactMap { $0.object.flatMap { FoundEvent(json: $0) } }
    }

    private static func texts(_ tree: JSONTree?) -> [String] {
        guard case .array(let elements)? = tree else { return [] }
        return elements.compactMap { $0.text.map { TerminalText.safe($0) } }
    }

    private static func number(_ tree: JSONTree?) -> Int64? {
        guard case .scalar(let text)? = tree else { return nil }
        return Int64(String(decoding: text, as: UTF8.self))
    }

    /// For a part of an address: RFC 3986's unreserved characters stay.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                result += "%" + (hex.count < 2 ? "0" : "") + hex
            }
        }
        return result
    }
}
