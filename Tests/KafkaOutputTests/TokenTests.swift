import EventModel
import FoundationEssentials
import Publishing
import Synchronization
import TestSupport
import Testing
import Transport

@testable import KafkaOutput

/// OAUTHBEARER: tokens from a server or a file, shown to brokers that look at them.
@Suite struct TokenTests {
    /// A server that gives out tokens that last so long, numbered; what it was asked is in its requests.
    private static func tokenServer(
        lasting seconds: Int, given: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> HTTPPeer {
        let server = try await HTTPPeer.start()
        let count = Mutex(0)
        server.answer { _ in
            let next = count.withLock { count in
                count += 1
                return count
            }
            given(next)
            return HTTPPeer.Answer(
                200, body: #"{"access_token":"token-\#(next)","token_type":"Bearer","expires_in":\#(seconds)}"#)
        }
        return server
    }

    private static func oauth2(_ server: HTTPPeer) -> OAuth2Settings {
        var settings = OAuth2Settings()
        settings.tokenURL = server.base + "/oauth2/token"
        settings.clientID = "ship:per"
        settings.clientSecret = Secret("s&cret")
        settings.scopes = ["kafka", "logs"]
        settings.parameters = [.init(name: "audience", value: "https://kafka")]
        settings.extensions = [.init(name: "logicalCluster", value: "lkc-1"), .init(name: "pool", value: "p1")]
        return settings
    }

    @Test(.timeLimit(.minutes(2)))
    func `a token is asked for and shown`() async throws {
        let server = try await Self.tokenServer(lasting: 3600)
        let broker = try await KafkaBroker.start(sasl: .bearer { $0 == "token-1" })
        let scene = try BrokerScene(broker) { $0.oauth2 = Self.oauth2(server) }
        var factory = BatchFactory()
        #expect(try await scene.driver.settle([factory.batch(["one"])], window: 1) == .init(delivered: 1))
        #expect(scene.messages == ["one"])
        #expect(Set(broker.users) == ["token-1"])
        let request = try #require(server.requests.first)
        #expect(request.method == "POST" && request.uri == "/oauth2/token")
        // RFC 6749, 2.3.1: both are encoded as in a form before they become Basic.
        let basic = Data("ship%3Aper:s%26cret".utf8).base64EncodedString()
        #expect(request.headers["authorization"] == "Basic " + basic)
        #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "grant_type=client_credentials&scope=kafka%20logs&audience=https%3A%2F%2Fkafka")
        #expect(broker.extensions == ["logicalCluster=lkc-1", "pool=p1"])
        await scene.end()
        await server.shutdown()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a token is renewed before its time is over`() async throws {
        let (numbers, given) = AsyncStream.makeStream(of: Int.self)
        let server = try await Self.tokenServer(lasting: 1) { given.yield($0) }
        let broker = try await KafkaBroker.start(sasl: .bearer { $0.hasPrefix("token-") })
        let scene = try BrokerScene(broker) { $0.oauth2 = Self.oauth2(server) }
        var factory = BatchFactory()
        _ = try await scene.driver.settle([factory.batch(["one"])], window: 1)
        for await number in numbers where number == 3 { break }
        await broker.closeConnections()
        _ = try await scene.driver.settle([factory.batch(["two"])], window: 1)
        #expect(scene.messages == ["one", "two"])
        #expect(broker.users.last != "token-1")
        await scene.end()
        await server.shutdown()
    }

    @Test(.timeLimit(.minutes(2)))
    func `without a token it is said why, and later all is sent`() async throws {
        let server = try await HTTPPeer.start()
        server.answer { _ in HTTPPeer.Answer(401, body: #"{"error":"invalid_client"}"#) }
        let broker = try await KafkaBroker.start(sasl: .bearer { $0 == "good" })
        let scene = try BrokerScene(broker) { $0.oauth2 = Self.oauth2(server) }
        var factory = BatchFactory()
        let batch = factory.batch(["one"])
        let reply = await scene.driver.deliver(batch)
        #expect(reply.verdicts == .all(.retry) && reply.failure?.label == .connect)
        #expect(reply.failure?.message.contains(#"answers 401 {"error":"invalid_client"}"#) == true, "\(reply)")
        #expect(!"\(reply)".contains("s&cret") && !"\(reply)".contains("s%26cret"))
        server.answer { _ in HTTPPeer.Answer(200, body: #"{"access_token":"good","expires_in":"60"}"#) }
        #expect(try await scene.driver.settle([batch], window: 1) == .init(delivered: 1))
        #expect(scene.messages == ["one"])
        await scene.end()
        await server.shutdown()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a token that the broker does not take is said to be one`() async throws {
        let server = try await Self.tokenServer(lasting: 3600)
        let scene = try BrokerScene(try await KafkaBroker.start(sasl: .bearer { _ in false })) {
            $0.oauth2 = Self.oauth2(server)
        }
        var factory = BatchFactory()
        let reply = await scene.driver.deliver(factory.batch(["one"]))
        #expect(reply.failure?.message.contains("SASL authentication error") == true, "\(reply)")
        #expect(!"\(reply)".contains("token-1"))
        await scene.end()
        await server.shutdown()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a token is read from a file`() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "token-\(UInt64.random(in: 0 ... .max))")
        try Data("from-a-file\n".utf8).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        let broker = try await KafkaBroker.start(tls: TestCertificates.server(), sasl: .bearer { $0 == "from-a-file" })
        let scene = try BrokerScene(broker) {
            $0.oauth2 = OAuth2Settings()
            $0.oauth2?.tokenFile = path.path
            $0.tls = TLSSettings()
            $0.tls?.certificateAuthorities = [TestCertificates.authority]
        }
        var factory = BatchFactory()
        #expect(try await scene.driver.settle([factory.batch(["one"])], window: 1) == .init(delivered: 1))
        #expect(scene.messages == ["one"])
        await scene.end()
    }

    @Test func `how long a token lasts is told by its server, by itself, or assumed`() throws {
        func web(_ claims: String) -> String {
            "e30." + Data(claims.utf8).base64EncodedString().replacing("=", with: "") + ".c2ln"
        }
        let told = try #require(
            AccessToken(answer: Array(#"{"access_token":"a","expires_in":60.5}"#.utf8), now: 1000))
        #expect(told.expiry == 61_000 && told.subject == nil && told.text == Secret("a"))
        let own = AccessToken(web(#"{"sub":"me","exp":1700000000}"#), lifetime: nil, now: 0)
        #expect(own.expiry == 1_700_000_000_000 && own.subject == "me")
        #expect(AccessToken("opaque", lifetime: nil, now: 0).expiry == 300_000)
        #expect(AccessToken(web(#"{"exp":"never"}"#), lifetime: nil, now: 0).expiry == 300_000)
        for bad in ["", "{", "[]", #"{"access_token":""}"#, #"{"access_token":7}"#, #"{"error":"x"}"#] {
            #expect(AccessToken(answer: Array(bad.utf8), now: 0) == nil, "\(bad)")
        }
    }
}
