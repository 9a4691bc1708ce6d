import Publishing
import TestSupport
import Testing

import HTTPTransport
@testable import OTLPOutput

@Suite struct OTLPContractTests {
    static let behaviours = PeerBehaviour.allCases

    static func contract(_ adjust: @escaping @Sendable (inout OTLPSettings) -> Void) -> OutputContract {
        OutputContract(
            behaviours: behaviours,
            // The status is there before the body that never ends.
            mayAcknowledge: [.answersTooMuch],
            makePeer: { try await OTLPScene.startPeer() },
            makeOutput: { peer, timeout in
                var settings = OTLPSettings()
                settings.client.hosts = [(peer as? HTTPPeer)?.base ?? ""]
                settings.client.timeout = timeout
                adjust(&settings)
                return try OTLPOutput(settings, userAgent: "needletail/test", logger: OTLPScene.quiet)
            })
    }

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: behaviours))
    func `compressed protobuf keeps the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract { _ in }.check(clause)
    }

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: behaviours))
    func `JSON keeps the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract {
            $0.encoding = .json
            $0.client.compressionLevel = 0
        }.check(clause)
    }

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: [.takes, .resets, .staysSilent]))
    func `bodies smaller than a batch keep the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract { $0.client.bulkMaxBytes = 1000 }.check(clause)
    }
}
