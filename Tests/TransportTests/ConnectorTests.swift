import EventModel
import NIOCore
import NIOPosix
import Publishing
import TestSupport
import Testing
import Transport

struct ConnectorTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.any()

    private func failure(_ connector: Connector, _ host: String, _ port: Int) async -> TransportError? {
        do {
            let channel = try await connector.connect(to: Endpoint(host: host, port: port), on: loop).get()
            try await channel.close()
            return nil
        } catch {
            return error as? TransportError
        }
    }

    @Test func `a port where nobody listens is named with the reason`() async throws {
        let reserved = ReservedPort()
        let port = reserved.port
        let error = await failure(Connector(), "127.0.0.1", port)
        #expect(error?.code == .connect)
        #expect(error?.description == "127.0.0.1:\(port): connection refused: nothing listens there")
        #expect(error?.failure.label == .connect)
        withExtendedLifetime(reserved) {}
    }

    @Test func `a name that does not exist cannot be resolved`() async {
        let error = await failure(Connector(), "no-such-host.invalid", 1)
        #expect(error?.code == .resolve)
        #expect(error?.message.hasPrefix("cannot resolve the host name") == true)
    }

    @Test func `a name is resolved and all its addresses are tried`() async throws {
        let peer = try await TCPPeer()
        #expect(await failure(Connector(), "localhost", peer.port) == nil)
        await peer.shutdown()
    }

    // MARK: TLS

    struct TLSCase: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var certificate = TestCertificates.server
        var key = TestCertificates.serverKey
        var host = "localhost"
        var mode = TLSSettings.VerificationMode.full
        var authorities = [TestCertificates.authority]
        var pins: [String] = []
        var fingerprint: String?
        var versions: [TLSSettings.ProtocolVersion] = [.v12, .v13]
        /// Part of the error; nil: it works.
        let error: String?
    }

    static let cases: [TLSCase] = [
        .init(testDescription: "full, host name", error: nil),
        .init(testDescription: "full, IP address", host: "127.0.0.1", error: nil),
        .init(testDescription: "TLS 1.2", versions: [.v12], error: nil),
        .init(testDescription: "TLS 1.3", versions: [.v13], error: nil),
        .init(
            testDescription: "full, other name", certificate: TestCertificates.elsewhere,
            key: TestCertificates.elsewhereKey, error: "another host name"),
        .init(
            testDescription: "full, other address", certificate: TestCertificates.elsewhere,
            key: TestCertificates.elsewhereKey, host: "127.0.0.1", error: "another host name"),
        .init(
            testDescription: "certificate, other name", certificate: TestCertificates.elsewhere,
            key: TestCertificates.elsewhereKey, mode: .certificate, error: nil),
        .init(
            testDescription: "full, common name only", certificate: TestCertificates.unnamed,
            key: TestCertificates.unnamedKey, error: nil),
        .init(
            testDescription: "strict, common name only", certificate: TestCertificates.unnamed,
            key: TestCertificates.unnamedKey, mode: .strict, error: "no subject alternative names"),
        .init(testDescription: "strict, alternative names", mode: .strict, error: nil),
        .init(
            testDescription: "expired", certificate: TestCertificates.expired, key: TestCertificates.expiredKey,
            error: "expired on 2020-02-01"),
        .init(
            testDescription: "certificate, expired", certificate: TestCertificates.expired,
            key: TestCertificates.expiredKey, mode: .certificate, error: "expired on 2020-02-01"),
        .init(
            testDescription: "none, expired", certificate: TestCertificates.expired,
            key: TestCertificates.expiredKey, mode: .none, error: nil),
        .init(
            testDescription: "unknown authority", authorities: [TestCertificates.otherAuthority],
            error: "unknown authority"),
        .init(
            testDescription: "none, unknown authority", mode: .none, authorities: [TestCertificates.otherAuthority],
            error: nil),
        .init(
            testDescription: "pinned authority",
            authorities: [TestCertificates.otherAuthority, TestCertificates.authority],
            pins: [TestCertificates.authorityPin], error: nil),
        .init(
            testDescription: "trusted fingerprint", authorities: [TestCertificates.otherAuthority],
            fingerprint: TestCertificates.authorityFingerprint, error: nil),
        .init(
            testDescription: "trusted fingerprint with colons", authorities: [TestCertificates.otherAuthority],
            fingerprint: TestCertificates.authorityFingerprint.uppercased(), error: nil),
        .init(
            testDescription: "another fingerprint", authorities: [TestCertificates.otherAuthority],
            fingerprint: String(repeating: "0", count: 64), error: "unknown authority"),
        .init(
            testDescription: "trusted fingerprint, other name", certificate: TestCertificates.elsewhere,
            key: TestCertificates.elsewhereKey, authorities: [TestCertificates.otherAuthority],
            fingerprint: TestCertificates.authorityFingerprint, error: "another host name"),
    ]

    @Test(.timeLimit(.minutes(5)), arguments: cases)
    func `a verification mode means what it says`(_ item: TLSCase) async throws {
        let server = try TestCertificates.server(item.certificate, key: item.key, withAuthority: true)
        let peer = try await TCPPeer(tls: server)
        var settings = TLSSettings()
        settings.verificationMode = item.mode
        settings.certificateAuthorities = item.authorities
        settings.caSHA256 = item.pins
        settings.caTrustedFingerprint = item.fingerprint
        settings.supportedProtocols = item.versions
        let connector = Connector(tls: try TLSClient(settings))
        let error = await failure(connector, item.host, peer.port)
        if let expected = item.error {
            #expect(error?.code == .tls)
            #expect(error?.message.contains(expected) == true, "\(String(describing: error))")
        } else {
            #expect(error == nil)
        }
        await peer.shutdown()
    }

    @Test func `a peer without TLS is found out`() async throws {
        let peer = try await TCPPeer()
        peer.journal.behave(.answersGarbage)
        let error = await failure(Connector(tls: try TLSClient(TLSSettings())), "localhost", peer.port)
        #expect(error?.message == "the peer does not speak TLS on this port")
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `a peer that never finishes the handshake is given up`() async throws {
        let peer = try await TCPPeer()
        // The steps in front of the handshake have the same time, and must not need it all on a machine that is busy.
        let connector = Connector(tls: try TLSClient(TLSSettings()), timeout: .seconds(10))
        let error = await failure(connector, "127.0.0.1", peer.port)
        #expect(error?.code == .timeout, "\(String(describing: error))")
        await peer.shutdown()
    }
}
