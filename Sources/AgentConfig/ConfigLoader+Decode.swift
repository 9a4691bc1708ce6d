extension ConfigLoader {
    /// Lays the sources over each other and turns the result into settings.
    static func decode(
        _ sources: [[ConfigEntry]], _ environment: [String: String], _ problems: Problems
    ) throws(ConfigurationErrors) -> AgentSettings {
        var tree: [ConfigEntry] = []
        for source in sources { tree.overlay(source) }
        var reader = ConfigReader(variables: Variables(environment: environment), problems: problems)
        reader.resolvePaths(tree)
        var draft = AgentDraft()
        reader.read(tree, AgentTable.table, into: &draft)
        var settings = draft.settings
        reader.readInputs(draft, &settings)
        reader.readOutputs(draft, &settings)
        reader.checkStatus(settings.status, tree)
        if let errors = reader.problems.sortedErrors { throw errors }
        settings.warnings = reader.problems.warningLines
        return settings
    }
}

extension ConfigReader {
    /// `path.*` come first, since any other value may use them. What is wrong with them is noted when they are read.
    fileprivate mutating func resolvePaths(_ tree: [ConfigEntry]) {
        var quiet = ConfigReader(variables: variables, problems: Problems())
        var paths = PathSettings()
        if let node = tree["path"], case .object(let entries) = node.content {
            quiet.read(entries, AgentTable.paths, into: &paths)
        }
        variables.paths = [
            "path.home": paths.home, "path.config": paths.config, "path.data": paths.data, "path.logs": paths.logs,
        ]
    }

    fileprivate mutating func readInputs(_ draft: AgentDraft, _ settings: inout AgentSettings) {
        let before = problems.errors.count
        if let node = draft.inputs {
            settings.inputs = inputs(node, tags: draft.tags, fields: draft.fields)
        }
        guard settings.inputs.isEmpty, problems.errors.count == before, !problems.lacksSource else { return }
        let what = draft.inputs == nil ? "no input is configured" : "no input is enabled"
        problems.add(
            .missing, draft.inputs?.place ?? Place.whole, "\(what); write 'filebeat.inputs:' with one at least")
    }

    fileprivate mutating func readOutputs(_ draft: AgentDraft, _ settings: inout AgentSettings) {
        let before = problems.errors.count
        if let node = draft.output { settings.outputs += singleOutput(node, draft.queue) }
        if let node = draft.outputs {
            for plan in namedOutputs(node, draft.queue) {
                if settings.outputs.contains(where: { $0.name == plan.name }) {
                    problems.add(
                        .conflict, node.place,
                        "two outputs are named '\(plan.name)', one of them as 'output.\(plan.name)'; rename one")
                }
                settings.outputs.append(plan)
            }
        }
        guard settings.outputs.isEmpty, problems.errors.count == before, !problems.lacksSource else { return }
        let node = draft.output ?? draft.outputs
        let what = node == nil ? "no output is configured" : "no output is enabled"
        problems.add(.missing, node?.place ?? Place.whole, "\(what); write 'output.logstash:' or another one")
    }

    fileprivate mutating func checkStatus(_ status: StatusSettings, _ tree: [ConfigEntry]) {
        let place = tree["http"]?.place ?? Place.whole
        switch status.listener {
        case .unix(let path):
            if !path.hasPrefix("/") { problems.add(.value, place, "'http.host' needs a whole path: unix:///run/…") }
        case .tcp(let host, _):
            let isLoopback = host == "localhost" || host == "::1" || host.hasPrefix("127.")
            if status.enabled && !isLoopback {
                problems.warn(place, "'http.host' is \(host), so others on the network can read the agent's status")
            }
        }
    }
}

extension Place {
    /// For what is missing altogether.
    fileprivate static var whole: Place { Place(source: 0, name: "configuration", line: 0, column: 0) }
}
