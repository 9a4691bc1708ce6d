extension ConfigLoader {
    static func decode(
        _ sources: [[ConfigEntry]], _ environment: [String: String], _ problems: Problems
    ) throws(ConfigurationErrors) -> AgentSettings {
        let problems = problems
        var tree: [ConfigEntry] = []
        for source in sources { tree.overlay(source) }
        var settings = AgentSettings()
        settings.warnings = problems.warningLines
        if let errors = problems.sortedErrors { throw errors }
        return settings
    }
}
