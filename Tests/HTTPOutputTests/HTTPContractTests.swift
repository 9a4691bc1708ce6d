import Logging
import Publishing
import TestSupport
import Testing

import HTTPTransport
@testable import HTTPOutput

@Suite struct HTTPContractTests {
    static let behaviours = PeerBehaviour.allCases
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func contract(_ adjust: @escaping @Sendable (inout HTTPSettings) -> Void) -> OutputContract {
        OutputContract(
            behaviours: behaviours,
            // The status is there before the body that never ends.
            mayAcknowledge: [.answersTooMuch],
            makePeer: { try await HTTPPeer.start() },
            makeOutput: { peer, timeout in
                var settings = HTTPSettings()
                settings.client.hosts = [(peer as? HTTPPeer)?.url ?? ""]
                settings.client.timeout = timeout
                adjust(&settings)
                return try HTTPOutput(settings, userAgent: "needletail/test", logger: quiet)
            })
    }

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: behaviours))
    func `NDJSON without compression keeps the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract { $0.client.compressionLevel = 0 }.check(clause)
    }

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: behaviours))
    func `a compressed JSON array keeps the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract {
            $0.client.compressionLevel = 1
            $0.format = .jsonArray
        }.check(clause)
    }

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: [.takes, .resets, .staysSilent]))
    func `bodies smaller than a batch keep the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract { $0.client.bulkMaxBytes = 1000 }.check(clause)
    }
}
