import EventModel
import FileOutput
import HTTPTransport
import HTTPOutput
import LokiOutput
import LumberjackOutput
import OTLPOutput
import Publishing
import TCPOutput
import Testing
import Transport

@testable import AgentConfig

struct ShipTargetTests {
    @Test(arguments: [
        ("lumberjack://h", Endpoint(host: "h", port: 5044), false),
        ("lumberjack://[::1]:6", Endpoint(host: "::1", port: 6), false),
        ("lumberjacks://h:7", Endpoint(host: "h", port: 7), true),
        ("LUMBERJACK://h/", Endpoint(host: "h", port: 5044), false),
    ])
    func `lumberjack`(url: String, host: Endpoint, tls: Bool) throws {
        guard case .logstash(let settings) = try ShipTarget.parse(url).kind else {
            Issue.record("not logstash")
            return
        }
        #expect(settings.hosts == [host])
        #expect((settings.tls != nil) == tls)
    }

    @Test func `OpenTelemetry and Loki have their host in front of the question mark and settings behind it`() throws {
        let otlp = try ShipTarget.parse("otlp+https://user:p@h:4318?encoding=json&compression_level=0").kind
        guard case .otlp(let settings) = otlp else {
            Issue.record("not otlp")
            return
        }
        #expect(settings.client.hosts == ["https://h:4318"])
        #expect(settings.client.username == "user")
        #expect(settings.encoding == .json)
        #expect(settings.client.compressionLevel == 0)
        let loki = try ShipTarget.parse("loki+http://h:3100?labels.job=shop&labels.env=%{[env]:none}&line=message").kind
        guard case .loki(let settings) = loki else {
            Issue.record("not loki")
            return
        }
        #expect(settings.client.hosts == ["http://h:3100"])
        #expect(settings.labels == [.init("env", "%{[env]:none}"), .init("job", "shop")])
        #expect(settings.line == .message)
    }

    @Test func `settings stand behind the question mark`() throws {
        let plan = try ShipTarget.parse(
            "tcps://h:5?ssl.certificate_authorities=/etc/my%20ca.pem&codec.format.string=%{[message]}&worker=2&backoff.max=5s"
        )
        guard case .tcp(let settings) = plan.kind else {
            Issue.record("not tcp")
            return
        }
        #expect(settings.tls?.certificateAuthorities == ["/etc/my ca.pem"])
        #expect(settings.workers == 2)
        #expect(plan.codec == .format("%{[message]}"))
        #expect(plan.pipeline.backoffMaximum == .seconds(5))
    }

    @Test func `the user of a URL becomes a secret`() throws {
        guard case .http(let settings) = try ShipTarget.parse("https://u:p%40s@h/in?x=$y").kind else {
            Issue.record("not http")
            return
        }
        #expect(settings.client.hosts == ["https://h/in?x=$y"])
        #expect(settings.client.username == "u" && settings.client.password == Secret("p@s"))
    }

    @Test(arguments: [
        ("file:///var/log/archive/", "/var/log/archive", "needletail"), ("file:///tmp/out.ndjson", "/tmp", "out"),
        ("file:///out", "/", "out"),
    ])
    func `files`(url: String, path: String, filename: String) throws {
        guard case .file(let settings) = try ShipTarget.parse(url).kind else {
            Issue.record("not file")
            return
        }
        #expect(settings.path == path && settings.filename == filename)
    }

    @Test func `a dash is standard output`() throws {
        #expect(try ShipTarget.parse("-").kind.label == "console")
    }

    @Test(arguments: [
        ("kafka://b:9092", "the topic is missing"), ("es+http://h:9200/A%20b", "has a space"),
        ("es+ftp://h:9200", "unknown scheme"),
        ("lumberjak://h", "did you mean lumberjack://?"), ("tcp://h", "expected host:port"),
        ("h:5044", "expected a URL"),
        ("", "expected a URL"), ("tcp://:5", "expected a URL"), ("file://host/x", "three slashes"),
        ("lumberjack://h/path", "takes a host and a port"), ("lumberjack://h?worker=x", "expected a number"),
        ("lumberjack://h?wroker=1", "did you mean 'worker'?"),
    ])
    func `what cannot be shipped to is an error`(url: String, message: String) {
        let failure = #expect(throws: ConfigurationErrors.self) { _ = try ShipTarget.parse(url) }
        #expect(failure?.description.contains(message) == true, "\(failure?.description ?? "")")
    }
}
