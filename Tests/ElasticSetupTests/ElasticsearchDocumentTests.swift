import EventModel
import Testing

@testable import ElasticSetup

struct ElasticsearchDocumentTests {
    private func documents(
        _ product: ElasticsearchServer.Product = .elasticsearch, _ major: Int = 9, _ minor: Int = 0,
        _ change: (inout ElasticsearchOptions) -> Void = { _ in }
    ) throws -> [ElasticsearchResource] {
        var options = ElasticsearchOptions()
        change(&options)
        return try ElasticsearchDocuments(for: ElasticsearchServer(product, .init(major, minor)), options).resources
    }

    private func template(_ resources: [ElasticsearchResource]) throws -> JSONObject {
        try #require(resources.last { $0.kind == .indexTemplate }?.document)
    }

    @Test(arguments: SetupDocument.allCases)
    func `each document is a JSON object that ends with a line`(_ document: SetupDocument) {
        #expect(JSONTree(document.text)?.object?.members.isEmpty == false)
        #expect(document.text.last == 0x0a)
    }

    @Test(arguments: [
        ("@timestamp", "date"), ("message", "match_only_text"), ("trace.id", "keyword"), ("span.id", "keyword"),
        ("service.name", "keyword"), ("log.level", "keyword"), ("log.offset", "long"), ("log.file.path", "keyword"),
        ("log.file.inode", "keyword"), ("log.file.device_id", "keyword"), ("log.file.fingerprint", "keyword"),
        ("host.name", "keyword"), ("agent.id", "keyword"), ("agent.ephemeral_id", "keyword"),
        ("agent.version", "keyword"), ("event.id", "keyword"), ("ecs.version", "keyword"), ("tags", "keyword"),
        ("input.type", "keyword"), ("http.request.id", "keyword"), ("error.message", "match_only_text"),
        ("error.type", "keyword"), ("error.stack_trace", "match_only_text"),
    ])
    func `the template maps the fields of an event`(_ field: String, _ type: String) throws {
        let template = try template(documents())
        #expect(Mappings(template).type(of: field) == type)
    }

    @Test func `other strings are keywords that a long text does not break`() throws {
        let rules = try template(documents()).value(at: "template.mappings.dynamic_templates")?.array
        let rule = try #require(rules?.first?.object?.object(at: "strings"))
        #expect(rule.text(at: "match_mapping_type") == "string")
        #expect(rule.text(at: "mapping.type") == "keyword")
        #expect(rule.text(at: "mapping.ignore_above") == "1024")
    }

    @Test func `shards, replicas, names and patterns are as the options say`() throws {
        let resources = try documents {
            $0.shards = 3
            $0.replicas = 0
            $0.name = "app"
            $0.pattern = "app-*"
            $0.lifecycle = .ilm
        }
        #expect(resources.map(\.path) == ["/_ilm/policy/app", "/_index_template/app"])
        let template = try template(resources)
        #expect(template.value(at: "index_patterns")?.array?.compactMap(\.plainText) == ["app-*"])
        let settings = try #require(template.object(at: "template.settings")).flatSettings
        #expect(settings["index.number_of_shards"] == "3")
        #expect(settings["index.number_of_replicas"] == "0")
        #expect(settings["index.lifecycle.name"] == "app")
    }

    // MARK: By server

    @Test(arguments: [
        (ElasticsearchServer(.elasticsearch, .init(9, 1)), ElasticsearchOptions.Lifecycle.dsl),
        (ElasticsearchServer(.elasticsearch, .init(8, 14)), .dsl),
        (ElasticsearchServer(.elasticsearch, .init(8, 13)), .ilm),
        (ElasticsearchServer(.elasticsearch, .init(7, 9)), .ilm),
        (ElasticsearchServer(.serverless, .init(8, 11)), .dsl),
        (ElasticsearchServer(.openSearch, .init(1, 3)), .ism),
    ])
    func `the lifecycle is the one that the server has`(
        _ server: ElasticsearchServer, _ expected: ElasticsearchOptions.Lifecycle
    ) throws {
        #expect(try ElasticsearchOptions().lifecycle(for: server) == expected)
    }

    @Test(arguments: [
        (ElasticsearchServer(.elasticsearch, .init(8, 13)), ElasticsearchOptions.Lifecycle.dsl),
        (ElasticsearchServer(.serverless, .init(8, 11)), .ilm), (ElasticsearchServer(.openSearch, .init(2, 0)), .ilm),
        (ElasticsearchServer(.openSearch, .init(2, 0)), .dsl), (ElasticsearchServer(.elasticsearch, .init(9, 0)), .ism),
    ])
    func `a lifecycle that the server has not is refused`(
        _ server: ElasticsearchServer, _ choice: ElasticsearchOptions.Lifecycle
    ) {
        var options = ElasticsearchOptions()
        options.lifecycle = choice
        let error = #expect(throws: SetupError.self) { try ElasticsearchDocuments(for: server, options) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("--lifecycle \(choice.rawValue)") == true)
    }

    @Test func `an early Elasticsearch gets nothing that it does not know`() throws {
        let resources = try documents(.elasticsearch, 7, 10)
        let policy = try #require(resources.first?.document)
        #expect(policy.value(at: "policy._meta") == nil)
        #expect(policy.text(at: "policy.phases.hot.actions.rollover.max_size") == "50gb")
        #expect(policy.value(at: "policy.phases.hot.actions.rollover.max_primary_shard_size") == nil)
        let template = try template(resources)
        #expect(Mappings(template).types.isDisjoint(with: ["match_only_text"]))
        #expect(Mappings(template).type(of: "message") == "text")
        let settings = try #require(template.object(at: "template.settings")).flatSettings
        #expect(settings.keys.allSatisfy { !$0.contains("ignore") })
        #expect(Mappings(template).object(of: "@timestamp")?.members.count == 1)
    }

    @Test func `malformed values are forgiven, but not in the time of a data stream`() throws {
        let template = try template(documents())
        #expect(template.text(at: "template.settings.index.mapping.ignore_malformed") == "true")
        #expect(Mappings(template).object(of: "@timestamp")?.text(at: "ignore_malformed") == "false")
    }

    @Test func `serverless chooses shards and codec itself`() throws {
        let settings = try #require(try template(documents(.serverless, 8, 11)).object(at: "template.settings"))
            .flatSettings
        #expect(settings.keys.sorted() == ["index.mapping.ignore_malformed", "index.refresh_interval"])
    }

    @Test(arguments: [("7d", "7d"), (nil, nil)])
    func `the retention reaches each kind of lifecycle`(_ retention: String?, _ expected: String?) throws {
        let dsl = try template(documents { $0.retention = retention })
        #expect(dsl.object(at: "template.lifecycle") != nil)
        #expect(dsl.text(at: "template.lifecycle.data_retention") == expected)
        let ilm = try documents(.elasticsearch, 8, 10) { $0.retention = retention }[0].document
        #expect(ilm.text(at: "policy.phases.delete.min_age") == expected)
        let ism = try documents(.openSearch, 2, 12) { $0.retention = retention }[0].document
        let states = ism.value(at: "policy.states")?.array?.compactMap(\.object) ?? []
        try #require(!states.isEmpty)
        #expect(states.count == (retention == nil ? 1 : 2))
        let transition = states[0].value(at: "transitions")?.array?.first?.object
        #expect(transition?.text(at: "conditions.min_index_age") == expected)
    }
}
