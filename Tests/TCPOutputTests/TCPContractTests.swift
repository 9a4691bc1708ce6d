import NIOPosix
import Publishing
import TCPOutput
import TestSupport
import Testing
import Transport

struct TCPContractTests {
    private static func contract(tls: Bool) -> OutputContract {
        OutputContract(
            behaviours: [.stalls, .answersGarbage], mayAcknowledge: [.answersGarbage],
            // So small that a stalled peer's kernel cannot take a whole delivery.
            makePeer: { try await TCPPeer(tls: tls ? TestCertificates.server() : nil, receiveBuffer: 128 * 1024) },
            makeOutput: { peer, timeout in
                var settings = TCPSettings()
                settings.hosts = [Endpoint(host: "127.0.0.1", port: (peer as? TCPPeer)?.port ?? 0)]
                settings.timeout = timeout
                if tls {
                    var client = TLSSettings()
                    client.certificateAuthorities = [TestCertificates.authority]
                    settings.tls = client
                }
                return try TCPOutput(settings, group: MultiThreadedEventLoopGroup.singleton)
            })
    }
    private static let plain = contract(tls: false)
    private static let secured = contract(tls: true)
    /// What a stalled peer's kernel has taken is delivered, as far as TCP can tell. For the same reason a peer that resets
    /// is not among the behaviours: what its kernel had taken is lost with it, and nobody can know.
    private static let clauses = plain.clauses.filter { $0 != .closes(during: .stalls) }

    @Test(.timeLimit(.minutes(5)), arguments: clauses)
    func `the contract is kept over TCP`(_ clause: OutputContract.Clause) async throws {
        try await TCPContractTests.plain.check(clause)
    }

    @Test(.timeLimit(.minutes(5)), arguments: clauses)
    func `the contract is kept over TLS`(_ clause: OutputContract.Clause) async throws {
        try await TCPContractTests.secured.check(clause)
    }
}
