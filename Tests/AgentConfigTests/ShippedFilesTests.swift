import EventModel
import FileInput
import Glibc
import HTTPTransport
import HTTPOutput
import LumberjackOutput
import Parsing
import Testing
import Transport

@testable import AgentConfig

/// Every file of `config/` loads, and means what its name says.
struct ShippedFilesTests {
    @Test func `every shipped file loads without a warning`() throws {
        // The collector's files are another language; see `CollectorReferenceTests`.
        let names = yamlFiles().filter { !$0.hasPrefix("collector") }
        #expect(names.count >= 8)
        for name in names {
            let settings = try load(
                shipped(name), environment: ["HTTP_TOKEN": "t", "KAFKA_PASSWORD": "p", "ES_API_KEY": "a:b"])
            #expect(settings.warnings == [], "\(name)")
            #expect(settings.outputs.isEmpty == false)
        }
    }

    @Test func `collector-network.yml asks shippers for certificates and others for a token`() throws {
        let folder = try Folder()
        _ = try folder.write("collector.token", "a token that is long enough\n")
        let settings = try ConfigLoader.loadCollector(
            text: try shipped("collector-network.yml"), environment: ["CREDENTIALS_DIRECTORY": folder.path])
        #expect(settings.warnings == [])
        #expect(settings.lumberjack.host == "0.0.0.0" && settings.http.host == "0.0.0.0")
        #expect(settings.lumberjack.tls?.requiresClients == true)
        #expect(settings.http.tls?.key == "\(folder.path)/collector.key")
        #expect(settings.token == Secret("a token that is long enough"))
        #expect(settings.store.retentionAge == .seconds(14 * 86_400))
    }

    @Test func `needletail.yml reads the logs of the host and prints them`() throws {
        let settings = try load(shipped("needletail.yml"))
        #expect(settings.inputs.map(\.paths) == [["/var/log/*.log"]])
        #expect(settings.outputs.map(\.name) == ["console"])
    }

    @Test func `tail-zap-json.yml decodes lines`() throws {
        let settings = try load(shipped("tail-zap-json.yml"), environment: ["ZAP_LOGS": "/srv/{a,c}.log, /srv/b.log"])
        #expect(settings.inputs[0].paths == ["/srv/{a,c}.log", "/srv/b.log"])
        #expect(settings.inputs[0].ndjson?.messageKey == "msg")
        #expect(settings.outputs[0].codec == .format("%{[@timestamp]} %{[level]} %{[msg]}"))
    }

    @Test func `normalize-ecs.yml renames what libraries write`() throws {
        let settings = try load(shipped("normalize-ecs.yml"), environment: ["SERVICE_LOGS": "/srv/*.log"])
        #expect(settings.inputs[0].normalize == .ecs && settings.inputs[0].ndjson == nil)
    }

    @Test func `to-logstash-tls.yml takes its key from a credential`() throws {
        let settings = try load(
            shipped("to-logstash-tls.yml"), environment: ["CREDENTIALS_DIRECTORY": "/run/credentials/n"])
        guard case .logstash(let logstash) = settings.outputs[0].kind else {
            Issue.record("no logstash output")
            return
        }
        #expect(logstash.tls?.key == "/run/credentials/n/agent.key")
        #expect(logstash.hosts.map(\.description) == ["logstash1.example.com:5044", "logstash2.example.com:5044"])
    }

    @Test func `to-http.yml reads its token from a file`() throws {
        let folder = try Folder()
        _ = try folder.write("http-token", "s3cret\n")
        let settings = try load(shipped("to-http.yml"), environment: ["CREDENTIALS_DIRECTORY": folder.path])
        guard case .http(let http) = settings.outputs[0].kind else {
            Issue.record("no http output")
            return
        }
        #expect(http.client.bearerToken == Secret("s3cret"))
        #expect(http.client.headers.map(\.name) == ["X-Tenant"])
    }

    @Test func `two-outputs.yml has two pipelines`() throws {
        let settings = try load(shipped("two-outputs.yml"))
        #expect(settings.outputs.map(\.name) == ["collector", "archive"])
        #expect(settings.outputs.map(\.kind.label) == ["logstash", "file"])
    }

    @Test func `stdin.yml reads standard input`() throws {
        let settings = try load(shipped("stdin.yml"))
        #expect(settings.inputs.map(\.kind) == [.stdin])
        #expect(settings.outputs[0].codec == .json(pretty: true))
    }

    private func yamlFiles() -> [String] {
        guard let directory = unsafe opendir(configFolder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: unsafe bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".yml") { names.append(name) }
        }
        return names.sorted()
    }
}
