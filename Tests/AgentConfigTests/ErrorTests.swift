import Testing

@testable import AgentConfig

/// What operators are told.
struct ErrorTests {
    static let input = "filebeat.inputs: [{type: stdin}]\n"

    @Test(arguments: [
        ("outptu.console: \noutput.console:", "a.yml:2:1: unknown setting 'outptu'; did you mean 'output'?"),
        ("output.consol: ", "a.yml:2:1: unknown output 'consol'; did you mean 'console'?"),
        (
            "output.logstash: {hsots: [a]}",
            "a.yml:2:19: unknown setting 'output.logstash.hsots'; did you mean 'output.logstash.hosts'?"
        ),
        (
            "output.redis: {hosts: [a]}",
            "a.yml:2:1: the output 'redis' is known to Filebeat, but Needletail does not have it yet; "
                + "ship through Logstash"
        ),
        (
            "output.console:\nprocessors: [{add_host_metadata: }]",
            "a.yml:3:1: 'processors' is known to Filebeat, but Needletail does not have it yet; "
                + "let the collector do it until then"
        ),
        ("output.console:\nhttp.port: x", "a.yml:3:12: expected a number from 0 to 65535, found 'x'"),
        ("output.console:\nhttp: 5", "a.yml:3:7: 'http' takes settings below it, not a single value"),
        ("output.console:\nname: [a]", "a.yml:3:7: expected a text, found a list"),
        (
            "output.console:\nname: ${NO}",
            "a.yml:3:7: the variable 'NO' is not set; set it, or allow nothing with '${NO:}'"
        ),
        ("output.tcp.hosts: [a]", "a.yml:2:20: expected host:port, found 'a'"),
        ("output.tcp.worker: 2", "a.yml:2:1: 'output.tcp.hosts' is missing; write for example '[\"127.0.0.1:5140\"]'"),
        (
            "output.http.hosts: [\"ftp://a\"]",
            "a.yml:2:21: expected a URL such as https://logs.example.com/ingest, found 'ftp://a'"
        ),
        (
            "output.logstash: {hosts: [a], ssl.key: k}",
            "a.yml:2:1: 'output.logstash.ssl.certificate' is missing: certificate and key go together"
        ),
        (
            "output.console: {backoff: {init: 2m}}",
            "a.yml:2:1: 'output.console.backoff.init' is longer than 'output.console.backoff.max'"
        ),
        (
            "outputs: {a: {hosts: [b]}}",
            "a.yml:2:11: 'outputs.a.type' is missing; it is one of logstash, elasticsearch, kafka, otlp, loki, tcp, http, "
                + "file, console, discard"
        ),
        (
            "outputs: {a: {type: htpp}}", "a.yml:2:21: unknown output 'htpp'; did you mean 'http'?"
        ),
        (
            "output.file: {path: /a, permissions: 600}",
            "a.yml:2:38: expected a file mode in octal such as 0600, found '600'"
        ),
        (
            "output.console:\nhttp.port: 1\nhttp: {port: 2}",
            "a.yml:4:8: 'port' is set twice in this file, first at a.yml:3:1"
        ),
        (
            "output.console: {pretty: true, codec.json.pretty: true}",
            "a.yml:2:32: 'output.console.codec.json.pretty' sets again what is set at a.yml:2:18; keep one of the two spellings"
        ),
        ("", "configuration: no output is configured; write 'output.logstash:' or another one"),
        ("output.console.enabled: false", "a.yml:2:1: no output is enabled; write 'output.logstash:' or another one"),
        (
            "output:\n  console:\n  logstash: {hosts: [a]}",
            "a.yml:4:3: 'output.logstash' is a second output beside 'output.console' (a.yml:3:3); name several under 'outputs:', or switch one off with 'enabled: false'"
        ),
        (
            "output.console:\nstrict.perms: false",
            "a.yml:3:1: 'strict' is known to Filebeat, but Needletail does not have it yet; it is an option of the command line: --strict.perms=false"
        ),
    ])
    func `an error names place, cause and way out`(text: String, message: String) {
        #expect(errors(Self.input + text) == [message])
    }

    @Test(arguments: [
        ("{type: filestrem, paths: [/a]}", "a.yml:1:26: unknown input type 'filestrem'; did you mean 'filestream'?"),
        (
            "{type: journald}",
            "a.yml:1:26: the input type 'journald' is known to Filebeat, but Needletail does not have it yet; it has filestream, log, stdin"
        ),
        (
            "{type: filestream, id: a}",
            "a.yml:1:19: the input has no paths; write for example 'paths: [/var/log/app/*.log]'"
        ),
        ("{type: stdin, paths: [/a]}", "a.yml:1:40: the input 'stdin' has no paths"),
        (
            "{type: stdin, encoding: utf-16-bom}",
            "a.yml:1:43: the input 'stdin' takes lines of UTF-8 that end with a line feed; pipe others through iconv or tr"
        ),
        (
            "{type: stdin, file_identity.path: }",
            "a.yml:1:33: 'file_identity.path' is known to Filebeat, but Needletail does not have it yet; files are known by content, device and inode here: use file_identity.fingerprint"
        ),
        (
            "{type: stdin, tail_files: true}",
            "a.yml:1:33: 'tail_files' is known to Filebeat, but Needletail does not have it yet; use ignore_inactive: since_first_start"
        ),
        (
            "{type: stdin, parsers: [multiline: {type: count}]}",
            "a.yml:1:43: 'parsers.multiline' is known to Filebeat, but Needletail does not have it yet; the only parser so far is ndjson"
        ),
        (
            "{type: stdin, parsers: [{ndjson: {targte: a}}]}",
            "a.yml:1:53: unknown setting 'parsers.ndjson.targte'; did you mean 'parsers.ndjson.target'?"
        ),
        (
            "{type: stdin, normalize: ecs, parsers: [{ndjson: {target: a}}]}",
            "a.yml:1:44: 'normalize' renames keys at the root of the event, and the decoder puts them under 'a'; set no 'target', or 'json.keys_under_root: true'"
        ),
        (
            "{type: stdin, close.on_state_change.inactiv: 5m}",
            "a.yml:1:33: unknown setting 'close.on_state_change.inactiv'; did you mean 'close.on_state_change.inactive'?"
        ),
        (
            "{type: stdin, id: a}, {type: stdin, id: a}",
            "a.yml:1:41: two inputs have the id 'a', the first at a.yml:1:19; give each its own, since the place in a file is kept under it"
        ),
    ])
    func `an error of an input`(inputs: String, message: String) {
        #expect(errors("filebeat.inputs: [\(inputs)]\noutput.console:").map(\.description).first == message)
        #expect(errors("filebeat.inputs: [\(inputs)]\noutput.console:").count == 1)
    }

    @Test func `everything that is wrong is told at once, in the order of the places`() {
        let found = errors(
            "name: {a: 1}\nfilebeat.inputs: [{type: x}, {type: stdin, tgas: [a]}]\nlogging.level: loud\noutput.console: {foo: 1}",
            overrides: ["http.port=-1", "nonsense"])
        let places = found.map { $0.split(separator: ": ")[0] }
        #expect(
            places == [
                "a.yml:1:7", "a.yml:2:26", "a.yml:2:44", "a.yml:3:16", "a.yml:4:18", "-E http.port", "-E nonsense",
            ])
    }

    @Test(arguments: ["", "# nothing", "~", "filebeat:", "filebeat.inputs: []\noutput:"])
    func `nothing configured is two errors`(text: String) {
        let found = errors(text)
        #expect(found.count == 2)
        #expect(found.contains { $0.contains("no input") } && found.contains { $0.contains("no output") })
    }

    @Test(arguments: [
        ("a: b: c", "a.yml:1:5: not YAML"), ("a: [1, 2", "a.yml:2:1: not YAML"), ("a:\n\t- b", "a.yml:2:1: not YAML"),
        ("- a", "a.yml:1:1: the file must hold settings"), ("text", "a.yml:1:1: the file must hold settings"),
        ("a: *b", "a.yml:1:4: not YAML"), ("a: 1\na: 2", "a.yml:1:1: set twice in the same object: 'a'"),
        ("a..b: 1", "a.yml:1:1: 'a..b' is not a key"), ("a: 1\n---\nb: 2", "a.yml:2:1: not YAML"),
        ("? [a]\n: b", "a.yml:1:3: a key must be a single word"),
    ])
    func `what is no YAML is an error with line and column`(text: String, start: String) {
        let found = errors(text)
        #expect(found.contains { $0.hasPrefix(start) }, "\(found)")
    }

    @Test func `an alias that holds itself many times is refused`() {
        var text = "setup.a: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "setup.b\(level): &a\(level) [\(aliases)]\n"
        }
        let found = errors(text + smallest)
        #expect(found.contains { $0.contains("too many values or levels") })
    }

    @Test func `settings without effect share one warning`() throws {
        let text =
            "setup.kibana.host: a\nmonitoring: {enabled: true}\nqueue.mem.events: 5\nlogging.to_files: true\n"
            + smallest
        let warnings = try load(text).warnings
        #expect(
            warnings == [
                "settings of Filebeat that have no effect here: setup (a.yml:1:1), monitoring (a.yml:2:1), "
                    + "queue.mem.events (a.yml:3:1), logging.to_files (a.yml:4:1)"
            ])
    }

    @Test(arguments: [
        "processors: []", "processors: ~",
        "filebeat.config.modules: {enabled: false, path: \"${path.config}/m.d/*.yml\"}",
        "output.elasticsearch: {enabled: false, hosts: [a]}", "queue.disk.enabled: false", "filebeat.modules: []",
    ])
    func `what Filebeat has, but is switched off, is no matter`(text: String) throws {
        #expect(try load(smallest + "\n" + text).warnings == [])
    }

    @Test(arguments: [
        "output.http: {hosts: [\"https://u:hunter2@a/\"], password: [hunter2]}",
        "output.http: {hosts: [\"ftp://u:hunter2@a/\"], nope: 1}", "output.http: {hosts: [\"${URL}\"]}",
        "output.http: {password: \"hunter2", "output.logstash: {hosts: [\"${URL}\"], ssl.key_passphrase: {a: hunter2}}",
        "http.port: ${SECRET}",
    ])
    func `no error shows a secret`(text: String) {
        let found = errors(Self.input + text, environment: ["URL": "ftp://u:hunter2@a/", "SECRET": "hunter2"])
        #expect(!found.isEmpty)
        #expect(!found.contains { $0.contains("hunter2") }, "\(found)")
    }

    @Test func `printed settings show no secret`() throws {
        let settings = try load(
            Self.input
                + """
                outputs:
                  a: {type: http, hosts: ["https://u:hunter2@a/"], headers: {Authorization: hunter2}, proxy_url: "http://p:hunter2@b"}
                  b: {type: logstash, hosts: [a], ssl: {certificate: c, key: "-----BEGIN hunter2", key_passphrase: hunter2}}
                """)
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!"\(settings)".contains("hunter2"))
        #expect(!String(reflecting: settings).contains("hunter2"))
        #expect(!dumped.contains("hunter2"))
    }
}
