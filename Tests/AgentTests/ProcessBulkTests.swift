import Synchronization
import TestSupport
import Testing

/// The real binary in front of an Elasticsearch of the test's own that refuses some events and goes away.
@Suite(.timeLimit(.minutes(4)))
struct ProcessBulkTests {
    private static let lines = 20_000
    private static let kills = 6

    /// What a line's document is refused with, by its number and how often it came.
    private static func refusal(_ document: BulkStore.Document, _ attempt: Int) -> BulkStore.Refusal? {
        switch fate(document.message) {
        case 0: .init(400, "document_parsing_exception", "failed to parse field [x]")
        case 1 where attempt <= 2: .init(429, "es_rejected_execution_exception", "queue is full")
        case 2 where attempt <= 1: .init(503, "unavailable_shards_exception", "no shard")
        default: nil
        }
    }

    /// The same for a line whatever happens around it: 0 to 99.
    private static func fate(_ message: String) -> Int {
        var random = SeededGenerator(seed: message.utf8.reduce(17) { ($0 &* 31) &+ UInt64($1) })
        return random.below(100)
    }

    @Test func `per-item refusals and restarts: nothing lost, nothing twice by id, every 400 a dead letter`()
        async throws
    {
        try await ProcessScene.play { scene in
            let port = ReservedPort()
            let store = BulkStore()
            let attempts = Mutex<[String: Int]>([:])
            store.refuse { document in
                let attempt = attempts.withLock { counts in
                    counts[document.id, default: 0] += 1
                    return counts[document.id] ?? 0
                }
                return Self.refusal(document, attempt)
            }
            scene.configure(
                """
                output.elasticsearch:
                  hosts: ["127.0.0.1:\(port.port)"]
                  index: logs
                  bulk_max_size: 300
                  backoff.init: 10ms
                  backoff.max: 50ms
                """)
            var logs = ProcessLogs(scene.logs, files: ["a.log", "b.log"])
            logs.append(0, Self.lines / 2)
            logs.append(1, Self.lines / 2)
            try await Self.kill(scene, store, port)
            let peer = try await Self.serve(store, port)
            #expect(try await scene.run("--once").exitStatus() == 0)
            await peer.shutdown()
            try await Self.check(scene, store, logs.written)
            logs.finish()
        }
    }

    @Test func `the ledger has every dead letter, and every byte`() async throws {
        try await ProcessScene.play { scene in
            let port = ReservedPort()
            let store = BulkStore()
            store.refuse { Self.refusal($0, 3) }
            scene.configure(
                """
                output.elasticsearch:
                  hosts: ["127.0.0.1:\(port.port)"]
                  index: logs
                """, more: "http.enabled: true\nhttp.host: unix://\(scene.socket)")
            var logs = ProcessLogs(scene.logs, files: ["a.log", "b.log"])
            for file in 0..<2 { logs.append(file, 5000) }
            let peer = try await Self.serve(store, port)
            let agent = try scene.run()
            let total = logs.total
            let stats = try await ProcessStatus.wait(scene, "all lines settled") { answer in
                Self.events("delivered", answer.body) + Self.events("dead_letter", answer.body) == total
            }
            #expect(Self.events("delivered", stats.body) == store.documents.count)
            #expect(Self.events("dead_letter", stats.body) > 0)
            #expect(ProcessStatus.number("unaccounted", in: stats.body) == 0)
            #expect(ProcessStatus.number("pending", in: stats.body) == 0)
            #expect(try await agent.terminate() == 0)
            await peer.shutdown()
            logs.finish()
        }
    }

    /// A number of the ledger's events, which stand behind its bytes.
    private static func events(_ name: String, _ stats: String) -> Int {
        guard let start = stats.firstRange(of: "\"events\":") else { return 0 }
        return ProcessStatus.number(name, in: String(stats[start.upperBound...])) ?? 0
    }

    /// Agent and server go away and come back, again and again.
    private static func kill(_ scene: ProcessScene, _ store: BulkStore, _ port: ReservedPort) async throws {
        var random = SeededGenerator(processSeed: 31)
        for _ in 0..<kills {
            let peer = try await serve(store, port)
            let agent = try scene.run()
            let goal = store.documents.count + Int.random(in: 1...1500, using: &random)
            let net = ContinuousClock.now + .seconds(60)
            while store.documents.count < goal {
                guard ContinuousClock.now < net else { throw ProcessFailure(description: "no \(goal) documents came") }
                try await Task.sleep(for: .milliseconds(5))
            }
            if Bool.random(using: &random) {
                await peer.shutdown()
                try await agent.destroy()
            } else {
                try await agent.destroy()
                await peer.shutdown()
            }
        }
    }

    private static func serve(_ store: BulkStore, _ port: ReservedPort) async throws -> HTTPPeer {
        let peer = try await HTTPPeer.start(port: port.port)
        peer.hold(store)
        return peer
    }

    private static func check(_ scene: ProcessScene, _ store: BulkStore, _ written: [String: Int]) async throws {
        let messages = store.documents.map(\.message)
        #expect(Set(messages).count == messages.count, "a line is there twice")
        #expect(Set(store.documents.map(\.id)).count == messages.count)
        let total = written.values.reduce(0, +)
        let poison = messages.filter { fate($0) == 0 }
        #expect(poison.isEmpty)
        let letters = await ChildProcess.run("sh", ["-c", "cat \(scene.data)/dead-letters/elasticsearch/*"])
        // The line stands in its letter as it was: `NAME-1#7 xxx NAME-1`.
        var dead: Set<String> = []
        for letter in letters.output.split(separator: "\n") {
            #expect(letter.contains("es_400") && letter.contains("failed to parse field"))
            for (series, _) in written {
                guard let start = letter.firstRange(of: "\(series)#") else { continue }
                dead.insert(String(letter[start.lowerBound...].prefix { $0 != " " }))
            }
        }
        #expect(
            dead.count + messages.count == total, "\(dead.count) dead letters, \(messages.count) of \(total) documents")
        #expect(!dead.isEmpty)
    }
}
