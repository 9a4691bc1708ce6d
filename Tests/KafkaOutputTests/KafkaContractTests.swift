import CRdkafka
import Publishing
import TestSupport
import Testing

@testable import KafkaOutput

/// A mock cluster as the contract's peer: it is told what to do when a delivery sets out.
///
/// Resets and torn answers are librdkafka's to mend and are no failure here; `BrokerFaultTests` has those.
private final class ClusterPeer: ContractPeer {
    let cluster = KafkaCluster()
    let journal: PeerJournal

    init() {
        let cluster = cluster
        journal = PeerJournal {
            cluster.delayAnswers(milliseconds: 0)
            return KafkaReader(cluster).readToEnd().map(\.message)
        }
    }

    func begin() {
        let behaviour = journal.beginAttempt()
        cluster.delayAnswers(milliseconds: behaviour == .staysSilent ? 20_000 : 0)
        if behaviour == .refuses { cluster.refuse([RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED.rawValue]) }
        if behaviour == .rejects { cluster.refuse([RD_KAFKA_RESP_ERR_INVALID_RECORD.rawValue]) }
    }

    func shutdown() async {}
}

/// The output, whose deliveries the peer sees setting out.
private struct WatchedOutput: Output {
    let inner: KafkaOutput
    let peer: ClusterPeer
    var traits: OutputTraits { inner.traits }
    func makeLane(_ index: Int) -> any OutputLane { WatchedLane(inner: inner.makeLane(index), peer: peer) }
    func shutdown() async { await inner.shutdown() }
}

private final class WatchedLane: OutputLane {
    let inner: any OutputLane
    let peer: ClusterPeer

    init(inner: any OutputLane, peer: ClusterPeer) {
        self.inner = inner
        self.peer = peer
    }

    func send(_ delivery: Delivery, reply: @escaping @Sendable (Reply) -> Void) {
        peer.begin()
        inner.send(delivery, reply: reply)
    }

    func close() { inner.close() }
}

@Suite struct KafkaContractTests {
    static let behaviours: [PeerBehaviour] = [.takes, .refuses, .rejects, .staysSilent]

    @Test(.timeLimit(.minutes(5)), arguments: OutputContract.clauses(for: behaviours), [true, false])
    func `the contract is kept`(_ clause: OutputContract.Clause, idempotent: Bool) async throws {
        try await OutputContract(
            behaviours: Self.behaviours,
            makePeer: { ClusterPeer() },
            makeOutput: { peer, timeout in
                guard let peer = peer as? ClusterPeer else { throw ContractBreach("another peer") }
                let output = try KafkaScene.output(peer.cluster) {
                    $0.deliveryTimeout = timeout
                    $0.idempotence = idempotent
                }
                return WatchedOutput(inner: output, peer: peer)
            }
        ).check(clause)
    }
}
