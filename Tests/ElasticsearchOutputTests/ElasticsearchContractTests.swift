import ElasticsearchOutput
import HTTPTransport
import Publishing
import TestSupport
import Testing

@Suite struct ElasticsearchContractTests {
    static let behaviours = PeerBehaviour.allCases

    static func contract(_ adjust: @escaping @Sendable (inout ElasticsearchSettings) -> Void) -> OutputContract {
        OutputContract(
            behaviours: behaviours,
            makePeer: {
                let peer = try await HTTPPeer.start()
                peer.hold(BulkStore())
                return peer
            },
            makeOutput: { peer, timeout in
                var settings = ElasticsearchSettings()
                settings.client.hosts = [(peer as? HTTPPeer)?.root ?? ""]
                settings.client.timeout = timeout
                adjust(&settings)
                return try ElasticsearchOutput(settings, version: "1.0.0", logger: quiet)
            })
    }

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: behaviours))
    func `bodies without compression keep the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract { $0.client.compressionLevel = 0 }.check(clause)
    }

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: behaviours))
    func `compressed bodies keep the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract { _ in }.check(clause)
    }

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: [.takes, .resets, .rejects, .staysSilent]))
    func `bodies smaller than a batch keep the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract { $0.client.bulkMaxBytes = 1000 }.check(clause)
    }

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: [.takes, .refuses, .resets, .rejects]))
    func `an index that a field names keeps the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract { $0.index.format = "logs-%{[agent.type]}-%{+yyyy.MM}" }.check(clause)
    }
}
