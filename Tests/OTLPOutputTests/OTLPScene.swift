import Collector
import EventModel
import HTTPTransport
import Logging
import Parsing
import Publishing
import TestSupport

@testable import LogStore
@testable import OTLPOutput

/// An output in front of a peer that reads what it gets as our collector does.
struct OTLPScene {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let peer: HTTPPeer
    let output: OTLPOutput
    let driver: LaneDriver

    static func startPeer() async throws -> HTTPPeer {
        try await HTTPPeer.start(messages: { request in
            events(request).compactMap { EventText.message(of: $0) }
        })
    }

    /// The events that our collector makes of a request.
    static func events(_ request: HTTPPeer.Request) -> [String] {
        guard let body = request.plainBody else { return [] }
        let limits = OTLPLimits(event: 1 << 24, events: 1 << 28)
        let isJSON = request.headers["content-type"] == "application/json"
        guard let batch = try? isJSON ? OTLPJSON.events(body, limits) : OTLPProtobuf.events(body, limits) else {
            return []
        }
        return batch.texts
    }

    static func run(
        counters: EventCounters? = nil, logger: Logger = quiet, _ adjust: (inout OTLPSettings) -> Void = { _ in },
        _ body: (OTLPScene) async throws -> Void
    ) async throws {
        let peer = try await startPeer()
        var settings = OTLPSettings()
        settings.client.hosts = [peer.base]
        settings.client.timeout = .seconds(30)
        adjust(&settings)
        let output = try OTLPOutput(settings, userAgent: "needletail/test", counters: counters, logger: logger)
        try await OutputScene.run(output, peer) { driver in
            try await body(OTLPScene(peer: peer, output: output, driver: driver))
        }
    }

    /// Sends lines as one batch, once.
    func deliver(_ lines: [String]) async throws -> Reply {
        var factory = try BatchFactory.agent()
        return await driver.deliver(factory.batch(lines))
    }

    /// The events of all requests, as our collector reads them.
    var events: [String] { peer.requests.flatMap(OTLPScene.events) }
}

extension BatchFactory {
    /// Lines of a file as the agent itself sends them.
    static func agent(
        path: String = "/var/log/shop/app.log", fields: String = "", parsed: Bool = false
    ) throws -> BatchFactory {
        let agent = EventShape.Agent(id: "a-1", ephemeralID: "e-1", name: "web1", version: "0.1.0")
        var shape = try EventShape(agent: agent, hostName: "web1", fieldsJSON: fields, fieldsUnderRoot: true)
        if parsed { shape.parser = NdjsonParser(NdjsonSettings(), keys: shape.keys) }
        let file = EventShape.File(path: Array(path.utf8), deviceID: "2049", inode: "77", idKey: "key")
        return BatchFactory(path: path, template: shape.template(for: file))
    }
}

extension EventBatch {
    /// All events as texts.
    var texts: [String] {
        zip([0] + ends, ends).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
    }
}
