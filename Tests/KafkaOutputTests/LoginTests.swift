import EventModel
import Publishing
import TestSupport
import Testing
import Transport

@testable import KafkaOutput

/// Brokers that ask who is there: SASL, TLS, and what is said when they do not agree.
@Suite struct LoginTests {
    static let logins: [KafkaSASL] = [
        .plain(user: "shipper", password: "open, sesame"), .scram256(user: "shipper", password: "open, sesame"),
        .scram512(user: "shipper", password: "open, sesame"),
    ]

    private static func user(_ sasl: KafkaSASL, _ password: String, _ settings: inout KafkaSettings) {
        settings.username = "shipper"
        settings.password = Secret(password)
        settings.mechanism = KafkaSettings.Mechanism.allCases.first { $0.rawValue == sasl.mechanism }
    }

    private static func trust(_ authority: String, _ settings: inout KafkaSettings) {
        settings.tls = TLSSettings()
        settings.tls?.certificateAuthorities = [authority]
    }

    @Test(.timeLimit(.minutes(2)), arguments: logins, [false, true])
    func `a user with the right password gets in, with and without TLS`(_ sasl: KafkaSASL, isEncrypted: Bool)
        async throws
    {
        let broker = try await KafkaBroker.start(tls: isEncrypted ? TestCertificates.server() : nil, sasl: sasl)
        let scene = try BrokerScene(broker) {
            Self.user(sasl, "open, sesame", &$0)
            if isEncrypted { Self.trust(TestCertificates.authority, &$0) }
        }
        var factory = BatchFactory()
        #expect(try await scene.driver.settle([factory.batch(["one", "two"])], window: 1) == .init(delivered: 2))
        #expect(scene.messages == ["one", "two"])
        #expect(!broker.users.isEmpty && broker.users.allSatisfy { $0 == "shipper" })
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)), arguments: logins)
    func `a wrong password is said to be one, and nothing is lost`(_ sasl: KafkaSASL) async throws {
        let scene = try BrokerScene(try await KafkaBroker.start(sasl: sasl)) { Self.user(sasl, "close", &$0) }
        var factory = BatchFactory()
        let reply = await scene.driver.deliver(factory.batch(["one"]))
        #expect(reply.verdicts == .all(.retry))
        #expect(reply.failure?.message.contains("Invalid username or password") == true, "\(reply)")
        #expect(scene.broker.users.isEmpty && scene.messages.isEmpty)
        let report = await scene.output.probe()
        #expect(report.steps.last?.isOK == false)
        #expect(report.steps.last?.detail.contains("Invalid username or password") == true, "\(report)")
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a mechanism that the broker has not is named with those that it has`() async throws {
        let sasl = KafkaSASL.scram512(user: "shipper", password: "x")
        let scene = try BrokerScene(try await KafkaBroker.start(sasl: sasl)) {
            $0.username = "shipper"
            $0.password = Secret("x")
        }
        var factory = BatchFactory()
        let reply = await scene.driver.deliver(factory.batch(["one"]))
        #expect(reply.failure?.message.contains("broker's supported mechanisms: SCRAM-SHA-512") == true, "\(reply)")
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a broker of an authority that is not known is not talked to`() async throws {
        let broker = try await KafkaBroker.start(tls: TestCertificates.server())
        let scene = try BrokerScene(broker) { Self.trust(TestCertificates.otherAuthority, &$0) }
        var factory = BatchFactory()
        let reply = await scene.driver.deliver(factory.batch(["one"]))
        #expect(reply.verdicts == .all(.retry))
        #expect(reply.failure?.message.contains("certificate verify failed") == true, "\(reply)")
        #expect(broker.count(.versions) == 0)
        await scene.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a certificate of another host is not talked to unless names do not matter`() async throws {
        let tls = try TestCertificates.server(TestCertificates.elsewhere, key: TestCertificates.elsewhereKey)
        let broker = try await KafkaBroker.start(tls: tls)
        let strict = try BrokerScene(broker) { Self.trust(TestCertificates.authority, &$0) }
        var factory = BatchFactory()
        let reply = await strict.driver.deliver(factory.batch(["one"]))
        #expect(reply.failure?.message.contains("certificate verify failed") == true, "\(reply)")
        let easy = try BrokerScene(broker) {
            Self.trust(TestCertificates.authority, &$0)
            $0.tls?.verificationMode = .certificate
        }
        #expect(try await easy.driver.settle([factory.batch(["two"])], window: 1) == .init(delivered: 1))
        strict.driver.lane.close()
        await strict.output.shutdown()
        await easy.end()
    }

    @Test(.timeLimit(.minutes(2)), arguments: [false, true])
    func `a client shows its certificate`(hasPassphrase: Bool) async throws {
        let broker = try await KafkaBroker.start(tls: TestCertificates.server(requiresClient: true))
        let scene = try BrokerScene(broker) {
            Self.trust(TestCertificates.authority, &$0)
            $0.tls?.certificate = TestCertificates.client
            $0.tls?.key = hasPassphrase ? TestCertificates.clientKeyEncrypted : TestCertificates.clientKey
            $0.tls?.keyPassphrase = Secret(TestCertificates.passphrase)
        }
        var factory = BatchFactory()
        #expect(try await scene.driver.settle([factory.batch(["one"])], window: 1) == .init(delivered: 1))
        #expect(scene.messages == ["one"])
        await scene.end()
    }
}
