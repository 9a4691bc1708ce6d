import Glibc
import Testing

@testable import AgentConfig

/// The smallest configuration, for tests that care about something else.
let smallest = """
    filebeat.inputs: [{type: filestream, id: a, paths: [/var/log/a.log]}]
    output.console:
    """

/// The settings of a text; fails the test with all errors when it is refused.
func load(_ text: String, overrides: [String] = [], environment: [String: String] = [:]) throws -> AgentSettings {
    do {
        return try ConfigLoader.load(text: text, name: "a.yml", overrides: overrides, environment: environment)
    } catch {
        Issue.record("\(error)")
        throw error
    }
}

/// The errors of a text, one a line.
func errors(_ text: String, overrides: [String] = [], environment: [String: String] = [:]) -> [String] {
    do {
        _ = try ConfigLoader.load(text: text, name: "a.yml", overrides: overrides, environment: environment)
        return []
    } catch {
        return error.errors.map(\.description)
    }
}

/// The folder of the files that are shipped.
let configFolder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/config"

/// A directory that is removed with the test.
final class Folder {
    let path: String

    init() throws {
        var template = Array("/tmp/agent-config-XXXXXX\0".utf8).map { CChar(bitPattern: $0) }
        let made = unsafe mkdtemp(&template)
        try #require(unsafe made != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in names { unsafe unlink("\(path)/\(name)") }
        unsafe rmdir(path)
    }

    private var names: [String] = []

    /// Writes a file and returns its path.
    func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC, mode)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        names.append(name)
        let bytes = Array(text.utf8)
        try #require(unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        try #require(fchmod(descriptor, mode) == 0)
        return file
    }
}

/// The text of a file that is shipped.
func shipped(_ name: String) throws -> String {
    var problems = Problems()
    let place = Place(source: 0, name: name, line: 1, column: 1)
    let text = ConfigFile(path: "\(configFolder)/\(name)", strict: false).read(place, &problems)
    return try #require(text, "\(problems.errors)")
}
