import EventModel
import HTTPTransport
import Synchronization
import TestSupport

@testable import ElasticSetup

/// A server that keeps templates and policies as Elasticsearch and OpenSearch do, and gives them back in its own form.
final class FakeElasticsearch: Sendable {
    struct State {
        var banner = #"{"name":"n1","version":{"number":"8.19.0","build_flavor":"default"}}"#
        var stored: [String: JSONObject] = [:]
        /// Answers that come first, one for each request.
        var ahead: [HTTPPeer.Answer] = []
        /// By the path that a request begins with.
        var refusals: [String: HTTPPeer.Answer] = [:]
        var sequence = 0
    }

    let peer: HTTPPeer
    let state = Mutex(State())

    private init(_ peer: HTTPPeer) { self.peer = peer }

    /// Runs a test against a server of its own.
    static func with(
        _ prepare: (inout State) -> Void = { _ in }, _ body: (FakeElasticsearch) async throws -> Void
    ) async throws {
        let fake = FakeElasticsearch(try await HTTPPeer.start())
        fake.state.withLock { prepare(&$0) }
        fake.peer.answer { [unowned fake] request in fake.answer(request) }
        do {
            try await body(fake)
        } catch {
            await fake.peer.shutdown()
            throw error
        }
        await fake.peer.shutdown()
    }

    var target: SetupTarget {
        var client = HTTPClientSettings()
        client.hosts = ["http://127.0.0.1:\(peer.port)"]
        var target = SetupTarget(client: client, userAgent: "needletail/test")
        target.firstPause = .milliseconds(1)
        target.timeout = .seconds(180)
        return target
    }

    /// Method and path of what was asked, without the question at the beginning.
    var asked: [String] { peer.requests.map { "\($0.method) \($0.uri)" }.filter { $0 != "GET /" } }
    var loads: [String] { asked.filter { $0.hasPrefix("PUT") } }

    func change(_ path: String, _ change: (inout JSONObject) -> Void) {
        state.withLock { state in
            var document = state.stored[path] ?? JSONObject()
            change(&document)
            state.stored[path] = document
        }
    }

    private func answer(_ request: HTTPPeer.Request) -> HTTPPeer.Answer {
        state.withLock { state in
            if !state.ahead.isEmpty { return state.ahead.removeFirst() }
            let path = String(request.uri.prefix { $0 != "?" })
            if let refusal = state.refusals.first(where: { path.hasPrefix($0.key) }) { return refusal.value }
            if path == "/" { return HTTPPeer.Answer(200, body: state.banner) }
            if request.method == "PUT" { return put(path, request, &state) }
            guard let document = state.stored[path] else { return HTTPPeer.Answer(404, body: #"{"status":404}"#) }
            return HTTPPeer.Answer(200, body: shown(document, path, state.sequence))
        }
    }

    private func put(_ path: String, _ request: HTTPPeer.Request, _ state: inout State) -> HTTPPeer.Answer {
        guard let document = JSONTree(request.body)?.object, request.headers["content-type"] == "application/json"
        else {
            return HTTPPeer.Answer(400, body: #"{"error":{"reason":"no document"}}"#)
        }
        if path.hasPrefix("/_plugins"), state.stored[path] != nil,
            !request.uri.hasSuffix("?if_seq_no=\(state.sequence)&if_primary_term=1")
        {
            return HTTPPeer.Answer(409, body: #"{"error":{"reason":"version conflict"}}"#)
        }
        state.sequence += 1
        state.stored[path] = document
        return HTTPPeer.Answer(200, body: #"{"acknowledged":true}"#)
    }

    /// As the server shows it: settings as texts, and with members of its own.
    private func shown(_ document: JSONObject, _ path: String, _ sequence: Int) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        var document = document
        var answer = JSONObject()
        if path.hasPrefix("/_index_template") {
            var settings = JSONObject()
            for (key, value) in document.object(at: "template.settings")?.flatSettings ?? [:] {
                settings.set(key, .text(value))
            }
            document.set("template.settings", .object(settings))
            if document.object(at: "template.lifecycle") != nil {
                document.set("template.lifecycle.enabled", .scalar(Array("true".utf8)))
            }
            document.set("data_stream.hidden", .scalar(Array("false".utf8)))
            document["composed_of"] = .array([])
            var entry = JSONObject()
            entry["name"] = .text(name)
            entry["index_template"] = .object(document)
            answer["index_templates"] = .array([.object(entry)])
        } else if path.hasPrefix("/_ilm") {
            if document.object(at: "policy.phases.delete") != nil {
                document.set(
                    "policy.phases.delete.actions.delete.delete_searchable_snapshot", .scalar(Array("true".utf8)))
            }
            document["version"] = .number(1)
            answer[name] = .object(document)
        } else {
            answer = document
            answer.set("policy.last_updated_time", .number(1))
            answer["_seq_no"] = .number(sequence)
            answer["_primary_term"] = .number(1)
        }
        return String(decoding: JSONTree.object(answer).compact, as: UTF8.self)
    }
}
