import EventModel

/// The documents as one server is to have them: template and policy, fitted to its product, its version and the options.
struct ElasticsearchDocuments {
    let server: ElasticsearchServer
    let options: ElasticsearchOptions
    let lifecycle: ElasticsearchOptions.Lifecycle

    init(for server: ElasticsearchServer, _ options: ElasticsearchOptions) throws(SetupError) {
        self.server = server
        self.options = options
        lifecycle = try options.lifecycle(for: server)
    }

    /// In the order in which they are loaded: what refers to another comes after it.
    var resources: [ElasticsearchResource] {
        var resources: [ElasticsearchResource] = []
        if lifecycle == .ilm { resources.append(.init(.ilmPolicy, options.name, ilmPolicy)) }
        if lifecycle == .ism { resources.append(.init(.ismPolicy, options.name, ismPolicy)) }
        resources.append(.init(.indexTemplate, options.name, template))
        return resources
    }

    // MARK: The template

    private var template: JSONObject {
        var template = SetupDocument.indexTemplate.object
        template.set("index_patterns", .texts([options.pattern]))
        template.set("_meta.lifecycle", .text(lifecycle.rawValue))
        fitSettings(&template)
        if !server.canIgnoreMalformed {
            template.drop("template.settings.index.mapping.ignore_malformed")
            // A name with a sign in front is one member, not a path; it is changed where it is.
            if var fields = template.object(at: "template.mappings.properties") {
                fields["@timestamp"] = .object(JSONObject([.init(name: Array("type".utf8), value: .text("date"))]))
                template.set("template.mappings.properties", .object(fields))
            }
        }
        if !server.hasMatchOnlyText, let mappings = template.value(at: "template.mappings") {
            template.set("template.mappings", mappings.replacing("match_only_text", by: "text"))
        }
        return template
    }

    private func fitSettings(_ template: inout JSONObject) {
        let settings = "template.settings.index."
        if server.ownsItsIndices {
            for name in ["codec", "number_of_shards", "number_of_replicas", "mapping.total_fields"] {
                template.drop(settings + name)
            }
        } else {
            template.set(settings + "number_of_shards", .number(options.shards))
            template.set(settings + "number_of_replicas", .number(options.replicas))
            if !server.canIgnoreSurplusFields {
                template.drop(settings + "mapping.total_fields.ignore_dynamic_beyond_limit")
            }
        }
        switch lifecycle {
        case .ilm: template.set(settings + "lifecycle.name", .text(options.name))
        case .dsl:
            var lifecycle = JSONObject()
            if let retention = options.retention { lifecycle["data_retention"] = .text(retention) }
            template.set("template.lifecycle", .object(lifecycle))
        case .ism, .none, .auto: break
        }
    }

    // MARK: The policies

    private var ilmPolicy: JSONObject {
        var policy = SetupDocument.ilmPolicy.object
        let rollover = "policy.phases.hot.actions.rollover."
        if !server.hasShardSizeRollover, let size = policy.value(at: rollover + "max_primary_shard_size") {
            policy.drop(rollover + "max_primary_shard_size")
            policy.set(rollover + "max_size", size)
        }
        if !server.hasPolicyMeta { policy.drop("policy._meta") }
        if let retention = options.retention {
            policy.set("policy.phases.delete.min_age", .text(retention))
        } else {
            policy.drop("policy.phases.delete")
        }
        return policy
    }

    private var ismPolicy: JSONObject {
        var policy = SetupDocument.ismPolicy.object
        let template = policy.value(at: "policy.ism_template")?.array?.first?.object
        if var template {
            template["index_patterns"] = .texts([options.pattern])
            policy.set("policy.ism_template", .array([.object(template)]))
        }
        guard var states = policy.value(at: "policy.states")?.array, var hot = states.first?.object else {
            return policy
        }
        if let retention = options.retention {
            guard var transition = hot.value(at: "transitions")?.array?.first?.object else { return policy }
            transition.set("conditions.min_index_age", .text(retention))
            hot["transitions"] = .array([.object(transition)])
            states[0] = .object(hot)
        } else {
            hot["transitions"] = .array([])
            states = [.object(hot)]
        }
        policy.set("policy.states", .array(states))
        return policy
    }
}
