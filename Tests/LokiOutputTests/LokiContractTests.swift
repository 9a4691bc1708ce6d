import Publishing
import TestSupport
import Testing

import HTTPTransport
@testable import LokiOutput

@Suite struct LokiContractTests {
    static let behaviours = PeerBehaviour.allCases

    static func contract(_ adjust: @escaping @Sendable (inout LokiSettings) -> Void) -> OutputContract {
        OutputContract(
            behaviours: behaviours,
            // The status is there before the body that never ends.
            mayAcknowledge: [.answersTooMuch],
            makePeer: { try await LokiScene.startPeer() },
            makeOutput: { peer, timeout in
                var settings = LokiSettings()
                settings.client.hosts = [(peer as? HTTPPeer)?.base ?? ""]
                settings.client.timeout = timeout
                adjust(&settings)
                return try LokiOutput(settings, userAgent: "needletail/test", logger: LokiScene.quiet)
            })
    }

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: behaviours))
    func `protobuf with snappy keeps the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract { _ in }.check(clause)
    }

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: behaviours))
    func `JSON with gzip keeps the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract { $0.encoding = .json }.check(clause)
    }

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: [.takes, .resets, .staysSilent]))
    func `bodies smaller than a batch keep the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract { $0.client.bulkMaxBytes = 1000 }.check(clause)
    }
}
