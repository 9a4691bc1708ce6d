import ElasticsearchOutput
import EventModel
import HTTPTransport
import Publishing

extension ConfigReader {
    /// What `preset` names, before the settings that stand beside it: those win.
    mutating func applyPreset(_ entries: [ConfigEntry], to draft: inout OutputDraft<ElasticsearchSettings>) {
        guard let node = entries["preset"], node.content != .null,
            let preset = ValueKind<ElasticsearchSettings.Preset>.choice.read(node, &self)
        else { return }
        switch preset {
        case .custom, .balanced: break
        case .throughput: draft.specific.client.workers = 4
        case .scale:
            draft.pipeline.backoffInitial = .seconds(5)
            draft.pipeline.backoffMaximum = .seconds(300)
        case .latency: draft.specific.client.bulkMaxSize = 50
        }
    }

    /// Hosts become whole URLs, and users and passwords move out of them.
    mutating func checked(_ settings: ElasticsearchSettings, _ shown: String, _ place: Place) -> ElasticsearchSettings {
        var settings = settings
        settings.client.hosts = settings.client.hosts.map { settings.url(of: $0) }
        settings.client = checked(settings.client, shown, place)
        if settings.apiKey != nil && (settings.client.username != nil || settings.client.bearerToken != nil) {
            problems.add(.conflict, place, "'\(shown)' has an API key and a user or a bearer token; keep one of them")
        }
        return settings
    }

    /// The elements of `indices` or `pipelines`.
    mutating func targetRules(
        _ node: ConfigNode, _ what: String, format key: String, _ kind: ValueKind<String>
    ) -> [TargetSettings.Rule] {
        var rules: [TargetSettings.Rule] = []
        for element in elements(node, of: what) ?? [] {
            guard let entries = entries(element, of: what) else { continue }
            var rule = TargetSettings.Rule(format: "")
            for entry in entries where entry.value.content != .null {
                switch entry.key {
                case key: rule.format = kind.read(entry.value, &self) ?? ""
                case "default": rule.fallback = kind.read(entry.value, &self) ?? ""
                case "mappings":
                    for pair in texts(below: entry.value, of: "\(what).mappings") {
                        rule.mappings[pair.name.lowercased()] = pair.value
                    }
                case "when": rule.condition = condition(entry.value, "\(what).when")
                default: refuseUnknown(entry.key, entry.place, [key, "default", "mappings", "when"], "\(what).")
                }
            }
            if rule.format.isEmpty {
                problems.add(.missing, element.place, "'\(what)': an element without '\(key)'")
            }
            rules.append(rule)
        }
        return rules
    }

    /// The single values of an object, with the dots that had become levels back in their names.
    mutating func texts(below node: ConfigNode, of what: String) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        for entry in entries(node, of: what) ?? [] {
            if case .object = entry.value.content {
                found += texts(below: entry.value, of: what).map { ("\(entry.key).\($0.name)", $0.value) }
            } else if let text = text(entry.value, expected: "a text") {
                found.append((entry.key, text.string))
            }
        }
        return found
    }

    // MARK: Conditions

    /// Several conditions side by side must all hold.
    private mutating func condition(_ node: ConfigNode, _ what: String) -> EventCondition? {
        var conditions: [EventCondition] = []
        for entry in entries(node, of: what) ?? [] {
            switch entry.key {
            case "equals":
                conditions += texts(below: entry.value, of: "\(what).equals").map {
                    .equals(path: EventCondition.path($0.name), value: Array($0.value.utf8))
                }
            case "contains":
                conditions += texts(below: entry.value, of: "\(what).contains").map {
                    .contains(path: EventCondition.path($0.name), text: Array($0.value.utf8))
                }
            case "has_fields":
                let names = ValueKind<[String]>.texts.read(entry.value, &self) ?? []
                conditions.append(.hasFields(names.map { EventCondition.path($0) }))
            case "and", "or":
                let below = (elements(entry.value, of: "\(what).\(entry.key)") ?? []).compactMap {
                    condition($0, "\(what).\(entry.key)")
                }
                conditions.append(entry.key == "and" ? .all(below) : .any(below))
            case "not":
                if let below = condition(entry.value, "\(what).not") { conditions.append(.not(below)) }
            case "regexp", "range", "network":
                problems.add(
                    .notSupported, entry.place,
                    "'\(what).\(entry.key)' is known to Filebeat, but Needletail does not have it yet; "
                        + "use equals, contains, has_fields, and, or, not")
            default:
                refuseUnknown(
                    entry.key, entry.place, ["equals", "contains", "has_fields", "and", "or", "not"], "\(what).")
            }
        }
        return conditions.count == 1 ? conditions[0] : .all(conditions)
    }
}

extension ElasticsearchSettings {
    /// The whole URL of a host: scheme and path of the settings where it has none, port 9200.
    fileprivate func url(of host: String) -> String {
        let text = host.contains("://") ? host : "\(scheme.rawValue)://\(host)"
        guard let url = HostURL(text), let start = text.firstRange(of: "://") else { return text }
        let rest = text[start.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let bare = url.authority
        let hasPort = bare.hasSuffix("]") ? false : bare.split(separator: "]").last?.contains(":") ?? false
        var prefix = url.path
        if ["", "/"].contains(prefix) { prefix = path.hasPrefix("/") || path.isEmpty ? path : "/" + path }
        while prefix.hasSuffix("/") { prefix.removeLast() }
        return "\(url.scheme)://\(authority)\(hasPort ? "" : ":9200")\(prefix)"
    }
}
