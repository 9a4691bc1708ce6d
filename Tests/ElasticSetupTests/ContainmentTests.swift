import EventModel
import Testing

@testable import ElasticSetup

struct ContainmentTests {
    private func tree(_ text: String) throws -> JSONTree { try #require(JSONTree(text.utf8)) }

    @Test(arguments: [
        (#"{"a":1}"#, #"{"a":1}"#, true), (#"{"a":"1","b":2}"#, #"{"a":1}"#, true),
        (#"{"a":{"b":true,"c":0}}"#, #"{"a":{"b":"true"}}"#, true), (#"{"a":2}"#, #"{"a":1}"#, false),
        (#"{}"#, #"{"a":1}"#, false), (#"{"a":[1,{"b":2,"c":3}]}"#, #"{"a":[1,{"b":2}]}"#, true),
        (#"{"a":[1,2]}"#, #"{"a":[1]}"#, false), (#"{"a":[2,1]}"#, #"{"a":[1,2]}"#, false),
        (#"{"a":{}}"#, #"{"a":1}"#, false), (#"{"a":"x"}"#, #"{"a":{}}"#, false),
        (#"{"delete":{"delete_searchable_snapshot":true}}"#, #"{"delete":{}}"#, true),
    ])
    func `what is there says all that is wanted, or does not`(
        _ present: String, _ wanted: String, _ expected: Bool
    ) throws {
        #expect(try tree(present).contains(tree(wanted)) == expected)
    }

    @Test(arguments: [
        #"{"index":{"number_of_shards":1,"lifecycle":{"name":"n"}}}"#,
        #"{"number_of_shards":"1","lifecycle.name":"n"}"#,
        #"{"index.number_of_shards":1,"index":{"lifecycle.name":"n"}}"#,
    ])
    func `settings are the same in each of their forms`(_ text: String) throws {
        let settings = try #require(try tree(text).object).flatSettings
        #expect(settings == ["index.number_of_shards": "1", "index.lifecycle.name": "n"])
    }

    @Test(arguments: [
        ("8.19.0", ElasticsearchServer.Version(8, 19)), ("9.1.0-SNAPSHOT", .init(9, 1)), ("10", nil), ("x.y", nil),
    ])
    func `versions are read as far as they matter`(_ text: String, _ expected: ElasticsearchServer.Version?) {
        #expect(ElasticsearchServer.Version(text) == expected)
        #expect(ElasticsearchServer.Version(7, 17) < .init(8, 0) && ElasticsearchServer.Version(8, 9) < .init(8, 14))
    }

    @Test(arguments: [
        (#"{"version":{"number":"8.19.0","build_flavor":"default"}}"#, "Elasticsearch 8.19.0"),
        (#"{"version":{"number":"8.11.0","build_flavor":"serverless"}}"#, "Elasticsearch Serverless"),
        (#"{"version":{"number":"2.17.1","distribution":"opensearch"}}"#, "OpenSearch 2.17.1"),
        (#"{"name":"needletail","version":{"number":"8.19.0","build_hash":"needletail"}}"#, "Needletail's collector"),
        (#"{"hello":"world"}"#, nil),
    ])
    func `a banner tells the product`(_ text: String, _ expected: String?) throws {
        let banner = try #require(try tree(text).object)
        #expect(ElasticsearchServer(banner: banner)?.description == expected)
    }
}
