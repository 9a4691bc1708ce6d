import EventModel
import NIOCore
import NIOPosix
import NIOSSL
import Publishing
import TestSupport
import Testing
import Transport

import HTTPTransport
@testable import HTTPOutput

@Suite struct TLSTests {
    /// A peer that speaks TLS with a certificate of the test authority.
    private static func peer() async throws -> HTTPPeer {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.server.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(TestCertificates.serverKey.utf8), format: .pem)
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        let context = try NIOSSLContext(configuration: configuration)
        return try await HTTPPeer.start { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
            }
        }
    }

    private static func settings(_ peer: HTTPPeer, _ adjust: (inout TLSSettings) -> Void) -> HTTPSettings {
        var settings = HTTPSettings()
        settings.client.hosts = ["https://127.0.0.1:\(peer.port)/logs"]
        settings.client.timeout = .seconds(20)
        var tls = TLSSettings()
        adjust(&tls)
        settings.client.tls = tls
        return settings
    }

    @Test(.timeLimit(.minutes(5))) func `events go to a server whose authority is trusted, and to no other`()
        async throws
    {
        let peer = try await Self.peer()
        for trusted in [true, false] {
            let settings = Self.settings(peer) {
                $0.certificateAuthorities = [
                    trusted ? TestCertificates.authority : TestCertificates.otherAuthority
                ]
            }
            let output = try HTTPOutput(settings, userAgent: "x", logger: HTTPContractTests.quiet)
            let driver = LaneDriver(output.makeLane(0))
            var factory = BatchFactory()
            let reply = await driver.deliver(factory.batch(["trusted \(trusted)"]))
            #expect(reply.verdicts == .all(trusted ? .delivered : .retry))
            #expect(reply.failure?.label == (trusted ? nil : .tls))
            driver.lane.close()
            await output.shutdown()
        }
        #expect(peer.journal.kept == ["trusted true"])
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `a probe asks by HEAD and leaves nothing behind`() async throws {
        let peer = try await HTTPPeer.start()
        peer.answer { $0.method == "HEAD" ? .init(405) : .init(500) }
        var settings = HTTPSettings()
        settings.client.hosts = [peer.url]
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let reports = try await HTTPOutput.probe(settings, userAgent: "x", on: loop)
        #expect(reports.map(\.isOK) == [true])
        #expect(reports.first?.steps.map(\.name) == ["dns lookup", "dial up", "talk to server"])
        #expect(reports.first?.steps.last?.detail == "answered 405 to a HEAD request")
        peer.answer { _ in .init(401) }
        let refused = try await HTTPOutput.probe(settings, userAgent: "x", on: loop)
        #expect(refused.first?.steps.last?.isOK == false)
        #expect(peer.requests.allSatisfy { $0.method == "HEAD" && $0.body.isEmpty })
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5)), arguments: [true, false])
    func `a probe over TLS tells the version, or why the server is not trusted`(trusted: Bool) async throws {
        let peer = try await Self.peer()
        let settings = Self.settings(peer) {
            $0.certificateAuthorities = [trusted ? TestCertificates.authority : TestCertificates.otherAuthority]
        }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let report = try #require(try await HTTPOutput.probe(settings, userAgent: "x", on: loop).first)
        #expect(report.isOK == trusted)
        let handshake = try #require(report.steps.first { $0.name == "handshake" })
        #expect(handshake.isOK == trusted)
        #expect(!trusted || handshake.detail.contains("TLS version: tlsv13"), "\(handshake.detail)")
        #expect(report.steps.count == (trusted ? 4 : 3))
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `an https URL is probed over TLS without any TLS settings`() async throws {
        let peer = try await Self.peer()
        var settings = HTTPSettings()
        settings.client.hosts = ["https://127.0.0.1:\(peer.port)/logs"]
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let report = try #require(try await HTTPOutput.probe(settings, userAgent: "x", on: loop).first)
        #expect(report.steps.last?.name == "handshake")
        #expect(report.steps.last?.isOK == false, "the system does not know the test authority")
        await peer.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func `a probe goes through the proxy, as the events do`() async throws {
        let peer = try await HTTPPeer.start()
        peer.answer { $0.method == "HEAD" ? .init(405) : .init(500) }
        var settings = HTTPSettings()
        settings.client.hosts = ["http://collector.invalid:8080/logs"]
        settings.client.proxyURL = "http://127.0.0.1:\(peer.port)"
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let report = try #require(try await HTTPOutput.probe(settings, userAgent: "x", on: loop).first)
        #expect(report.steps.map(\.name) == ["dns lookup", "dial up", "talk to server"])
        #expect(report.isOK, "\(report.steps)")
        #expect(report.steps.last?.detail.hasSuffix("through the proxy, answered 405 to a HEAD request") == true)
        #expect(peer.requests.first?.method == "CONNECT")
        #expect(peer.requests.last?.method == "HEAD")
        #expect(peer.requests.last?.headers["host"] == "collector.invalid:8080")
        let closed = ReservedPort()
        settings.client.proxyURL = "http://127.0.0.1:\(closed.port)"
        let refused = try #require(try await HTTPOutput.probe(settings, userAgent: "x", on: loop).first)
        #expect(refused.steps.map(\.isOK) == [true, false])
        await peer.shutdown()
    }

    @Test func `checks that this client cannot make are refused, not skipped`() {
        for adjust: (inout TLSSettings) -> Void in [
            { $0.verificationMode = .strict }, { $0.caTrustedFingerprint = "00" }, { $0.certificate = "/nowhere" },
        ] {
            var settings = HTTPSettings()
            settings.client.hosts = ["https://127.0.0.1:1/"]
            var tls = TLSSettings()
            adjust(&tls)
            settings.client.tls = tls
            #expect(throws: HTTPTransportError.self) {
                try HTTPOutput(settings, userAgent: "x", logger: HTTPContractTests.quiet)
            }
        }
    }
}
