import ElasticsearchOutput
import EventModel
import HTTPTransport
import Publishing
import Testing

@testable import AgentConfig

/// `output.elasticsearch`, in the words of a `filebeat.yml`.
struct ElasticsearchTests {
    private func plan(_ text: String) throws -> (OutputPlan, ElasticsearchSettings, [String]) {
        let settings = try load(ErrorTests.input + text)
        guard case .elasticsearch(let own) = settings.outputs[0].kind else {
            throw ConfigurationErrors(errors: [])
        }
        return (settings.outputs[0], own, settings.warnings)
    }

    @Test(arguments: [
        ("localhost", "http://localhost:9200"), ("localhost:9201", "http://localhost:9201"),
        ("http://es", "http://es:9200"), ("https://es:9243/search/", "https://es:9243/search"),
        ("es:9200/a/b", "http://es:9200/a/b"), ("[::1]", "http://[::1]:9200"), ("[::1]:9201", "http://[::1]:9201"),
    ])
    func `hosts are names, or URLs`(host: String, url: String) throws {
        #expect(try plan("output.elasticsearch.hosts: [\"\(host)\"]").1.client.hosts == [url])
    }

    @Test func `protocol and path are for hosts that have none, and users are not shown`() throws {
        let (_, settings, _) = try plan(
            """
            output.elasticsearch:
              hosts: [es1, "es2:9201/own", "http://anna:pw@es3"]
              protocol: https
              path: elastic/
            """)
        #expect(
            settings.client.hosts == [
                "https://es1:9200/elastic", "https://es2:9201/own", "http://es3:9200/elastic",
            ])
        #expect(settings.client.username == "anna" && settings.client.password == Secret("pw"))
    }

    @Test func `a filebeat.yml with everything in it loads`() throws {
        let (plan, settings, warnings) = try plan(
            """
            output.elasticsearch:
              hosts: ["https://es:9200"]
              api_key: "id:key"
              preset: throughput
              allow_older_versions: true
              non_indexable_policy.drop: ~
              escape_html: false
              index: "app-%{[agent.version]}-%{+yyyy.MM.dd}"
              indices:
                - index: "errors-%{+yyyy.MM}"
                  when.equals: {log.level: error}
                - index: "%{[service.name]}"
                  mappings: {Billing: logs-billing, "a.b": logs-dotted}
                  default: logs-other
                  when:
                    or:
                      - contains.message: "x y"
                      - not.has_fields: [trace.id, span.id]
              pipelines:
                - pipeline: nginx
              worker: 2
              parameters: {routing: 1}
              ssl.certificate_authorities: [/ca.pem]
            """)
        #expect(settings.client.workers == 2 && settings.client.loadBalance && settings.client.bulkMaxSize == 1600)
        #expect(settings.preset == .throughput && plan.pipeline.backoffInitial == .seconds(1))
        #expect(settings.parameters == [.init(name: "routing", value: "1")])
        #expect(settings.encodedAPIKey == "aWQ6a2V5")
        #expect(settings.index.format == "app-%{[agent.version]}-%{+yyyy.MM.dd}")
        #expect(
            settings.index.rules == [
                .init(
                    format: "errors-%{+yyyy.MM}",
                    condition: .equals(path: EventCondition.path("log.level"), value: Array("error".utf8))),
                .init(
                    format: "%{[service.name]}", mappings: ["billing": "logs-billing", "a.b": "logs-dotted"],
                    fallback: "logs-other",
                    condition: .any([
                        .contains(path: EventCondition.path("message"), text: Array("x y".utf8)),
                        .not(.hasFields([EventCondition.path("trace.id"), EventCondition.path("span.id")])),
                    ])),
            ])
        #expect(settings.pipeline.rules == [.init(format: "nginx")])
        #expect(warnings.count == 1 && warnings[0].contains("allow_older_versions"))
    }

    @Test(arguments: [
        ("throughput", 4, 1600, 1), ("latency", 1, 50, 1), ("scale", 1, 1600, 5), ("balanced", 1, 1600, 1),
    ])
    func `a preset sets what belongs together`(name: String, workers: Int, bulk: Int, backoff: Int) throws {
        let (plan, settings, _) = try plan("output.elasticsearch: {hosts: [es], preset: \(name)}")
        #expect(settings.client.workers == workers && settings.client.bulkMaxSize == bulk)
        #expect(plan.pipeline.backoffInitial == .seconds(backoff))
    }

    @Test(arguments: [
        ("hosts: [\"ftp://es\"]", "expected a host or a URL"), ("hosts: [\"a b\"]", "expected a host or a URL"),
        ("index: a", "'output.elasticsearch.hosts' is missing"),
        ("{hosts: [a], index: \"Logs a\"}", "has a space"), ("{hosts: [a], index: _all}", "must not begin with"),
        ("{hosts: [a], index: \"%{[a\"}", "without its “}”"), ("{hosts: [a], index: \"a-%{+bbb}\"}", "is not known"),
        ("{hosts: [a], kerberos: {enabled: true}}", "use an API key"),
        ("{hosts: [a], non_indexable_policy.dead_letter_index.index: x}", "kept in the dead letters of this host"),
        ("{hosts: [a], indices: [{index: a, when.regexp: {a: b}}]}", "use equals, contains"),
        ("{hosts: [a], indices: [{when.equals: {a: b}}]}", "without 'index'"),
        ("{hosts: [a], indices: [{index: a, wehn: 1}]}", "unknown setting"),
        ("{hosts: [a], api_key: a, username: b}", "keep one of them"),
        ("{hosts: [a], preset: fast}", "expected one of"),
    ])
    func `what is wrong is said`(text: String, message: String) {
        let section = text.hasPrefix("{") ? text : "{\(text)}"
        let found = errors(ErrorTests.input + "output.elasticsearch: \(section)")
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test(arguments: [
        ("es+http://h:9200/logs", "http://h:9200", "logs"), ("es+https://h", "https://h:9200", "default"),
        ("es+http://u:p@h/a/b/logs-%25%7B+yyyy%7D?worker=2", "http://h:9200/a/b", "logs-%{+yyyy}"),
    ])
    func `ship takes a URL`(url: String, host: String, index: String) throws {
        guard case .elasticsearch(let settings) = try ShipTarget.parse(url).kind else {
            Issue.record("another output")
            return
        }
        #expect(settings.client.hosts == [host])
        #expect(settings.index.format == (index == "default" ? ElasticsearchSettings.defaultIndex : index))
        #expect(settings.client.username == (url.contains("@") ? "u" : nil))
        #expect(settings.client.workers == (url.contains("?") ? 2 : 1))
    }
}
