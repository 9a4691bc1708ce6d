import HTTPTransport
import Publishing
import TestSupport
import Testing

@testable import ElasticsearchOutput

/// What becomes of each event of a bulk request that is answered 200.
@Suite struct ItemVerdictTests {
    private static let lines = BatchFactory.numbered(0..<6)

    /// The verdicts when the item of `line 000002` is refused like this.
    private func verdicts(
        _ refusal: BulkStore.Refusal, _ adjust: (inout ElasticsearchSettings) -> Void = { _ in }
    ) async throws -> Reply {
        var reply: Reply?
        try await ElasticsearchScene.run({ settings, _, _ in adjust(&settings) }) { scene in
            scene.store.refuse { $0.message == "line 000002" ? refusal : nil }
            reply = await scene.deliver(Self.lines)
            #expect(scene.peer.journal.kept == Self.lines.filter { $0 != "line 000002" })
        }
        let done = try #require(reply)
        for position in 0..<6 where position != 2 { #expect(done.verdict(at: position) == .delivered) }
        return done
    }

    @Test(.timeLimit(.minutes(5)), arguments: [400, 403, 404, 405, 413, 422, 499])
    func `an item that was refused in a bulk answered 200 goes to the dead letters alone`(_ status: Int) async throws {
        let reply = try await verdicts(.init(status, "document_parsing_exception", "failed to parse field [a]"))
        #expect(reply.verdict(at: 2) == .rejected(reason: 0))
        #expect(
            reply.reasons == [
                .init(reason: "es_\(status)", answer: "document_parsing_exception: failed to parse field [a]")
            ])
        #expect(reply.failure == nil)
    }

    @Test(.timeLimit(.minutes(5)), arguments: [429, 500, 502, 503, 507])
    func `429 and 5xx items are sent again alone, with back-off`(_ status: Int) async throws {
        let reply = try await verdicts(.init(status, "es_rejected_execution_exception", "queue is full"))
        #expect(reply.verdict(at: 2) == .retry)
        #expect(reply.reasons == [])
        // The pipeline waits after an answer with a failure.
        #expect(reply.failure?.label == .status)
        #expect(
            reply.failure?.message.hasSuffix(
                "did not take 1 of 6 events: \(status) es_rejected_execution_exception: queue is full") == true)
    }

    @Test(.timeLimit(.minutes(5))) func `only what was refused for now is in the next request`() async throws {
        try await ElasticsearchScene.run { scene in
            scene.store.refuse { document in
                document.message == "line 000001" && scene.store.bulks < 3 ? .init(429, "too_many") : nil
            }
            var factory = BatchFactory()
            let settlement = try await scene.driver.settle([factory.batch(["line 000000", "line 000001"])], window: 1)
            #expect(settlement.delivered == 2 && settlement.retries == 2)
            #expect(scene.bodies.map { $0.split(separator: "\n").count } == [4, 2, 2])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `409 counts as delivered`() async throws {
        try await ElasticsearchScene.run { scene in
            var factory = BatchFactory()
            let batch = factory.batch(Self.lines)
            #expect(await scene.driver.deliver(batch) == .delivered)
            // As after a crash before the position was written: the same lines have the same ids.
            #expect(await scene.driver.deliver(batch) == .delivered)
            #expect(scene.store.documents.count == 6)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a 409 of index is no proof of anything`() async throws {
        let reply = try await verdicts(.init(409, "version_conflict_engine_exception")) { $0.operation = .index }
        #expect(reply.verdict(at: 2) == .rejected(reason: 0))
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            BulkStore.Refusal(403, "cluster_block_exception", "index [logs] blocked by: [FORBIDDEN/12/read-only]"),
            .init(403, "security_exception", "action [indices:data/write/bulk[s]] is unauthorized"),
            .init(401, "security_exception"),
            .init(404, "index_not_found_exception", "no such index [logs] and [action.auto_create_index] is [false]"),
            .init(400, "illegal_argument_exception", "pipeline with id [geo] does not exist"),
            .init(
                400, "illegal_argument_exception",
                "only write ops with an op_type of create are allowed in data streams"),
        ])
    func `what an operator puts right is waited for`(_ refusal: BulkStore.Refusal) async throws {
        let reply = try await verdicts(refusal)
        #expect(reply.verdict(at: 2) == .retry)
        #expect(reply.failure?.message.contains(refusal.reason) == true)
    }

    @Test(.timeLimit(.minutes(5)), arguments: [404, 400])
    func `an index that a field chose, and that is not there, does not stop the others`(_ status: Int) async throws {
        let type = status == 404 ? "index_not_found_exception" : "illegal_argument_exception"
        let reply = try await verdicts(.init(status, type, "pipeline with id [x] does not exist")) {
            $0.index.format = "logs-%{[agent.type]}"
        }
        #expect(reply.verdict(at: 2) == .rejected(reason: 0))
    }

    /// What the others do there: Vector and Fluent Bit read only the status of the request, or retry all or nothing of
    /// it; Filebeat drops an event that Elasticsearch refuses, with a line in its log.
    @Test(.timeLimit(.minutes(5)), arguments: ["Vector", "Fluent Bit", "Filebeat"])
    func `the silent drop of other shippers does not happen`(_ peer: String) async throws {
        try await ElasticsearchScene.run { scene in
            scene.store.refuse { document in
                switch (document.message, peer) {
                // Vector: a partial failure counts as success of the request.
                case ("line 000001", "Vector"): .init(400, "mapper_parsing_exception")
                // Fluent Bit: the items behind the first good one are not looked at.
                case ("line 000005", "Fluent Bit"): .init(400, "mapper_parsing_exception")
                // Filebeat: the second refusal in the dead letter index drops the event.
                case ("line 000003", "Filebeat"): .init(400, "mapper_parsing_exception")
                case ("line 000004", _) where scene.store.bulks < 2: .init(429, "es_rejected_execution_exception")
                default: nil
                }
            }
            var factory = BatchFactory()
            let settlement = try await scene.driver.settle([factory.batch(Self.lines)], window: 1)
            #expect(settlement.delivered == 5)
            #expect(settlement.rejected.map(\.reason) == ["es_400"])
            #expect(scene.store.documents.count == 5)
        }
    }
}
