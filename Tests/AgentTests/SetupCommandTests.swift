import Agent
import ArgumentParser
import ElasticSetup
import EventModel
import HTTPTransport
import TestSupport
import Testing
import needletail

struct SetupCommandTests {
    private func parse<Command>(_ arguments: [String], as type: Command.Type) throws -> Command {
        try #require(try Needletail.parseAsRoot(CommandLineForm.normalised(arguments)) as? Command)
    }

    private func access(_ arguments: [String] = []) throws -> SetupArguments {
        try parse(["setup", "kibana"] + arguments, as: SetupKibanaCommand.self).access
    }

    @Test func `setup elasticsearch takes what the template can be told`() throws {
        let command = try parse(
            [
                "setup", "elasticsearch", "--lifecycle", "ilm", "--retention", "14d", "--shards", "2", "--replicas",
                "0",
                "--name", "app", "--pattern", "app-*", "--force",
            ], as: SetupElasticsearchCommand.self)
        var expected = ElasticsearchOptions()
        expected.lifecycle = .ilm
        expected.retention = "14d"
        expected.shards = 2
        expected.replicas = 0
        expected.name = "app"
        expected.pattern = "app-*"
        expected.force = true
        #expect(command.options == expected)
        let plain = try parse(["setup", "elasticsearch"], as: SetupElasticsearchCommand.self)
        #expect(plain.options == ElasticsearchOptions())
    }

    @Test(arguments: [
        ("30d", "30d"), ("12h", "12h"), ("90m", "90m"), ("forever", nil),
    ])
    func `a retention is a time as Elasticsearch writes it`(_ text: String, _ expected: String?) throws {
        let retention = try #require(Retention(argument: text))
        #expect(retention.time == expected)
    }

    @Test(arguments: ["", "30", "0d", "-1d", "1.5d", "d", "30 d", "30D", "week"])
    func `other texts are no retention`(_ text: String) {
        #expect(Retention(argument: text) == nil)
    }

    // MARK: Credentials

    @Test func `credentials of the environment replace those of the configuration`() throws {
        var client = HTTPClientSettings()
        client.username = "configured"
        client.password = Secret("old")
        let kept = try access().target(client, apiKey: nil, environment: [:])
        #expect(kept.client.username == "configured" && kept.encodedAPIKey == nil)
        let keyed = try access().target(client, apiKey: nil, environment: ["NEEDLETAIL_API_KEY": "id:key"])
        #expect(keyed.encodedAPIKey == Secret("aWQ6a2V5"))
        #expect(keyed.client.username == nil && keyed.client.password == nil)
        let user = try access(["--user", "joe"]).target(
            client, apiKey: Secret("eA=="), environment: ["NEEDLETAIL_PASSWORD": "pw", "NEEDLETAIL_API_KEY": "id:key"])
        #expect(user.client.username == "joe" && user.client.password == Secret("pw"))
        #expect(user.encodedAPIKey == nil)
        #expect(throws: ValidationError.self) {
            try access(["--user", "joe"]).target(client, apiKey: nil, environment: [:])
        }
    }

    @Test func `no secret is printed with its target`() throws {
        let target = try access().target(
            HTTPClientSettings(), apiKey: nil, environment: ["NEEDLETAIL_API_KEY": "hidden=="])
        #expect(!"\(target)".contains("hidden"))
    }

    // MARK: The binary

    @Test func `printing asks no server, and is what Kibana imports`() async throws {
        let elasticsearch = await ChildProcess.run(ChildProcess.needletail, ["setup", "elasticsearch", "--print"])
        #expect(elasticsearch.status == 0)
        #expect(elasticsearch.output.hasPrefix("PUT /_index_template/needletail\n{\n"))
        #expect(elasticsearch.errors.contains("Elasticsearch from 8.14"))
        let kibana = await ChildProcess.run(ChildProcess.needletail, ["setup", "kibana", "--print"])
        #expect(kibana.status == 0)
        #expect(kibana.errors.isEmpty)
        for line in kibana.output.split(separator: "\n") { #expect(JSONTree(line.utf8)?.object?["id"] != nil) }
    }

    @Test func `the hosts of the configuration are asked with its credentials`() async throws {
        let peer = try await HTTPPeer.start()
        peer.answer { _ in
            HTTPPeer.Answer(
                200, body: #"{"name":"needletail","version":{"number":"8.19.0","build_hash":"needletail"}}"#)
        }
        let overrides = [
            "output.elasticsearch.hosts=127.0.0.1:\(peer.port)", "output.elasticsearch.api_key=id:key",
            "filebeat.inputs=[{type: filestream, id: a, paths: [/none]}]",
        ]
        let child = await ChildProcess.run(
            ChildProcess.needletail,
            ["setup", "elasticsearch", "-c", "/dev/null", "--strict.perms=false"] + overrides.flatMap { ["-E", $0] })
        #expect(child.status == 0, "\(child.errors)")
        #expect(child.output.contains("nothing to set up"))
        #expect(peer.requests.map { $0.headers["authorization"] } == ["ApiKey aWQ6a2V5"])
        await peer.shutdown()
    }

    @Test func `without an answer it ends with 75, and says where it asked`() async throws {
        let peer = try await HTTPPeer.start()
        let address = "http://127.0.0.1:\(peer.port)"
        await peer.shutdown()
        for product in ["elasticsearch", "kibana"] {
            let child = await ChildProcess.run(
                ChildProcess.needletail, ["setup", product, "--url", address, "--timeout", "0"])
            #expect(child.status == ExitStatus.notDelivered.rawValue)
            #expect(child.errors.contains(address))
        }
    }

    @Test func `a refusal ends with 78, and --insecure is warned of`() async throws {
        let peer = try await HTTPPeer.start()
        peer.answer { _ in HTTPPeer.Answer(401, body: #"{"error":{"reason":"missing \u001b[31mauthentication"}}"#) }
        let child = await ChildProcess.run(
            ChildProcess.needletail,
            ["setup", "elasticsearch", "--url", "http://127.0.0.1:\(peer.port)", "--insecure"])
        #expect(child.status == ExitStatus.configuration.rawValue)
        #expect(child.errors.contains("NEEDLETAIL_API_KEY"))
        #expect(child.errors.contains("WARNING") && child.errors.contains("--ca"))
        #expect(!child.errors.contains("\u{1b}"))
        await peer.shutdown()
    }

    @Test func `a key file that is not there ends with 66`() async {
        let child = await ChildProcess.run(
            ChildProcess.needletail, ["setup", "kibana", "--api-key-file", "/none/such"])
        #expect(child.status == ExitStatus.noInput.rawValue)
        #expect(child.errors.contains("/none/such"))
    }
}
