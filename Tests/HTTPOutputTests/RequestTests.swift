import EventModel
import Publishing
import Synchronization
import TestSupport
import Testing

import HTTPTransport
@testable import HTTPOutput

@Suite struct RequestTests {
    @Test(.timeLimit(.minutes(5))) func `a request says what it carries and who sends it`() async throws {
        try await HTTPScene.run({ settings, _ in
            settings.method = "PUT"
            settings.client.headers = [
                .init(name: "X-Tenant", value: Secret("blue")), .init(name: "User-Agent", value: Secret("me")),
            ]
        }) { scene in
            _ = await scene.deliver(["a"])
            let request = try #require(scene.peer.requests.first)
            #expect(request.method == "PUT" && request.uri == "/logs")
            #expect(request.headers["content-type"] == "application/x-ndjson")
            #expect(request.headers["content-length"] == String(request.body.count))
            #expect(request.headers["x-tenant"] == "blue" && request.headers["user-agent"] == "me")
        }
    }

    struct Credentials: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let expected: String
        let adjust: @Sendable (inout HTTPSettings, HTTPPeer) -> Void
    }

    static let credentials = [
        Credentials(testDescription: "basic", expected: "Basic dXNlcjpzZWNyZXQ=") { settings, _ in
            settings.client.username = "user"
            settings.client.password = Secret("secret")
        },
        Credentials(testDescription: "in the URL", expected: "Basic dXNlcjpzOmU=") { settings, peer in
            settings.client.hosts = ["http://user:s%3Ae@127.0.0.1:\(peer.port)/logs"]
        },
        Credentials(testDescription: "bearer", expected: "Bearer t0ken") { settings, _ in
            settings.client.bearerToken = Secret("t0ken")
        },
    ]

    @Test(.timeLimit(.minutes(5)), arguments: credentials)
    func `credentials go into the header and nowhere else`(_ credentials: Credentials) async throws {
        try await HTTPScene.run(credentials.adjust) { scene in
            #expect(await scene.deliver(["a"]) == .delivered)
            #expect(scene.peer.requests.first?.headers["authorization"] == credentials.expected)
            #expect(scene.output.traits.endpoint == scene.peer.url)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `requests go through a proxy, which has its own credentials`() async throws {
        try await HTTPScene.run({ settings, peer in
            settings.client.hosts = ["http://collector.invalid:8080/logs?x=1"]
            settings.client.proxyURL = "http://me:pass@127.0.0.1:\(peer.port)"
            settings.client.bearerToken = Secret("t0ken")
        }) { scene in
            #expect(await scene.deliver(["a"]) == .delivered)
            let tunnel = try #require(scene.peer.requests.first)
            #expect(tunnel.method == "CONNECT" && tunnel.uri == "collector.invalid:8080")
            #expect(tunnel.headers["proxy-authorization"] == "Basic bWU6cGFzcw==")
            #expect(tunnel.headers["authorization"] == nil)
            let request = try #require(scene.peer.requests.last)
            #expect(request.uri == "/logs?x=1" && request.headers["host"] == "collector.invalid:8080")
            #expect(request.headers["proxy-authorization"] == nil)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [false, true])
    func `a host that fails hands over to the next one`(_ loadBalance: Bool) async throws {
        try await HTTPScene.run({ settings, peer in
            settings.client.hosts = ["http://127.0.0.1:1/logs", peer.url]
            settings.client.loadBalance = loadBalance
        }) { scene in
            #expect(scene.output.traits.lanes == (loadBalance ? 2 : 1))
            let first = await scene.deliver(["a"])
            #expect(first.verdicts == .all(.retry) && first.failure?.label == .connect)
            #expect(await scene.deliver(["a"]) == .delivered)
            #expect(await scene.deliver(["b"]) == .delivered)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `each host has a lane of its own when load is balanced`() async throws {
        let other = try await HTTPPeer.start()
        try await HTTPScene.run({ settings, peer in
            settings.client.hosts = [peer.url, other.url]
            settings.client.loadBalance = true
            settings.client.workers = 2
        }) { scene in
            #expect(scene.output.traits.lanes == 4)
            for index in 0..<4 {
                let driver = LaneDriver(scene.output.makeLane(index))
                var factory = BatchFactory()
                #expect(await driver.deliver(factory.batch(["from \(index)"])) == .delivered)
                driver.lane.close()
            }
            #expect(scene.peer.journal.kept == ["from 0", "from 2"])
            #expect(other.journal.kept == ["from 1", "from 3"])
        }
        await other.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `a line that is encoded twice is counted once`() async throws {
        let counters = EventCounters()
        try await HTTPScene.run(counters: counters, { settings, _ in settings.client.bulkMaxBytes = 600 }) { scene in
            var factory = BatchFactory()
            let batch = factory.batch([[0x61, 0xff], [0x62], [0x63, 0xfe], [0x64, 0xfd], [0x65, 0xfc]])
            #expect(await scene.driver.deliver(batch) == .delivered)
            #expect(scene.peer.requests.count > 1)
        }
        #expect(counters.invalidUTF8.load(ordering: .relaxed) == 4)
    }
}
