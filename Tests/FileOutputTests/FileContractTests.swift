import Publishing
import TestSupport
import Testing

@testable import FileOutput

/// A directory in the place of a peer.
struct DirectoryPeer: ContractPeer {
    let scene: FileScene
    let journal: PeerJournal

    init() {
        let scene = FileScene()
        self.scene = scene
        journal = PeerJournal { scene.messages }
        _ = journal.beginAttempt()
    }

    func shutdown() async {}
}

@Suite struct FileContractTests {
    private static let contract = OutputContract(
        behaviours: [.takes], makePeer: { DirectoryPeer() },
        makeOutput: { peer in
            guard let peer = peer as? DirectoryPeer else { throw ContractBreach("not a directory") }
            return peer.scene.output()
        })

    private static let smallFiles = OutputContract(
        behaviours: [.takes], makePeer: { DirectoryPeer() },
        makeOutput: { peer in
            guard let peer = peer as? DirectoryPeer else { throw ContractBreach("not a directory") }
            return peer.scene.output { settings in
                settings.rotateEveryKB = 1
                settings.numberOfFiles = 1000
            }
        })

    @Test(.timeLimit(.minutes(5)), arguments: contract.clauses)
    func `the file output keeps the contract`(_ clause: OutputContract.Clause) async throws {
        try await Self.contract.check(clause)
    }

    @Test(.timeLimit(.minutes(5)), arguments: smallFiles.clauses)
    func `so it does when it rotates within a batch`(_ clause: OutputContract.Clause) async throws {
        try await Self.smallFiles.check(clause)
    }
}
