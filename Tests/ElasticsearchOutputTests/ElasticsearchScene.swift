import ElasticsearchOutput
import EventModel
import HTTPTransport
import Logging
import Publishing
import TestSupport

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// An output in front of an Elasticsearch of the test's own, for one test.
struct ElasticsearchScene {
    let peer: HTTPPeer
    let store: BulkStore
    let output: ElasticsearchOutput
    let driver: LaneDriver

    static func run(
        _ adjust: (inout ElasticsearchSettings, HTTPPeer, BulkStore) -> Void = { _, _, _ in },
        _ body: (ElasticsearchScene) async throws -> Void
    ) async throws {
        let peer = try await HTTPPeer.start()
        let store = BulkStore()
        peer.hold(store)
        var settings = ElasticsearchSettings()
        settings.client.hosts = [peer.root]
        settings.client.timeout = .seconds(30)
        settings.client.compressionLevel = 0
        settings.index.format = "logs"
        adjust(&settings, peer, store)
        let output = try ElasticsearchOutput(settings, version: "1.0.0", logger: quiet)
        try await OutputScene.run(output, peer) { driver in
            try await body(ElasticsearchScene(peer: peer, store: store, output: output, driver: driver))
        }
    }

    /// Sends lines as one batch, once.
    func deliver(_ lines: [String], template: EventTemplate = BatchFactory.template) async -> Reply {
        var factory = BatchFactory(template: template)
        return await driver.deliver(factory.batch(lines))
    }

    /// The bodies of the bulk requests.
    var bodies: [String] {
        peer.requests.filter { $0.method == "POST" }.map { String(decoding: $0.plainBody ?? [], as: UTF8.self) }
    }
}

extension HTTPPeer {
    var root: String { "http://127.0.0.1:\(port)" }
}

/// Nothing has to be in a body but lines.
let tinyTemplate = EventTemplate(plain: [
    .constant("{\"@timestamp\":\""), .time, .constant("\",\"message\":\""), .message, .constant("\"}"),
])
