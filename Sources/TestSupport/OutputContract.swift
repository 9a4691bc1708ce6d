package import Publishing

/// What every output promises, checked against a real peer on loopback.
///
/// A test target describes its output once and runs each clause as one case:
/// ```
/// @Test(.timeLimit(.minutes(1)), arguments: contract.clauses)
/// func `the contract is kept`(_ clause: OutputContract.Clause) async throws { try await contract.check(clause) }
/// ```
/// - Errors: `check` throws `ContractBreach`. A reply that never comes is caught by the time limit of the test.
package struct OutputContract: Sendable {
    package enum Clause: Sendable, Hashable, CustomStringConvertible {
        /// All lines of several batches arrive, in order.
        case delivers
        /// A peer that says "not now" once gets everything later, in order.
        case retries
        /// What the peer refuses for good is said to be rejected, and what follows is delivered.
        case rejects
        /// A sick peer costs a retry, and all is delivered once it is well.
        case survives(PeerBehaviour)
        /// `close` answers all that is outstanding, once, and what is sent afterwards too.
        case closes(during: PeerBehaviour)

        package var description: String {
            switch self {
            case .delivers: "delivers"
            case .retries: "retries"
            case .rejects: "rejects"
            case .survives(let behaviour): "survives a peer that \(behaviour.rawValue)"
            case .closes(let behaviour): "closes while the peer \(behaviour.rawValue)"
            }
        }
    }

    /// What the peer can be told to do; clauses about other behaviours are left out.
    package var behaviours: [PeerBehaviour]
    /// Behaviours under which events may be acknowledged all the same, in part or all (a partial acknowledgement).
    package var mayAcknowledge: Set<PeerBehaviour>
    package var makePeer: @Sendable () async throws -> any ContractPeer
    /// Makes the output, with this timeout: `patience` where the peer is well, `impatience` where it is not.
    package var makeOutput: @Sendable (any ContractPeer, Duration) async throws -> any Output
    /// So long that a busy machine does not fail a test.
    package static let patience = Duration.seconds(30)
    /// So short that a peer that says nothing is soon given up.
    package static let impatience = Duration.seconds(1)

    package init(
        behaviours: [PeerBehaviour], mayAcknowledge: Set<PeerBehaviour> = [],
        makePeer: @escaping @Sendable () async throws -> any ContractPeer,
        makeOutput: @escaping @Sendable (any ContractPeer, Duration) async throws -> any Output
    ) {
        self.behaviours = behaviours
        self.mayAcknowledge = mayAcknowledge
        self.makePeer = makePeer
        self.makeOutput = makeOutput
    }

    /// For an output that is given up after the same time whatever the peer does.
    package init(
        behaviours: [PeerBehaviour], mayAcknowledge: Set<PeerBehaviour> = [],
        makePeer: @escaping @Sendable () async throws -> any ContractPeer,
        makeOutput: @escaping @Sendable (any ContractPeer) async throws -> any Output
    ) {
        self.init(behaviours: behaviours, mayAcknowledge: mayAcknowledge, makePeer: makePeer) { peer, _ in
            try await makeOutput(peer)
        }
    }

    /// The clauses that this output and its peer can be held to.
    package var clauses: [Clause] { Self.clauses(for: behaviours) }

    package static func clauses(for behaviours: [PeerBehaviour]) -> [Clause] {
        var clauses = [Clause.delivers, .closes(during: .takes)]
        for behaviour in behaviours {
            switch behaviour {
            case .takes: break
            case .refuses: clauses.append(.retries)
            case .rejects: clauses.append(.rejects)
            case .stalls, .staysSilent: clauses += [.survives(behaviour), .closes(during: behaviour)]
            case .resets, .answersHalf, .answersGarbage, .answersTooMuch: clauses.append(.survives(behaviour))
            }
        }
        return clauses
    }
}

/// A promise that an output did not keep.
package struct ContractBreach: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
