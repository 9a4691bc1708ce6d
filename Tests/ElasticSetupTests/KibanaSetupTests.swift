import EventModel
import HTTPTransport
import Synchronization
import TestSupport
import Testing

@testable import ElasticSetup

struct KibanaSetupTests {
    /// Imports as Kibana does: new objects are created, others replaced with `overwrite=true`, else a conflict.
    private final class FakeKibana: Sendable {
        let ids = Mutex<Set<String>>([])
        let version: String
        init(version: String) { self.version = version }

        func answer(_ request: HTTPPeer.Request) -> HTTPPeer.Answer {
            if request.uri.hasSuffix("/api/status") {
                return HTTPPeer.Answer(
                    200, body: #"{"version":{"number":"\#(version)"},"status":{"overall":{"level":"available"}}}"#)
            }
            guard request.headers["kbn-xsrf"] != nil else { return HTTPPeer.Answer(400, body: "no kbn-xsrf") }
            let lines = String(decoding: request.body, as: UTF8.self).split(whereSeparator: \.isNewline)
            guard let boundary = request.headers["content-type"]?.split(separator: "boundary=").last,
                lines.first == "--\(boundary)", lines.last == "--\(boundary)--"
            else { return HTTPPeer.Answer(415) }
            var (done, failed): ([JSONTree], [JSONTree]) = ([], [])
            for object in lines.compactMap({ JSONTree($0.utf8)?.object }) {
                let id = object.text(at: "id") ?? ""
                var result = JSONObject()
                result["type"] = object["type"]
                result["id"] = .text(id)
                let isNew = ids.withLock { $0.insert(id).inserted }
                if isNew || request.uri.hasSuffix("?overwrite=true") {
                    if !isNew { result["overwrite"] = .scalar(Array("true".utf8)) }
                    done.append(.object(result))
                } else {
                    result.set("error.type", .text("conflict"))
                    failed.append(.object(result))
                }
            }
            var body = JSONObject()
            body["success"] = .scalar(Array((failed.isEmpty ? "true" : "false").utf8))
            body["successResults"] = .array(done)
            if !failed.isEmpty { body["errors"] = .array(failed) }
            return HTTPPeer.Answer(200, body: String(decoding: JSONTree.object(body).compact, as: UTF8.self))
        }
    }

    private func target(_ peer: HTTPPeer, path: String = "") -> SetupTarget {
        var client = HTTPClientSettings()
        client.hosts = ["http://127.0.0.1:\(peer.port)\(path)"]
        var target = SetupTarget(client: client, userAgent: "needletail/test")
        target.firstPause = .milliseconds(1)
        return target
    }

    private func with(
        _ rule: @escaping HTTPPeer.Rule, _ body: (HTTPPeer) async throws -> Void
    ) async throws {
        let peer = try await HTTPPeer.start()
        peer.answer(by: rule)
        do {
            try await body(peer)
        } catch {
            await peer.shutdown()
            throw error
        }
        await peer.shutdown()
    }

    @Test func `the first run creates, the second replaces the same`() async throws {
        let kibana = FakeKibana(version: "9.1.2")
        try await with({ kibana.answer($0) }) { peer in
            let first = try await KibanaSetup.run(.init(), on: target(peer)) { _ in }
            let count = KibanaObjects.all(pattern: "needletail-*").count
            #expect(first.created == count && first.replaced == 0)
            #expect(first.dashboard == "http://127.0.0.1:\(peer.port)/app/dashboards#/view/needletail-dashboard")
            let second = try await KibanaSetup.run(.init(), on: target(peer)) { _ in }
            #expect(second.created == 0 && second.replaced == count)
            var keeping = KibanaSetup.Options()
            keeping.keepsExisting = true
            #expect(try await KibanaSetup.run(keeping, on: target(peer)) { _ in }.kept == count)
        }
    }

    @Test func `space and base path are part of the address`() async throws {
        let kibana = FakeKibana(version: "8.8.0")
        try await with({ kibana.answer($0) }) { peer in
            var options = KibanaSetup.Options()
            options.space = "ops"
            let result = try await KibanaSetup.run(options, on: target(peer, path: "/kibana/")) { _ in }
            #expect(peer.requests.last?.uri == "/kibana/s/ops/api/saved_objects/_import?overwrite=true")
            #expect(result.dashboard.hasSuffix("/kibana/s/ops/app/dashboards#/view/needletail-dashboard"))
            options.space = "../ops"
            await #expect(throws: SetupError.self) {
                try await KibanaSetup.run(options, on: target(peer)) { _ in }
            }
        }
    }

    @Test func `a Kibana that is still starting is waited for`() async throws {
        let kibana = FakeKibana(version: "9.0.0")
        let left = Mutex(3)
        try await with({ request in
            let isStarting = left.withLock { left in
                left -= 1
                return left >= 0
            }
            return isStarting ? HTTPPeer.Answer(503, body: "Kibana server is not ready yet") : kibana.answer(request)
        }) { peer in
            let said = Mutex<[String]>([])
            _ = try await KibanaSetup.run(.init(), on: target(peer)) { line in said.withLock { $0.append(line) } }
            #expect(said.withLock { $0 }.first?.contains("not ready yet") == true)
        }
    }

    private static let importFailure =
        #"{"success":false,"successCount":6,"successResults":[],"errors":[{"id":"needletail-dashboard","#
        + #""type":"dashboard","error":{"type":"missing_references","references":[]}}]}"#

    @Test(arguments: [
        (HTTPPeer.Answer(200, body: importFailure), SetupError.Code.refused, "dashboard needletail-dashboard: missing"),
        (HTTPPeer.Answer(401, body: #"{"message":"no"}"#), .unauthorized, "NEEDLETAIL_API_KEY"),
        (HTTPPeer.Answer(403, body: #"{"message":"Unable to bulk_create"}"#), .forbidden, "Saved Objects Management"),
        (HTTPPeer.Answer(404), .refused, "is there such a space"),
        (HTTPPeer.Answer(200, body: "{}"), .badAnswer, "not as Kibana does"),
    ])
    func `what is wrong is said with what to do`(
        _ answer: HTTPPeer.Answer, _ code: SetupError.Code, _ words: String
    ) async throws {
        let kibana = FakeKibana(version: "8.19.0")
        try await with({ $0.uri.hasSuffix("/api/status") ? kibana.answer($0) : answer }) { peer in
            let error = await #expect(throws: SetupError.self) {
                try await KibanaSetup.run(.init(), on: target(peer)) { _ in }
            }
            #expect(error?.code == code)
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
    }

    @Test(arguments: [("8.7.1", SetupError.Code.unsupported), ("7.17.0", .unsupported)])
    func `a Kibana that is too old is refused before the import`(
        _ version: String, _ code: SetupError.Code
    ) async throws {
        let kibana = FakeKibana(version: version)
        try await with({ kibana.answer($0) }) { peer in
            let error = await #expect(throws: SetupError.self) {
                try await KibanaSetup.run(.init(), on: target(peer)) { _ in }
            }
            #expect(error?.code == code)
            #expect(peer.requests.count == 1)
        }
    }
}
