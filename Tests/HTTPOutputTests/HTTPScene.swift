import EventModel
import Publishing
import TestSupport

import HTTPTransport
@testable import HTTPOutput

/// An output in front of a peer, for one test.
struct HTTPScene {
    let peer: HTTPPeer
    let output: HTTPOutput
    let driver: LaneDriver

    /// Runs `body` with an output whose first host is a fresh peer.
    static func run(
        counters: EventCounters? = nil, _ adjust: (inout HTTPSettings, HTTPPeer) -> Void = { _, _ in },
        _ body: (HTTPScene) async throws -> Void
    ) async throws {
        let peer = try await HTTPPeer.start()
        var settings = HTTPSettings()
        settings.client.hosts = [peer.url]
        settings.client.timeout = .seconds(30)
        adjust(&settings, peer)
        let output = try HTTPOutput(
            settings, userAgent: "needletail/test", counters: counters, logger: HTTPContractTests.quiet)
        try await OutputScene.run(output, peer) { driver in
            try await body(HTTPScene(peer: peer, output: output, driver: driver))
        }
    }

    /// Sends lines as one batch, once.
    func deliver(_ lines: [String]) async -> Reply {
        var factory = BatchFactory()
        return await driver.deliver(factory.batch(lines))
    }
}
