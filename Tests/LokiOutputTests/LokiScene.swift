import EventModel
import HTTPTransport
import Logging
import Parsing
import Publishing
import TestSupport

@testable import LokiOutput

/// An output in front of a peer that reads push requests.
struct LokiScene {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let peer: HTTPPeer
    let output: LokiOutput
    let driver: LaneDriver

    static func startPeer() async throws -> HTTPPeer {
        try await HTTPPeer.start(messages: { lines($0) })
    }

    /// The lines of a request, stream after stream.
    static func lines(_ request: HTTPPeer.Request) -> [String] {
        if request.headers["content-type"] == "application/json" { return jsonLines(request.plainBody ?? []) }
        return PushRequest(request.body)?.streams.flatMap { $0.entries.map(\.line) } ?? []
    }

    private static func jsonLines(_ body: [UInt8]) -> [String] {
        var lines: [String] = []
        for stream in JSONTree(body)?.object?["streams"]?.elements ?? [] {
            for value in stream.object?["values"]?.elements ?? [] {
                guard let text = value.elements?.dropFirst().first?.text else { continue }
                lines.append(String(decoding: text, as: UTF8.self))
            }
        }
        return lines
    }

    static func run(
        counters: EventCounters? = nil, logger: Logger = quiet, _ adjust: (inout LokiSettings) -> Void = { _ in },
        _ body: (LokiScene) async throws -> Void
    ) async throws {
        let peer = try await startPeer()
        var settings = LokiSettings()
        settings.client.hosts = [peer.base]
        settings.client.timeout = .seconds(30)
        adjust(&settings)
        let output = try LokiOutput(settings, userAgent: "needletail/test", counters: counters, logger: logger)
        try await OutputScene.run(output, peer) { driver in
            try await body(LokiScene(peer: peer, output: output, driver: driver))
        }
    }

    /// Sends lines as one batch, once.
    func deliver(_ lines: [String], fields: String = "", parsed: Bool = false) async throws -> Reply {
        var factory = try BatchFactory.agent(fields: fields, parsed: parsed)
        return await driver.deliver(factory.batch(lines))
    }

    /// The streams of all requests, one after the other.
    var streams: [PushRequest.Stream] { peer.requests.flatMap { PushRequest($0.body)?.streams ?? [] } }
}

extension BatchFactory {
    /// Lines of a file as the agent itself sends them.
    static func agent(fields: String = "", parsed: Bool = false) throws -> BatchFactory {
        let agent = EventShape.Agent(id: "a-1", ephemeralID: "e-1", name: "web1", version: "0.1.0")
        var shape = try EventShape(agent: agent, hostName: "web1", fieldsJSON: fields)
        if parsed { shape.parser = NdjsonParser(NdjsonSettings(), keys: shape.keys) }
        let file = EventShape.File(path: Array("/var/log/shop/app.log".utf8), idKey: "key")
        return BatchFactory(path: "/var/log/shop/app.log", template: shape.template(for: file))
    }
}

extension JSONTree {
    fileprivate var elements: [JSONTree]? {
        if case .array(let elements) = self { return elements }
        return nil
    }
}
