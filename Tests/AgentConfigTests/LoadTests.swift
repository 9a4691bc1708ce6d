import EventModel
import FileInput
import FileOutput
import LumberjackOutput
import Parsing
import Publishing
import Testing
import Transport

@testable import AgentConfig

/// From YAML to settings.
struct LoadTests {
    @Test(arguments: [
        "output.logstash.hosts: [h:1]", "output: {logstash: {hosts: [h:1]}}", "output.logstash: {hosts: [h:1]}",
        "output: {logstash.hosts: [h:1]}", "output:\n  logstash:\n    hosts: h:1", "\"output.logstash.hosts\": 'h:1'",
        "base: &b {hosts: [h:1]}\noutput.logstash: *b", "output.logstash:\n  <<: {hosts: [h:1]}",
    ])
    func `nested, dotted and mixed keys mean the same`(output: String) throws {
        // 'base' stands for a place to keep anchors; it is refused like any unknown key, so it goes below a harmless one.
        let text = "filebeat.inputs: [{type: stdin}]\n" + output.replacingBase()
        guard case .logstash(let logstash) = try load(text).outputs[0].kind else {
            Issue.record("no logstash output")
            return
        }
        #expect(logstash.hosts == [Endpoint(host: "h", port: 1)])
    }

    @Test func `a later file wins per key and replaces lists`() throws {
        let folder = try Folder()
        let first = try folder.write("a.yml", smallest + "\ntags: [a, b]\nhttp: {enabled: true, port: 1}")
        let second = try folder.write("b.yml", "tags: [c]\nhttp.port: 2")
        let settings = try ConfigLoader.load(
            files: [first, second], overrides: ["http.port=3", "name=web1", "logging.json=yes"], environment: [:])
        #expect(settings.inputs[0].tags == ["c"])
        #expect(settings.status.enabled && settings.status.port == 3)
        #expect(settings.name == "web1" && settings.logging.json)
    }

    @Test func `a later key with nothing behind it changes nothing`() throws {
        let folder = try Folder()
        let first = try folder.write(
            "a.yml", "filebeat.inputs: [{type: stdin, tags: [a]}]\noutput.console.pretty: true")
        let second = try folder.write("b.yml", "filebeat.inputs:\noutput.console:")
        let settings = try ConfigLoader.load(files: [first, second], environment: [:])
        #expect(settings.inputs[0].tags == ["a"])
        #expect(settings.outputs[0].codec == .json(pretty: true))
    }

    @Test func `an override is YAML, or text`() throws {
        let settings = try load(
            smallest,
            overrides: [
                "tags=[x, 'y z']", "http={enabled: true, host: \"unix:///run/n.sock\"}",
                "output.console.codec.format.string=%{[message]}", "filebeat.inputs.0.symlinks=true",
            ])
        #expect(settings.inputs[0].tags == ["x", "y z"])
        #expect(settings.status.listener == .unix(path: "/run/n.sock"))
        #expect(settings.outputs[0].codec == .format("%{[message]}"))
        #expect(settings.inputs[0].symlinks && settings.inputs[0].id == "a")
    }

    @Test func `both spellings of an input set the same`() throws {
        let text = """
            filebeat.inputs:
              - {type: filestream, id: a, paths: [/a], prospector.scanner: {check_interval: 3s, exclude_files: [x], symlinks: on},
                 close.on_state_change: {inactive: 1m, removed: true, renamed: true}, close.reader: {on_eof: true, after_interval: 2m},
                 message_max_bytes: 2KiB, ignore_older: 2h}
              - {type: log, id: b, paths: [/a], scan_frequency: 3s, exclude_files: x, symlinks: on, close_inactive: 1m,
                 close_removed: true, close_renamed: true, close_eof: true, close_timeout: 2m, max_bytes: 2048, ignore_older: 2h}
            output.console:
            """
        var inputs = try load(text).inputs
        #expect(inputs[0].checkInterval == .seconds(3) && inputs[0].closeAfterInterval == .seconds(120))
        #expect(inputs[0].messageMaxBytes == 2048 && inputs[0].excludeFiles == ["x"])
        inputs[1].kind = .filestream
        inputs[1].id = "a"
        #expect(inputs[0] == inputs[1])
    }

    @Test func `json of the log input is ndjson below json`() throws {
        let text = """
            filebeat.inputs:
              - {type: log, paths: [/a], json.message_key: msg}
              - {type: log, paths: [/b], json: {keys_under_root: true, overwrite_keys: true, add_error_key: true}}
              - {type: filestream, id: c, paths: [/c], parsers: [{ndjson: {target: t, document_id: id}}]}
              - {type: filestream, id: d, paths: [/d], parsers: [{ndjson: }]}
            output.console:
            """
        let decoders = try load(text).inputs.map(\.ndjson)
        #expect(decoders[0]?.target == "json" && decoders[0]?.messageKey == "msg")
        #expect(decoders[1]?.target == "" && decoders[1]?.overwriteKeys == true && decoders[1]?.addErrorKey == true)
        #expect(decoders[2]?.target == "t" && decoders[2]?.documentID == "id")
        #expect(decoders[3] == NdjsonSettings())
    }

    @Test func `normalizing implies that lines are decoded, and leaves text alone then`() throws {
        let inputs = try load(
            """
            filebeat.inputs:
              - {type: filestream, id: a, paths: [/a], normalize: ecs}
              - {type: filestream, id: b, paths: [/b], normalize: ecs, parsers: [{ndjson: {add_error_key: true}}]}
              - {type: filestream, id: c, paths: [/c]}
            output.console:
            """
        ).inputs
        #expect(inputs.map(\.normalize) == [.ecs, .ecs, .none])
        #expect(inputs[0].decoder?.normalize == .ecs && inputs[0].decoder?.acceptsText == true)
        #expect(inputs[1].decoder?.addErrorKey == true && inputs[1].decoder?.acceptsText == false)
        #expect(inputs[2].decoder == nil)
    }

    @Test func `a disabled input is left out`() throws {
        let text = "filebeat.inputs: [{type: journald, enabled: false, what: ever}, {type: stdin}]\noutput.console:"
        #expect(try load(text).inputs.map(\.kind) == [.stdin])
    }

    @Test func `an input without an id gets one that is stable, and a warning`() throws {
        let text = "filebeat.inputs: [{type: filestream, paths: [/a.log]}]\noutput.console:"
        let settings = try load(text)
        #expect(settings.inputs[0].id == "filestream-d026ec05")
        #expect(settings.warnings.count == 1)
        #expect(settings.warnings[0].hasPrefix("a.yml:1:19: the input has no id, so 'filestream-d026ec05'"))
    }

    @Test func `queue settings hold for all outputs, and each may differ`() throws {
        let settings = try load(
            """
            filebeat.inputs: [{type: stdin}]
            queue.mem: {bytes: 1MiB, flush.timeout: 1s}
            outputs:
              a: {type: discard}
              b: {type: console, queue.mem.bytes: 2MiB, backoff: {init: 2s, max: 9s}, max_retries: 5, dead_letters.max_bytes: 0}
            """)
        #expect(settings.outputs[0].pipeline.budgetBytes == 1_048_576)
        #expect(settings.outputs[0].pipeline.maxRetries == nil)
        let pipeline = settings.outputs[1].pipeline
        #expect(pipeline.budgetBytes == 2_097_152 && pipeline.batchAge == .seconds(1))
        #expect(pipeline.backoffInitial == .seconds(2) && pipeline.backoffMaximum == .seconds(9))
        #expect(pipeline.maxRetries == 5 && pipeline.deadLetterBytes == 0)
        #expect(settings.warnings.count == 1 && settings.warnings[0].contains("max_retries: 5"))
    }

    @Test func `TLS is on when any setting of it is there, and off when it says so`() throws {
        func tls(_ ssl: String) throws -> TLSSettings? {
            let text = "filebeat.inputs: [{type: stdin}]\noutput.logstash: {hosts: [h], \(ssl)}"
            guard case .logstash(let logstash) = try load(text).outputs[0].kind else { return nil }
            return logstash.tls
        }
        #expect(try tls("worker: 1") == nil)
        #expect(try tls("ssl.enabled: false, ssl.verification_mode: none") == nil)
        #expect(
            try tls("ssl: {verification_mode: none, supported_protocols: TLSv1.3}")?.verificationMode
                == TLSSettings.VerificationMode.none)
        #expect(try tls("ssl.enabled: true") == TLSSettings())
    }

    @Test func `a file mode is octal`() throws {
        let text = "filebeat.inputs: [{type: stdin}]\noutput.file: {path: /tmp, permissions: 0640}"
        guard case .file(let file) = try load(text).outputs[0].kind else {
            Issue.record("no file output")
            return
        }
        #expect(file.permissions == 0o640)
    }
}

extension String {
    /// Anchors live below a key that is taken without effect.
    fileprivate func replacingBase() -> String { hasPrefix("base:") ? "setup." + self : self }
}
