import EventModel
import Glibc
import Transport

/// The collector's configuration: the same language, its own keys.
extension ConfigLoader {
    /// - Parameters: as for the agent; without files the defaults hold.
    /// - Throws: everything that is wrong, not the first thing only.
    package static func loadCollector(
        files: [String], overrides: [String] = [], environment: [String: String], strictPermissions: Bool = true
    ) throws(ConfigurationErrors) -> CollectorSettings {
        var problems = Problems()
        let sources = SourceReader(strictPermissions: strictPermissions).read(files, overrides, &problems)
        return try decodeCollector(sources, environment, problems)
    }

    /// The same for a text in hand.
    package static func loadCollector(
        text: String, name: String = "collector.yml", overrides: [String] = [], environment: [String: String] = [:]
    ) throws(ConfigurationErrors) -> CollectorSettings {
        var problems = Problems()
        let reader = SourceReader(strictPermissions: false)
        var sources = [reader.parse(text, Place(source: 0, name: name, line: 1, column: 1), &problems)].compactMap(
            \.self)
        sources += reader.parse(overrides, firstSource: 1, &problems)
        return try decodeCollector(sources, environment, problems)
    }

    private static func decodeCollector(
        _ sources: [[ConfigEntry]], _ environment: [String: String], _ problems: Problems
    ) throws(ConfigurationErrors) -> CollectorSettings {
        var tree: [ConfigEntry] = []
        for source in sources { tree.overlay(source) }
        var reader = ConfigReader(variables: Variables(environment: environment), problems: problems)
        var settings = CollectorSettings()
        reader.read(tree, CollectorTable.table, into: &settings)
        if settings.dataPath.isEmpty {
            settings.dataPath = CollectorSettings.defaultDataPath(environment, isRoot: geteuid() == 0)
        }
        reader.check(settings, tree["collector"]?.place ?? Place(source: 0, name: "configuration", line: 0, column: 0))
        if let errors = reader.problems.sortedErrors { throw errors }
        settings.warnings = reader.problems.warningLines
        return settings
    }
}

extension ConfigReader {
    fileprivate mutating func check(_ settings: CollectorSettings, _ place: Place) {
        if settings.limits.body > settings.limits.memory {
            problems.add(
                .conflict, place, "'collector.limits.body' is larger than 'collector.limits.memory', so it never fits")
        }
        if settings.limits.event > settings.limits.body {
            problems.add(
                .conflict, place, "'collector.limits.event' is larger than 'collector.limits.body', so it never fits")
        }
        if !settings.lumberjack.enabled && !settings.http.enabled {
            problems.add(.conflict, place, "both listeners of the collector are switched off")
        }
        if let url = settings.traceURL, !url.contains("{trace_id}") || !url.hasPrefix("http") {
            problems.add(.value, place, "'collector.trace_url' takes an http address with {trace_id} in it")
        }
        if let token = settings.token, token.exposed.utf8.count < 16 {
            problems.warn(place, "'collector.auth.token' is shorter than 16 characters, so it can be guessed")
        }
    }
}
