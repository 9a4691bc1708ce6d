import LumberjackOutput
import NIOPosix
import Publishing
import TestSupport
import Testing
import Transport

struct LumberjackContractTests {
    private static func contract(tls: Bool, level: Int, pipelining: Int) -> OutputContract {
        OutputContract(
            behaviours: [
                .takes, .refuses, .stalls, .staysSilent, .resets, .answersHalf, .answersGarbage, .answersTooMuch,
            ],
            mayAcknowledge: [.answersHalf],
            makePeer: { try await LumberjackPeer(tls: tls ? TestCertificates.server(requiresClient: true) : nil) },
            makeOutput: { peer, timeout in
                var settings = LumberjackSettings()
                settings.hosts = [Endpoint(host: "127.0.0.1", port: (peer as? LumberjackPeer)?.port ?? 0)]
                settings.timeout = timeout
                settings.compressionLevel = level
                settings.pipelining = pipelining
                if tls {
                    var client = TLSSettings()
                    client.certificateAuthorities = [TestCertificates.authority]
                    client.certificate = TestCertificates.client
                    client.key = TestCertificates.clientKey
                    settings.tls = client
                }
                return try LumberjackOutput(settings, group: MultiThreadedEventLoopGroup.singleton)
            })
    }
    private static let plain = contract(tls: false, level: 0, pipelining: 0)
    private static let compressed = contract(tls: false, level: 3, pipelining: 2)
    private static let secured = contract(tls: true, level: 3, pipelining: 4)

    @Test(.timeLimit(.minutes(5)), arguments: plain.clauses)
    func `the contract is kept without compression`(_ clause: OutputContract.Clause) async throws {
        try await LumberjackContractTests.plain.check(clause)
    }

    @Test(.timeLimit(.minutes(5)), arguments: compressed.clauses)
    func `the contract is kept with compression and pipelining`(_ clause: OutputContract.Clause) async throws {
        try await LumberjackContractTests.compressed.check(clause)
    }

    @Test(.timeLimit(.minutes(5)), arguments: secured.clauses)
    func `the contract is kept over TLS with client certificates`(_ clause: OutputContract.Clause) async throws {
        try await LumberjackContractTests.secured.check(clause)
    }
}
