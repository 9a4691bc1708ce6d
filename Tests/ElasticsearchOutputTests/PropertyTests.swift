import HTTPTransport
import Publishing
import Synchronization
import TestSupport
import Testing

@testable import ElasticsearchOutput

/// Whatever a server says of each event, each is delivered exactly once, or in the dead letters.
@Suite struct PropertyTests {
    /// What becomes of a line, and after how many attempts.
    private enum Fate: CaseIterable {
        case good, busy, poison, duplicate, down
    }

    @Test(.timeLimit(.minutes(5)), arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `every event is delivered exactly once or a dead letter`(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let lines = BatchFactory.numbered(0..<400)
        var fates: [String: Fate] = [:]
        for line in lines { fates[line] = Fate.allCases[max(0, random.below(8) - 3)] }
        let known = fates
        let chance = random.below(3)
        try await ElasticsearchScene.run({ settings, _, _ in
            settings.client.bulkMaxBytes = [1000, 20_000, 5_000_000][chance]
            settings.index.format = ["logs", "logs-%{+yyyy}", "logs-%{[agent.type]}"][Int(seed % 3)]
        }) { scene in
            let attempts = Attempts()
            scene.store.refuse { document in
                let attempt = attempts.add(document.id)
                switch known[document.message] ?? .good {
                case .good, .duplicate: return nil
                case .busy: return attempt <= 2 ? .init(429, "es_rejected_execution_exception") : nil
                case .down: return attempt <= 1 ? .init(503, "unavailable_shards_exception") : nil
                case .poison: return .init(400, "document_parsing_exception", document.id)
                }
            }
            var factory = BatchFactory()
            let batches = [factory.batch(Array(lines[..<150])), factory.batch(Array(lines[150...]))]
            // Sent before, by an agent that did not live to note it.
            let before = batches[0]
            _ = await scene.driver.deliver(before)
            let settlement = try await scene.driver.settle(batches, window: 1)
            let poison = lines.filter { known[$0] == .poison }
            #expect(settlement.rejected.count == poison.count)
            #expect(settlement.rejected.allSatisfy { $0.reason == "es_400" })
            #expect(settlement.delivered == lines.count - poison.count)
            #expect(scene.store.documents.map(\.message).sorted() == lines.filter { known[$0] != .poison })
            #expect(Set(settlement.rejected.map(\.answer)).count == poison.count)
        }
    }
}

/// How often each document came.
private final class Attempts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func add(_ id: String) -> Int {
        counts.withLock { counts in
            counts[id, default: 0] += 1
            return counts[id] ?? 0
        }
    }
}
