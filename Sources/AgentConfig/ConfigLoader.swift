/// Reads the configuration: files and `-E` options, merged, checked, and turned into each target's settings.
package enum ConfigLoader {
    /// - Parameters:
    ///   - files: YAML files (`-c`); a later one wins per key, and replaces lists.
    ///   - overrides: `key=value` (`-E`), the value as YAML; they win over the files.
    ///   - environment: what `${VAR}` is looked up in.
    ///   - strictPermissions: refuse files that others can write or own (`--strict.perms`).
    /// - Throws: everything that is wrong, not the first thing only.
    package static func load(
        files: [String], overrides: [String] = [], environment: [String: String], strictPermissions: Bool = true
    ) throws(ConfigurationErrors) -> AgentSettings {
        var problems = Problems()
        let sources = SourceReader(strictPermissions: strictPermissions).read(files, overrides, &problems)
        return try decode(sources, environment, problems)
    }

    /// The same for a text in hand; `name` stands for the file in errors.
    package static func load(
        text: String, name: String = "needletail.yml", overrides: [String] = [], environment: [String: String] = [:]
    ) throws(ConfigurationErrors) -> AgentSettings {
        var problems = Problems()
        let reader = SourceReader(strictPermissions: false)
        var sources = [reader.parse(text, Place(source: 0, name: name, line: 1, column: 1), &problems)].compactMap(
            \.self)
        sources += reader.parse(overrides, firstSource: 1, &problems)
        return try decode(sources, environment, problems)
    }

    /// What `test config` prints: `Config OK` and the warnings, or every error, one a line.
    package static func check(
        files: [String], overrides: [String] = [], environment: [String: String], strictPermissions: Bool = true
    ) -> (accepted: Bool, text: String) {
        do {
            let settings = try load(
                files: files, overrides: overrides, environment: environment, strictPermissions: strictPermissions)
            return (true, (settings.warnings.map { "warning: \($0)" } + ["Config OK"]).joined(separator: "\n"))
        } catch {
            return (false, error.errors.map { "error: \($0)" }.joined(separator: "\n"))
        }
    }
}
