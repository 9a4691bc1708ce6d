import Agent
import ArgumentParser
import TestSupport
import Testing
import needletail

struct CommandLineTests {
    @Test(arguments: [
        (["-c", "x.yml", "-e"], ["run", "-c", "x.yml", "-e"]),
        (["-e"], ["run", "-e"]),
        (["run", "-path.data", "/d"], ["run", "--path.data", "/d"]),
        (["-path.data=/d", "-strict.perms=false"], ["run", "--path.data=/d", "--strict.perms=false"]),
        (["-strict.perms", "-once"], ["run", "--strict.perms=true", "--once"]),
        (["-c", "run", "test", "config"], ["test", "config", "-c", "run"]),
        (
            ["--path.data", "/d", "-E", "a=b", "registry", "list"],
            ["registry", "list", "--path.data", "/d", "-E", "a=b"]
        ),
        (["ship", "-", "--to", "-"], ["ship", "-", "--to", "-"]),
        (["ship", "--to", "-", "--", "-path.data"], ["ship", "--to", "-", "--", "-path.data"]),
        (["--help"], ["--help"]), (["--version"], ["--version"]), ([], []), (["version"], ["version"]),
    ])
    func `Filebeat's forms become ours`(_ given: [String], _ expected: [String]) {
        #expect(CommandLineForm.normalised(given) == expected)
    }

    private func parse<Command>(_ arguments: [String], as type: Command.Type) throws -> Command {
        let command = try Needletail.parseAsRoot(CommandLineForm.normalised(arguments))
        return try #require(command as? Command)
    }

    @Test func `run takes what Filebeat takes`() throws {
        let command = try parse(
            [
                "-c", "a.yml", "-c", "b.yml", "-E", "x=1", "-Ey=2", "-e", "-d", "*", "-path.home", "/h",
                "--path.config=/c", "--path.data", "/d", "-path.logs=/l", "-strict.perms=false", "--once",
                "--environment", "systemd",
            ], as: RunCommand.self)
        let options = command.options
        #expect(options.configuration.files == ["a.yml", "b.yml"])
        #expect(options.configuration.overrides == ["x=1", "y=2"])
        #expect(options.configuration.home == "/h")
        #expect(options.configuration.config == "/c")
        #expect(options.configuration.data == "/d")
        #expect(options.configuration.logs == "/l")
        #expect(!options.configuration.strictPermissions)
        #expect(options.once)
        #expect(options.logToStandardError)
        #expect(options.logLevel == "debug")
    }

    @Test func `run alone changes nothing`() throws {
        #expect(try parse(["run"], as: RunCommand.self).options == RunOptions())
        #expect(try parse(["run", "-v"], as: RunCommand.self).options.logLevel == "info")
    }

    @Test func `ship takes files, a destination and its options`() throws {
        let request = try parse(
            [
                "ship", "a.log", "b*.gz", "-", "--to", "lumberjack://h:5044", "--resume", "/r", "--compression-level",
                "0", "--timeout", "5m", "--id", "i", "--tag", "t", "--tag", "u", "--field", "a=b", "--ndjson", "--raw",
                "--normalize", "ecs",
            ], as: ShipCommand.self
        ).request
        var expected = ShipRequest(files: ["a.log", "b*.gz", "-"], destination: "lumberjack://h:5044")
        expected.resume = "/r"
        expected.compressionLevel = 0
        expected.timeout = .seconds(300)
        expected.id = "i"
        expected.tags = ["t", "u"]
        expected.fields = ["a=b"]
        expected.ndjson = true
        expected.raw = true
        expected.normalize = "ecs"
        #expect(request == expected)
    }

    @Test(arguments: [
        ["ship", "a.log"], ["ship", "--to", "-"], ["ship", "a", "--to", "-", "--compression-level", "10"],
        ["ship", "a", "--to", "-", "--timeout", "soon"], ["ship", "a", "--to", "-", "--field", "novalue"],
        ["ship", "a", "--to", "-", "--quiet", "--json"], ["ship", "a", "--to", "-", "--normalize", "gelf"],
        ["run", "stray"], ["run", "--nonsense"], ["nonsense"],
        ["registry", "show"], ["completions", "tcsh"],
    ])
    func `a wrong command line ends with status 64`(_ arguments: [String]) {
        do {
            _ = try Needletail.parseAsRoot(CommandLineForm.normalised(arguments))
            Issue.record("was accepted")
        } catch {
            #expect(Needletail.exitCode(for: error).rawValue == ExitStatus.usage.rawValue)
        }
    }

    @Test(arguments: [
        ("30", Duration.seconds(30)), ("0", .zero), ("500ms", .milliseconds(500)), ("30s", .seconds(30)),
        ("5m", .seconds(300)), ("2h", .seconds(7200)), ("", nil), ("s", nil), ("5d", nil), ("-5", nil), ("1.5s", nil),
    ])
    func `a time is a number with a unit`(_ text: String, _ expected: Duration?) {
        #expect(TimeSpan(argument: text)?.duration == expected)
    }

    @Test(arguments: [
        ["--help"], ["run", "--help"], ["ship", "--help"], ["test", "config", "--help"], ["test", "output", "--help"],
        ["registry", "list", "--help"], ["registry", "show", "--help"], ["version", "--help"],
        ["completions", "--help"],
    ])
    func `every command explains itself with an example`(_ arguments: [String]) async {
        let child = await ChildProcess.run(ChildProcess.needletail, arguments)
        #expect(child.status == 0)
        #expect(child.output.contains("Example"))
        #expect(child.output.contains("needletail \(arguments[0].hasPrefix("-") ? "run" : arguments[0])"))
    }

    @Test func `the binary says its version, and what is wrong with a command line`() async {
        let version = await ChildProcess.run(ChildProcess.needletail, ["version"])
        #expect(version.status == 0)
        #expect(version.output.hasPrefix("needletail version \(AgentVersion.text) "))
        let wrong = await ChildProcess.run(ChildProcess.needletail, ["ship", "a.log"])
        #expect(wrong.status == ExitStatus.usage.rawValue)
        #expect(wrong.errors.contains("--to"))
        #expect(wrong.output.isEmpty)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `there is a completion script for each shell`(_ shell: String) async {
        let child = await ChildProcess.run(ChildProcess.needletail, ["completions", shell])
        #expect(child.status == 0)
        #expect(child.output.contains("compression-level"))
        if shell == "bash" {
            let check = await ChildProcess.run("bash", ["-n"], input: child.output)
            #expect(check.status == 0)
            #expect(check.errors.isEmpty)
        }
    }
}
