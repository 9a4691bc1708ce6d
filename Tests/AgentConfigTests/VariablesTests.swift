import EventModel
import FileInput
import FileOutput
import Testing

@testable import AgentConfig

struct VariablesTests {
    let variables = Variables(
        environment: ["HOST": "db1", "EMPTY": "", "NAME": "HOST", "file": "shadow"], paths: ["path.data": "/var/lib/n"])

    @Test(arguments: [
        ("plain", "plain"), ("${HOST}", "db1"), ("a-${HOST}-z", "a-db1-z"), ("${HOST}${HOST}", "db1db1"),
        ("${NONE:}", ""), ("${NONE:x:y}", "x:y"), ("${EMPTY:x}", "x"), ("${EMPTY}", ""), ("${HOST:x}", "db1"),
        ("${HOST:?needed}", "db1"), ("${HOST:+set}", "set"), ("${NONE:+set}", ""), ("${EMPTY:+set}", ""),
        ("${${NAME}}", "db1"), ("${NONE:${HOST}}", "db1"), ("${NONE:{a: [1]}}", "{a: [1]}"),
        ("$${HOST}", "${HOST}"), ("a$$b", "a$b"), ("^a$", "^a$"), ("$HOST", "$HOST"),
        ("${path.data}/x", "/var/lib/n/x"),
        ("${NONE:é}", "é"), ("100%", "100%"),
    ])
    func `a variable becomes its text`(written: String, text: String) throws {
        #expect(try variables.expand(written) == text)
    }

    @Test(arguments: [
        ("${NONE}", "'NONE' is not set; set it, or allow nothing with '${NONE:}'"),
        ("${NONE:?give a host}", "'NONE' is not set: give a host"), ("${EMPTY:?give}", "'EMPTY' is not set: give"),
        ("${HOST", "has no '}'"), ("${}", "names no variable"), ("${:x}", "names no variable"),
        ("${file:/does/not/exist}", "'/does/not/exist' cannot be opened"),
    ])
    func `what cannot be replaced is an error`(written: String, message: String) {
        let failure = #expect(throws: Variables.Failure.self) { _ = try variables.expand(written) }
        #expect(failure?.message.contains(message) == true)
    }

    @Test func `nesting has a limit`() {
        let text = String(repeating: "${A:", count: 40) + "x" + String(repeating: "}", count: 40)
        #expect(throws: Variables.Failure.self) { _ = try variables.expand(text) }
    }

    @Test(arguments: [("secret\n", "secret"), ("secret", "secret"), ("a\nb\r\n", "a\nb"), ("", "")])
    func `a file becomes its text without the last line end`(content: String, text: String) throws {
        let folder = try Folder()
        let path = try folder.write("password", content)
        #expect(try Variables(environment: ["DIR": folder.path]).expand("${file:${DIR}/password}") == text)
        #expect(try Variables(environment: [:]).expand("${file:\(path)}") == text)
    }

    @Test func `a file that is too large is refused`() throws {
        let folder = try Folder()
        let path = try folder.write("big", String(repeating: "x", count: Variables.maximumFileBytes + 1))
        #expect(throws: Variables.Failure.self) { _ = try Variables(environment: [:]).expand("${file:\(path)}") }
    }

    @Test func `a variable may hold a list or an object`() throws {
        let settings = try load(
            """
            filebeat.inputs: ${INPUTS}
            output: ${OUTPUT}
            tags: ${TAGS}
            """,
            environment: [
                "INPUTS": "[{type: stdin}, {type: filestream, id: a, paths: '${PATHS}'}]", "PATHS": "/a.log,/b.log",
                "OUTPUT": "{console.codec.json.pretty: true}", "TAGS": "x, y",
            ])
        #expect(settings.inputs.map(\.id) == ["stdin", "a"])
        #expect(settings.inputs[1].paths == ["/a.log", "/b.log"])
        #expect(settings.inputs[1].tags == ["x", "y"])
        #expect(settings.outputs[0].codec == .json(pretty: true))
    }

    @Test func `an overridden value does not need its variable`() throws {
        let text = "http.host: ${NONE}\n" + smallest
        #expect(errors(text).count == 1)
        #expect(try load(text, overrides: ["http.host=localhost"]).status.host == "localhost")
    }

    @Test func `other settings can use the paths`() throws {
        let text = "output.file.path: ${path.data}/out\npath.data: /srv\nfilebeat.inputs: [{type: stdin}]"
        let settings = try load(text, overrides: ["path.data=/tmp/n"])
        guard case .file(let file) = settings.outputs[0].kind else {
            Issue.record("no file output")
            return
        }
        #expect(file.path == "/tmp/n/out")
    }
}
