import FileInput
import Testing
import Transport

@testable import AgentConfig

struct ValueTests {
    @Test(arguments: [
        ("10s", Duration.seconds(10)), ("5m", .seconds(300)), ("1h30m", .seconds(5400)), ("100ms", .milliseconds(100)),
        ("1.5h", .seconds(5400)), ("90", .seconds(90)), ("0", .zero), ("0s", .zero), ("250us", .microseconds(250)),
        ("7µs", .microseconds(7)), ("20ns", .nanoseconds(20)), ("2d", .seconds(172_800)),
        ("1m1s1ms", .milliseconds(61_001)),
    ])
    func `durations`(text: String, duration: Duration) {
        #expect(TimeSpan.parse(text) == duration)
    }

    @Test(arguments: ["", "s", "10x", "-5s", "1h 5m", "5m10", "1..5s", "99999999999h", "ten", "٣s"])
    func `what is no duration`(text: String) {
        #expect(TimeSpan.parse(text) == nil)
    }

    @Test(arguments: [
        ("16384", 16384), ("16MiB", 16_777_216), ("16KiB", 16384), ("10MB", 10_000_000), ("1.5 KiB", 1536), ("0", 0),
        ("7b", 7), ("2GB", 2_000_000_000), ("1TiB", 1_099_511_627_776), ("3kb", 3000),
    ])
    func `sizes`(text: String, bytes: Int) {
        #expect(ByteSize.parse(text) == bytes)
    }

    @Test(arguments: ["", "MiB", "-1", "1XB", "1 MiB x", "99999999999TiB"])
    func `what is no size`(text: String) {
        #expect(ByteSize.parse(text) == nil)
    }

    @Test(arguments: ["true", "yes", "on", "True", "ON"])
    func `yes`(text: String) {
        #expect(Truth(text) == .yes)
    }

    @Test(arguments: [
        ("web1", Endpoint(host: "web1", port: 5044)), ("web1:9", Endpoint(host: "web1", port: 9)),
        ("[::1]", Endpoint(host: "::1", port: 5044)), ("[::1]:6", Endpoint(host: "::1", port: 6)),
        ("127.0.0.1:65535", Endpoint(host: "127.0.0.1", port: 65535)),
    ])
    func `hosts`(text: String, endpoint: Endpoint) {
        #expect(Endpoint.parse(text, defaultPort: 5044) == endpoint)
    }

    @Test(arguments: [
        "", ":5044", "a:", "a:0", "a:65536", "a:b", "::1", "[::1", "[::1]x", "[::1]:", "a b:1", "a/b:1", "u@a:1",
    ])
    func `what is no host`(text: String) {
        #expect(Endpoint.parse(text, defaultPort: 5044) == nil)
    }

    @Test func `a host without a port needs a default`() {
        #expect(Endpoint.parse("web1", defaultPort: nil) == nil)
    }

    @Test(arguments: [
        ("hsots", "hosts"), ("compresion_level", "compression_level"), ("bulk_maxsize", "bulk_max_size"),
        ("verification_mode", "ssl.verification_mode"), ("HOSTS", "hosts"),
    ])
    func `the nearest key is found`(written: String, meant: String) {
        let known = Array(OutputTables.logstash.byKey.keys)
        #expect(Suggestion.nearest(to: written, among: known) == meant)
    }

    @Test(arguments: ["quux", "a", "certificate_of_birth"])
    func `nothing near is nothing`(written: String) {
        #expect(Suggestion.nearest(to: written, among: Array(OutputTables.logstash.byKey.keys)) == nil)
    }

    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("kitten", "sitting", 3), ("close.inactive", "close_inactive", 1),
    ])
    func `edits between two keys`(left: String, right: String, edits: Int) {
        #expect(Suggestion.distance(left, to: right) == edits)
        #expect(Suggestion.distance(right, to: left) == edits)
    }

    @Test(arguments: [
        ("0", true), ("-1.5", true), ("1e9", true), ("1E-9", true), ("01", false), ("1.", false), (".5", false),
        ("0x10", false), ("-", false), ("1e", false), ("1 ", false), ("NaN", false),
    ])
    func `numbers of JSON`(text: String, isNumber: Bool) {
        #expect(FieldScalar.isNumber(text) == isNumber)
    }
}
