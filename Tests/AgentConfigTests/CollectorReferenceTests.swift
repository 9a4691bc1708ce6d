import EventModel
import Testing
import Transport

@testable import AgentConfig

/// `collector.yml` against the table that reads it.
struct CollectorReferenceTests {
    @Test func `the file as shipped is the same as none`() throws {
        let shippedOne = try ConfigLoader.loadCollector(text: shipped("collector.yml"), environment: ["HOME": "/h"])
        let none = try ConfigLoader.loadCollector(files: [], environment: ["HOME": "/h"])
        #expect(shippedOne == none)
    }

    @Test func `the file has every setting with its default`() throws {
        let reference = try Reference(try shipped("collector.yml"))
        #expect(CollectorTable.table.settings.count >= 40)
        for setting in CollectorTable.table.settings {
            let key = setting.keys[0]
            let node = try #require(Reference.node(key, in: reference.tree), "collector.yml has no '\(key)'")
            if setting.isExample { continue }
            var reader = reference.reader
            #expect(setting.isDefault(node, &reader), "\(node.place): '\(key)' is not the default")
            #expect(reader.problems.errors == [])
        }
    }

    @Test func `the file with every setting uncommented has no unknown key`() throws {
        let text = Reference.uncommented(try shipped("collector.yml"))
            .replacing("${file:/etc/needletail/token}", with: "a token that is long enough")
        let settings = try ConfigLoader.loadCollector(text: text)
        #expect(settings.lumberjack.tls?.requiresClients == true)
        #expect(settings.token == Secret("a token that is long enough"))
        #expect(settings.warnings == [])
    }

    @Test(arguments: [
        ("collector.limits.body=1GiB", "'collector.limits.body' is larger than 'collector.limits.memory'"),
        ("collector.limits.event=128MiB", "'collector.limits.event' is larger than 'collector.limits.body'"),
        ("collector.http.prot=1", "unknown setting 'collector.http.prot'; did you mean 'collector.http.port'?"),
        ("collector.trace_url=http://jaeger/", "takes an http address with {trace_id} in it"),
        ("collector.http.ssl.client_authentication=maybe", "expected one of none, optional, required"),
        ("collector={lumberjack: {enabled: false}, http: {enabled: false}}", "both listeners"),
    ])
    func `a setting that cannot be is named with what to do`(override: String, message: String) {
        let error = #expect(throws: ConfigurationErrors.self) {
            try ConfigLoader.loadCollector(files: [], overrides: [override], environment: [:])
        }
        #expect(error.map { "\($0)" }?.contains(message) == true, "\(error as Any)")
    }

    @Test(arguments: [
        (["XDG_DATA_HOME": "/x", "HOME": "/h"], false, "/x/needletail/collector"),
        (["HOME": "/h"], false, "/h/.local/share/needletail/collector"),
        (["HOME": "/root"], true, "/var/lib/needletail-collector"),
        (["HOME": "/h", "STATE_DIRECTORY": "/var/lib/c"], false, "/var/lib/c"),
        ([:], false, "/var/lib/needletail-collector"),
    ])
    func `the store lies where this user's data lies`(environment: [String: String], isRoot: Bool, path: String) {
        #expect(CollectorSettings.defaultDataPath(environment, isRoot: isRoot) == path)
    }

    @Test func `printed settings show neither token nor key`() throws {
        let settings = try ConfigLoader.loadCollector(
            files: [],
            overrides: [
                "collector.auth.token=s3cretttttttttttttttttt", "collector.http.ssl.key=-----BEGIN s3cret",
                "collector.http.ssl.key_passphrase=s3cret",
            ], environment: [:])
        var text = ""
        dump(settings, to: &text)
        #expect(!"\(settings)".contains("s3cret") && !text.contains("s3cret"))
    }
}
