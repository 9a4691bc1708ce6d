import EventModel
import KafkaOutput

/// What of `output.kafka` is more than one value.
extension ConfigReader {
    /// What fits together; `place` is the output's.
    mutating func check(_ settings: KafkaSettings, _ shown: String, _ place: Place) {
        if let absence = KafkaLibrary.absence { problems.warn(place, absence) }
        if let problem = settings.formatProblem { problems.add(.value, place, "\(shown)\(problem)") }
        if settings.requiredAcks != -1 {
            if settings.idempotence == true {
                problems.add(
                    .conflict, place,
                    "'\(shown)idempotence' needs '\(shown)required_acks: -1': only what all replicas have is there once"
                )
            }
            let risk =
                settings.requiredAcks == 0
                ? "an event counts as delivered when it was sent, and is lost with any broker or connection"
                : "what the leader alone has is lost with it, and a repetition may come twice"
            problems.warn(place, "\(shown)required_acks: \(settings.requiredAcks): \(risk); -1 waits for all replicas")
        }
        if settings.partition == .hash, settings.key != nil {
            problems.warn(
                place,
                "\(shown)partition.hash: keys are hashed as Java's producers do (murmur2); Filebeat's hash was another, so "
                    + "keys change their partitions once")
        }
        if let oauth2 = settings.oauth2 {
            if let problem = oauth2.problem { problems.add(.value, place, "\(shown)\(problem)") }
            if let mechanism = settings.mechanism, mechanism != .oauthBearer {
                problems.add(
                    .conflict, place,
                    "'\(shown)sasl.oauth2' is for OAUTHBEARER, and '\(shown)sasl.mechanism' is \(mechanism.rawValue)")
            }
        } else if settings.mechanism == .oauthBearer,
            !settings.properties.contains(where: { $0.name.hasPrefix("sasl.oauthbearer.") })
        {
            problems.add(
                .missing, place,
                "'\(shown)sasl.mechanism: OAUTHBEARER' needs tokens: '\(shown)sasl.oauth2.token_url' with client.id and "
                    + "client.secret, or '\(shown)sasl.oauth2.token_file'")
        }
        if (settings.username == nil) != (settings.password == nil), settings.mechanism != .oauthBearer {
            problems.add(.missing, place, "'\(shown)username' and '\(shown)password' go together")
        }
    }

    /// `topics:`, a list of topics with conditions.
    mutating func topics(_ node: ConfigNode) -> [TopicRule] {
        var rules: [TopicRule] = []
        for element in elements(node, of: "topics") ?? [] {
            guard let entries = entries(element, of: "topics") else { continue }
            var rule = TopicRule(topic: "")
            for entry in entries {
                switch entry.key {
                case "topic": rule.topic = text(entry.value, expected: "the name of a topic")?.string ?? ""
                case "when": rule.conditions = conditions(entry.value)
                default:
                    problems.add(
                        .notSupported, entry.place,
                        "'topics.\(entry.key)' is not supported; a topic has 'topic' and 'when' with equals or contains"
                    )
                }
            }
            if rule.topic.isEmpty { problems.add(.missing, element.place, "'topics.topic' is missing") }
            rules.append(rule)
        }
        return rules
    }

    /// `when.equals` and `when.contains`: fields with their values.
    private mutating func conditions(_ node: ConfigNode) -> [TopicRule.Condition] {
        var conditions: [TopicRule.Condition] = []
        for entry in entries(node, of: "when") ?? [] {
            let tests: [String: TopicRule.Condition.Test] = ["equals": .equals, "contains": .contains]
            guard let test = tests[entry.key] else {
                problems.add(
                    .notSupported, entry.place, "'when.\(entry.key)' is not supported; there are equals and contains")
                continue
            }
            for (field, value) in flat(entry.value, of: "when.\(entry.key)") {
                guard let text = text(value, expected: "a text") else { continue }
                conditions.append(.init(test, field, text.string))
            }
        }
        return conditions
    }

    /// `partition: file`, or as Filebeat has it: `partition.round_robin: {group_events: 10}`.
    mutating func readPartition(_ node: ConfigNode, _ settings: inout KafkaSettings) {
        let names = KafkaSettings.Partition.allCases.map(\.rawValue).joined(separator: ", ")
        if case .scalar = node.content {
            guard let text = text(node, expected: "one of \(names)") else { return }
            settings.partition = KafkaSettings.Partition(rawValue: text.string.trimmed)
            if settings.partition == nil {
                problems.add(.value, node.place, "expected one of \(names), found \(text.shown)")
            }
            return
        }
        let entries = entries(node, of: "partition") ?? []
        if entries.count > 1 { problems.add(.conflict, node.place, "'partition' is one of \(names)") }
        for entry in entries.prefix(1) {
            settings.partition = KafkaSettings.Partition(rawValue: entry.key)
            if settings.partition == nil {
                refuseUnknown(entry.key, entry.place, KafkaSettings.Partition.allCases.map(\.rawValue), "partition.")
            }
            for below in self.entries(entry.value, of: "partition.\(entry.key)") ?? [] {
                readPartition(below, of: entry.key, &settings)
            }
        }
    }

    private mutating func readPartition(_ entry: ConfigEntry, of kind: String, _ settings: inout KafkaSettings) {
        switch entry.key {
        case "group_events":
            settings.groupEvents = ValueKind<Int>.count(1...1_000_000).read(entry.value, &self) ?? 1
        case "reachable_only": settings.reachableOnly = ValueKind<Bool>.flag.read(entry.value, &self) ?? false
        case "hash":
            problems.add(
                .notSupported, entry.place,
                "'partition.hash.hash' is not supported; make a 'key' of the fields: \"%{[service.name]}\"")
        case "random": problems.addHarmless("partition.\(kind).random", entry.place)
        default:
            refuseUnknown(
                entry.key, entry.place, ["group_events", "reachable_only"], "partition.\(kind).")
        }
    }

    /// `headers:`, a list of keys and values.
    mutating func recordHeaders(_ node: ConfigNode) -> [KafkaSettings.Header] {
        var headers: [KafkaSettings.Header] = []
        for element in elements(node, of: "headers") ?? [] {
            guard let entries = entries(element, of: "headers") else { continue }
            let key = entries["key"].flatMap { text($0, expected: "a text") }?.string ?? ""
            let value = entries["value"].flatMap { text($0, expected: "a text") }?.string ?? ""
            if key.isEmpty { problems.add(.missing, element.place, "'headers.key' is missing") }
            headers.append(.init(name: key, value: Secret(value)))
        }
        if headers.count > KafkaSettings.mostHeaders {
            problems.add(.value, node.place, "at most \(KafkaSettings.mostHeaders) headers")
        }
        return headers
    }

    /// `librdkafka:`, its own properties; what they may be librdkafka says, where it is installed.
    mutating func libraryProperties(_ node: ConfigNode) -> [KafkaSettings.Property] {
        let library = try? KafkaLibrary.load()
        var properties: [KafkaSettings.Property] = []
        for (name, value) in flat(node, of: "librdkafka") {
            guard let text = text(value, expected: "a text") else { continue }
            if let instead = KafkaSettings.owned(name) {
                problems.add(.value, value.place, "'librdkafka.\(name)' cannot be set; \(instead)")
            } else if let objection = library?.objection(to: name, text.string) {
                // librdkafka repeats values, and this one may be a secret.
                let words =
                    text.string.isEmpty ? objection : objection.split(separator: text.string).joined(separator: "…")
                problems.add(.value, value.place, "'librdkafka.\(name)': \(words)")
            }
            properties.append(.init(name: name, value: Secret(text.string)))
        }
        return properties
    }

    /// The values below a node by their names, in which dots had become levels.
    private mutating func flat(_ node: ConfigNode, of what: String) -> [(String, ConfigNode)] {
        var values: [(String, ConfigNode)] = []
        for entry in entries(node, of: what) ?? [] {
            if case .object = entry.value.content {
                values += flat(entry.value, of: what).map { ("\(entry.key).\($0.0)", $0.1) }
            } else {
                values.append((entry.key, entry.value))
            }
        }
        return values
    }
}
