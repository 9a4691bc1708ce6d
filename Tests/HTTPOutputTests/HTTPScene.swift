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
        let scene = HTTPScene(peer: peer, output: output, driver: LaneDriver(output.makeLane(0)))
        let outcome: Result<Void, any Error>
        do {
            try await body(scene)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        scene.driver.lane.close()
        await output.shutdown()
        await peer.shutdown()
        try outcome.get()
    }

    /// Sends lines as one batch, once.
    func deliver(_ lines: [String]) async -> Reply {
        var factory = BatchFactory()
        return await driver.deliver(factory.batch(lines))
    }
}
