import EventModel
import KafkaOutput
import Testing
import Transport

@testable import AgentConfig

/// `output.kafka`, as Filebeat's users wrote it and as ours write it.
struct KafkaTests {
    private static func settings(_ yaml: String) throws -> (KafkaSettings, AgentSettings) {
        let loaded = try load(
            "filebeat.inputs: [{type: filestream, id: a, paths: [/a]}]\noutput.kafka:\n" + indented(yaml))
        guard case .kafka(let settings) = loaded.outputs[0].kind else { throw Missing() }
        return (settings, loaded)
    }

    private struct Missing: Error {}

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n") + "\n"
    }

    @Test func `a filebeat.yml with Kafka runs unchanged`() throws {
        let (settings, loaded) = try Self.settings(
            """
            hosts: ["kafka1:9092", "kafka2"]
            version: 2.1.0
            topic: 'logs-%{[fields.log_topic]:other}'
            topics:
              - topic: "critical-%{[agent.version]}"
                when.contains:
                  message: "CRITICAL"
            partition.round_robin:
              reachable_only: false
              group_events: 10
            headers:
              - key: "some-key"
                value: "some value"
            client_id: beats
            worker: 2
            metadata:
              retry.max: 3
              retry.backoff: 250ms
              refresh_frequency: 10m
              full: false
            max_retries: -1
            bulk_max_size: 2048
            bulk_flush_frequency: 0
            timeout: 30
            broker_timeout: 10
            channel_buffer_size: 256
            keep_alive: 0
            required_acks: 1
            compression: gzip
            compression_level: 4
            max_message_bytes: 1000000
            username: u
            password: p
            sasl.mechanism: SCRAM-SHA-256
            """)
        #expect(settings.hosts == [Endpoint(host: "kafka1", port: 9092), Endpoint(host: "kafka2", port: 9092)])
        #expect(settings.topic == "logs-%{[fields.log_topic]:other}")
        #expect(
            settings.topics == [
                TopicRule(topic: "critical-%{[agent.version]}", conditions: [.init(.contains, "message", "CRITICAL")])
            ])
        #expect(settings.partition == .roundRobin && settings.groupEvents == 10)
        #expect(settings.headers == [.init(name: "some-key", value: Secret("some value"))])
        #expect(settings.requiredAcks == 1 && settings.idempotence == nil)
        #expect(settings.compression == .gzip && settings.compressionLevel == 4)
        #expect(settings.mechanism == .scram256 && settings.password == Secret("p"))
        #expect(loaded.warnings.contains { "\($0)".contains("required_acks: 1") })
    }

    @Test func `librdkafka's properties pass, with their places where they are wrong`() throws {
        let (settings, _) = try Self.settings(
            "hosts: [b]\ntopic: t\nlibrdkafka:\n  linger.ms: 20\n  queue.buffering.max.messages: 10\n")
        #expect(
            settings.properties == [
                .init(name: "linger.ms", value: Secret("20")),
                .init(name: "queue.buffering.max.messages", value: Secret("10")),
            ])
    }

    @Test(arguments: [
        ("hosts: [b]", "topic: is missing"),
        ("topic: t", "hosts' is missing"),
        ("hosts: [b]\ntopic: \"a b\"", "is no name of a topic"),
        ("hosts: [b]\ntopic: \"%{[x\"", "without its"),
        ("hosts: [b]\ntopic: t\nrequired_acks: 1\nidempotence: true", "needs 'output.kafka.required_acks: -1'"),
        ("hosts: [b]\ntopic: t\nrequired_acks: 2", "expected -1"),
        ("hosts: [b]\ntopic: t\npartition: most", "expected one of file, hash, random, round_robin"),
        ("hosts: [b]\ntopic: t\npartition.hash.hash: [message]", "make a 'key' of the fields"),
        ("hosts: [b]\ntopic: t\nusername: u", "go together"),
        ("hosts: [b]\ntopic: t\nlibrdkafka.enable.idempotence: false", "use idempotence"),
        ("hosts: [b]\ntopic: t\nsasl.mechanism: OAUTHBEARER", "needs tokens: 'output.kafka.sasl.oauth2.token_url'"),
        ("hosts: [b]\ntopic: t\nsasl.oauth2.client.id: a", "sasl.oauth2.token_url: is missing"),
        ("hosts: [b]\ntopic: t\nsasl.oauth2.token_url: https://a/b", "client.secret: are needed"),
        ("hosts: [b]\ntopic: t\nsasl.oauth2: {token_url: https://a/b, token_file: /t}", "one of them"),
        (
            "hosts: [b]\ntopic: t\nsasl.oauth2: {token_url: login, client.id: a, client.secret: b}",
            "token_url: must be a whole URL"
        ),
        (
            "hosts: [b]\ntopic: t\nsasl.mechanism: PLAIN\nsasl.oauth2.token_file: /t",
            "is for OAUTHBEARER, and 'output.kafka.sasl.mechanism' is PLAIN"
        ),
        ("hosts: [b]\ntopic: t\nlibrdkafka.delivery.report.only.error: true", "on its report only"),
        ("hosts: [b]\ntopic: t\nlibrdkafka.no.such.thing: 1", "No such configuration property"),
        ("hosts: [b]\ntopic: t\nlibrdkafka.linger.ms: soon", "linger.ms"),
        ("hosts: [b]\ntopic: t\nssl.ca_sha256: [x]", "librdkafka does not pin keys"),
        ("hosts: [b]\ntopic: t\nkey: \"%{[a]}\"\ncodec.format.string: \"%{[message]}\"", "leaves nothing"),
    ])
    func `what cannot work is said before anything runs`(yaml: String, message: String) {
        let found = errors(
            "filebeat.inputs: [{type: filestream, id: a, paths: [/a]}]\noutput.kafka:\n" + Self.indented(yaml))
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
    }

    @Test func `a server that gives tokens out makes OAUTHBEARER`() throws {
        let (settings, _) = try Self.settings(
            """
            hosts: [b]
            topic: t
            sasl.oauth2:
              token_url: https://login.example.com/oauth2/token
              client.id: shipper
              client.secret: s
              scopes: [kafka]
              endpoint_params.audience: https://kafka
              extensions: {logicalCluster: lkc-1, identityPoolId: p}
              ssl.certificate_authorities: [/ca.pem]
            """)
        let oauth2 = try #require(settings.oauth2)
        #expect(oauth2.tokenURL == "https://login.example.com/oauth2/token" && oauth2.clientID == "shipper")
        #expect(oauth2.clientSecret == Secret("s") && oauth2.scopes == ["kafka"])
        #expect(oauth2.parameters == [.init(name: "audience", value: "https://kafka")])
        #expect(Set(oauth2.extensions.map(\.name)) == ["logicalCluster", "identityPoolId"])
        #expect(oauth2.tls?.certificateAuthorities == ["/ca.pem"] && settings.tls == nil)
        // The same where librdkafka is told to get them itself.
        let (own, _) = try Self.settings(
            "hosts: [b]\ntopic: t\nsasl.mechanism: OAUTHBEARER\nlibrdkafka.sasl.oauthbearer.config: principal=me\n")
        #expect(own.mechanism == .oauthBearer && own.oauth2 == nil)
    }

    @Test func `a Kafka URL is a broker and a topic`() throws {
        guard case .kafka(let settings) = try ShipTarget.parse("kafkas://u:p%40s@b/my-logs?compression=zstd").kind
        else {
            Issue.record("not kafka")
            return
        }
        #expect(settings.hosts == [Endpoint(host: "b", port: 9092)] && settings.topic == "my-logs")
        #expect(settings.username == "u" && settings.password == Secret("p@s"))
        #expect(settings.tls != nil && settings.compression == .zstd)
    }
}
