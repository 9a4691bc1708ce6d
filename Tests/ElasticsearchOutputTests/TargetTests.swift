import EventModel
import HTTPTransport
import Publishing
import TestSupport
import Testing

@testable import ElasticsearchOutput

/// Which index, which pipeline and which id an event goes by.
@Suite struct TargetTests {
    private func selector(_ settings: TargetSettings, isIndex: Bool = true) throws -> TargetSelector {
        try TargetSelector(settings, version: "1.2.3", isIndex: isIndex)
    }

    private func choose(_ settings: TargetSettings, _ event: String, isIndex: Bool = true) throws -> String {
        let object = try #require(JSONTree(event.utf8)?.object)
        return String(decoding: try selector(settings, isIndex: isIndex).choose(for: object), as: UTF8.self)
    }

    @Test func `the first rule counts whose condition holds and whose text is there`() throws {
        let settings = TargetSettings(
            format: "other-%{+yyyy}",
            rules: [
                .init(format: "errors", condition: .equals(path: [Array("level".utf8)], value: Array("error".utf8))),
                .init(format: "%{[service]}", mappings: ["billing": "logs-Billing"], fallback: "logs-rest"),
            ])
        let time = #""@timestamp":"2026-01-22T16:34:53.963Z""#
        #expect(try choose(settings, #"{\#(time),"level":"error","service":"billing"}"#) == "errors")
        #expect(try choose(settings, #"{\#(time),"service":"Billing"}"#) == "logs-billing")
        #expect(try choose(settings, #"{\#(time),"service":"shop"}"#) == "logs-rest")
        #expect(try choose(settings, #"{\#(time),"level":3}"#) == "other-2026")
    }

    @Test(arguments: [
        ("a b", "has a space"), ("", "is empty"), ("_x", "must not begin with"), ("x/y", "has '/' in it"),
        ("..", "is no name"), (String(repeating: "x", count: 256), "is longer than 255 bytes"),
        ("x:y", "has ':' in it"),
    ])
    func `an index that is none is no target`(name: String, message: String) throws {
        let failure = #expect(throws: TargetSelector.Problem.self) {
            _ = try choose(TargetSettings(format: "%{[x]}"), #"{"x":"\#(name)"}"#)
        }
        #expect(failure?.message.contains(message) == true)
    }

    @Test func `a pipeline whose field is missing is none`() throws {
        #expect(try choose(TargetSettings(format: "%{[x]}"), #"{"x":"Geo"}"#, isIndex: false) == "Geo")
        #expect(try choose(TargetSettings(format: "%{[x]}"), "{}", isIndex: false) == "")
    }

    @Test(arguments: [
        (EventCondition.equals(path: EventCondition.path("a.b"), value: Array("5".utf8)), true),
        (.equals(path: EventCondition.path("a.b"), value: Array("6".utf8)), false),
        (.contains(path: EventCondition.path("m"), text: Array("ell".utf8)), true),
        (.contains(path: EventCondition.path("t"), text: Array("two".utf8)), true),
        (.contains(path: EventCondition.path("t"), text: Array("four".utf8)), false),
        (.hasFields([EventCondition.path("m"), EventCondition.path("a.b")]), true),
        (.hasFields([EventCondition.path("m"), EventCondition.path("a.c")]), false),
        (.not(.any([.hasFields([EventCondition.path("z")]), .all([])])), false),
    ])
    func `conditions look at the event`(condition: EventCondition, holds: Bool) throws {
        let event = try #require(JSONTree(#"{"m":"hello","a":{"b":5},"t":["one","two three"]}"#.utf8)?.object)
        #expect(condition.holds(for: event) == holds)
    }

    @Test(.timeLimit(.minutes(5))) func `an event without a legal index is a dead letter, and the others go`()
        async throws
    {
        try await ElasticsearchScene.run({ settings, _, _ in settings.index.format = "logs-%{[message]}" }) { scene in
            let reply = await scene.deliver(["a", "b c", "B", "/"])
            #expect((0..<4).map { reply.verdict(at: $0) == .delivered } == [true, false, true, false])
            #expect(reply.reasons.map(\.reason) == ["es_index", "es_index"])
            #expect(scene.store.documents.map(\.index) == ["logs-a", "logs-b"])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `nothing but events that cannot go makes no request`() async throws {
        try await ElasticsearchScene.run({ settings, _, _ in settings.index.format = "%{[missing]}" }) { scene in
            let reply = await scene.deliver(["a", "b"])
            #expect(reply.verdicts == .all(.rejected(reason: 0)))
            #expect(scene.bodies.isEmpty)
        }
    }

    /// As `document_id` of an input makes it: the id of the line stands in `@metadata`.
    private static let withMetadata = EventTemplate(plain: [
        .constant("{\"@timestamp\":\""), .time, .constant("\",\"@metadata\":{\"beat\":\"x\",\"_id\":\""), .message,
        .constant("\"},\"message\":\""), .message, .constant("\"}"),
    ])

    @Test(.timeLimit(.minutes(5)), arguments: ["logs", "logs-%{+yyyy}", "%{[x]:logs}"])
    func `an id of the line is the document's, and @metadata does not leave`(_ format: String) async throws {
        try await ElasticsearchScene.run({ settings, _, _ in settings.index.format = format }) { scene in
            let long = String(repeating: "x", count: 513)
            let reply = await scene.deliver(["id1", "id\\\"2", long], template: Self.withMetadata)
            #expect(reply.verdict(at: 0) == .delivered && reply.verdict(at: 1) == .delivered)
            #expect(
                reply.reasons == [
                    .init(reason: "es_id", answer: "the id of the document is longer than 512 bytes")
                ])
            #expect(scene.store.documents.map(\.id) == ["id1", "id\\\"2"])
            #expect(scene.bodies.allSatisfy { !$0.contains("@metadata") })
        }
    }
}
