import FileInput
import Glibc
import LumberjackOutput
import Parsing
import TestSupport
import Testing
import Transport

@testable import AgentConfig

/// Files that were written for Filebeat.
struct FilebeatFileTests {
    /// Written in the manner of the file that Filebeat's packages install, with Logstash as the output.
    static let packaged = """
        filebeat.inputs:
        - type: filestream
          id: my-filestream-id
          enabled: true
          paths:
            - /var/log/app/*.log
          exclude_lines: ['^DBG']
          prospector.scanner.exclude_files: ['.gz$']
          prospector.scanner.fingerprint:
            length: 1024
          file_identity.native: ~
          fields:
            level: debug
            review: 1
          backoff.max: 10s
        filebeat.config.modules:
          path: ${path.config}/modules.d/*.yml
          enabled: false
          reload.enabled: false
        setup.template.settings:
          index.number_of_shards: 1
        setup.kibana:
        tags: ["service-X", "web-tier"]
        #output.elasticsearch:
        output.logstash:
          hosts: ["localhost:5044"]
          ssl.certificate_authorities: ["/etc/pki/root/ca.pem"]
        processors: []
        logging.level: debug
        logging.selectors: ["*"]
        logging.to_files: true
        monitoring.enabled: false
        """

    @Test func `a packaged filebeat.yml with Logstash runs unchanged, with one warning`() throws {
        let settings = try load(Self.packaged)
        #expect(settings.inputs.map(\.id) == ["my-filestream-id"])
        #expect(settings.inputs[0].lineFilters.excludeLines == ["^DBG"])
        #expect(settings.inputs[0].fieldsJSON == #"{"level":"debug","review":1}"#)
        #expect(settings.inputs[0].tags == ["service-X", "web-tier"])
        #expect(settings.logging.level == .debug)
        #expect(settings.warnings.count == 1)
        guard case .logstash(let logstash) = settings.outputs[0].kind else {
            Issue.record("no logstash output")
            return
        }
        #expect(logstash.hosts == [Endpoint(host: "localhost", port: 5044)])
        #expect(logstash.tls?.certificateAuthorities == ["/etc/pki/root/ca.pem"])
    }

    @Test(arguments: 0..<300)
    func `a damaged file is taken or refused, and never ends the agent`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var bytes = Array(Self.packaged.utf8)
        for _ in 0..<(1 + Int(random.next() % 6)) {
            let index = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 4 {
            case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next() % 128)
            case 1: bytes.remove(at: index)
            case 2:
                bytes.insert(
                    contentsOf: Array("{[&*$:-#\"'}]\n \t|>%@?!,~".utf8.shuffled(using: &random).prefix(2)), at: index)
            default: bytes.removeSubrange(index..<min(bytes.count, index + Int(random.next() % 40)))
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        do {
            let settings = try ConfigLoader.load(text: text)
            #expect(!settings.inputs.isEmpty && !settings.outputs.isEmpty)
        } catch {
            #expect(!error.errors.isEmpty)
            #expect(error.errors == error.errors.sorted { $0.place < $1.place })
        }
    }

    @Test func `the environment of the process is read`() {
        let pointer: UnsafeMutablePointer<CChar>? = unsafe getenv("PATH")
        guard let pointer = unsafe pointer else {
            Issue.record("no PATH")
            return
        }
        let path = unsafe String(cString: pointer)
        #expect(ConfigLoader.processEnvironment()["PATH"] == path)
    }
}
