import ElasticsearchOutput
import EventModel
import FileOutput
import HTTPOutput
import HTTPTransport
import KafkaOutput
import LokiOutput
import LumberjackOutput
import OTLPOutput
import Publishing
import TCPOutput
import Transport

extension ConfigReader {
    /// The one enabled output below `output:`, as Filebeat has it.
    mutating func singleOutput(_ node: ConfigNode, _ queue: PipelineSettings) -> [OutputPlan] {
        var plans: [OutputPlan] = []
        var first: ConfigEntry?
        for entry in entries(node, of: "output") ?? [] where !isDisabled(entry.value) {
            if let first {
                problems.add(
                    .conflict, entry.place,
                    "'output.\(entry.key)' is a second output beside 'output.\(first.key)' (\(first.place)); "
                        + "name several under 'outputs:', or switch one off with 'enabled: false'")
            }
            first = first ?? entry
            if let plan = output(entry.key, entry.key, entry, "output.\(entry.key).", queue) { plans.append(plan) }
        }
        return plans
    }

    /// The enabled outputs below `outputs:`, by name.
    mutating func namedOutputs(_ node: ConfigNode, _ queue: PipelineSettings) -> [OutputPlan] {
        var plans: [OutputPlan] = []
        for entry in entries(node, of: "outputs") ?? [] where !isDisabled(entry.value) {
            let shown = "outputs.\(entry.key)."
            guard let below = entries(entry.value, of: "outputs.\(entry.key)") else { continue }
            guard let typeNode = below["type"], typeNode.content != .null else {
                problems.add(
                    .missing, entry.place,
                    "'\(shown)type' is missing; it is one of \(OutputTables.kinds.joined(separator: ", "))")
                continue
            }
            guard let kind = text(typeNode, expected: "the type of an output") else { continue }
            guard OutputTables.kinds.contains(kind.string) else {
                refuseOutput(kind.string, typeNode.place)
                continue
            }
            var inner = entry
            inner.value.content = .object(below.filter { $0.key != "type" })
            if let plan = output(kind.string, entry.key, inner, shown, queue) { plans.append(plan) }
        }
        return plans
    }

    private func isDisabled(_ node: ConfigNode) -> Bool {
        guard case .object(let entries) = node.content, let enabled = entries["enabled"] else { return false }
        return enabled.content != .null && enabled.isOff
    }

    private mutating func output(
        _ kind: String, _ name: String, _ entry: ConfigEntry, _ shown: String, _ queue: PipelineSettings
    ) -> OutputPlan? {
        guard OutputTables.kinds.contains(kind) else {
            refuseOutput(kind, entry.place)
            return nil
        }
        guard let entries = entries(entry.value, of: String(shown.dropLast())) else { return nil }
        return plan(kind, name, entries, shown, queue, entry.place)
    }

    /// The plan of an output of a known kind; nil when it is disabled.
    mutating func plan(
        _ kind: String, _ name: String, _ entries: [ConfigEntry], _ shown: String, _ queue: PipelineSettings,
        _ place: Place
    ) -> OutputPlan? {
        func read<Specific: SettingRoot>(
            _ table: SettingTable<OutputDraft<Specific>>, _ reader: inout ConfigReader,
            prepare: (inout OutputDraft<Specific>, inout ConfigReader) -> Void = { _, _ in },
            _ wrap: (Specific, inout ConfigReader) -> OutputPlan.Kind
        ) -> OutputPlan? {
            var draft = OutputDraft<Specific>()
            draft.pipeline = queue
            let errors = reader.problems.errors.count
            prepare(&draft, &reader)
            reader.read(entries, table, into: &draft, shown: shown)
            guard draft.enabled else { return nil }
            // What is missing is told only where nothing else was wrong.
            var plan = OutputPlan(name: name, kind: .discard(DiscardOutputSettings()))
            if reader.problems.errors.count == errors { plan.kind = wrap(draft.specific, &reader) }
            plan.pipeline = draft.pipeline
            plan.codec = draft.codec.codec
            plan.index = draft.index
            plan.includeEventID = draft.includeEventID
            reader.check(draft.pipeline, draft.codec, shown, place)
            return plan
        }
        func readHTTP<Specific: SettingRoot>(
            _ table: SettingTable<OutputDraft<Specific>>, _ client: WritableKeyPath<Specific, HTTPClientSettings>,
            _ example: String, _ reader: inout ConfigReader, _ wrap: (Specific) -> OutputPlan.Kind
        ) -> OutputPlan? {
            read(table, &reader) { settings, reader in
                var settings = settings
                let hosts = settings[keyPath: client].hosts
                reader.require(!hosts.isEmpty, shown + "hosts", "[\"\(example)\"]", place)
                settings[keyPath: client] = reader.checked(settings[keyPath: client], shown, place)
                return wrap(settings)
            }
        }
        switch kind {
        case "logstash":
            return read(OutputTables.logstash, &self) { settings, reader in
                var settings = settings
                reader.require(!settings.hosts.isEmpty, shown + "hosts", "[\"127.0.0.1:5044\"]", place)
                settings.tls = reader.checked(settings.tls, shown, place)
                return .logstash(settings)
            }
        case "tcp":
            return read(OutputTables.tcp, &self) { settings, reader in
                var settings = settings
                reader.require(!settings.hosts.isEmpty, shown + "hosts", "[\"127.0.0.1:5140\"]", place)
                reader.require(!settings.lineDelimiter.isEmpty, shown + "line_delimiter", "\"\\n\"", place)
                settings.tls = reader.checked(settings.tls, shown, place)
                return .tcp(settings)
            }
        case "http":
            return readHTTP(OutputTables.http, \.client, "https://logs.example.com/ingest", &self) { .http($0) }
        case "kafka":
            let plan = read(OutputTables.kafka, &self) { settings, reader in
                var settings = settings
                reader.require(!settings.hosts.isEmpty, shown + "hosts", "[\"127.0.0.1:9092\"]", place)
                settings.tls = reader.checked(settings.tls, shown, place)
                let tls = reader.checked(settings.oauth2?.tls, shown + "sasl.oauth2.", place)
                settings.oauth2?.tls = tls
                reader.check(settings, shown, place)
                return .kafka(settings)
            }
            if let plan, case .kafka(let settings) = plan.kind, settings.looksIntoEvents, case .format = plan.codec {
                problems.add(
                    .conflict, place,
                    "'\(shown)codec.format' leaves nothing to make topics or keys of; use codec.json or a fixed topic")
            }
            return plan
        case "elasticsearch":
            return read(OutputTables.elasticsearch, &self, prepare: { $1.applyPreset(entries, to: &$0) }) {
                settings, reader in
                reader.require(
                    !settings.client.hosts.isEmpty, shown + "hosts", "[\"https://127.0.0.1:9200\"]", place)
                return .elasticsearch(reader.checked(settings, shown, place))
            }
        case "otlp":
            return readHTTP(OutputTables.otlp, \.client, "http://127.0.0.1:4318", &self) { .otlp($0) }
        case "loki":
            return readHTTP(OutputTables.loki, \.client, "http://127.0.0.1:3100", &self) { .loki($0) }
        case "file":
            return read(OutputTables.file, &self) { settings, reader in
                reader.require(!settings.path.isEmpty, shown + "path", "/var/log/archive", place)
                return .file(settings)
            }
        case "console":
            return read(OutputTables.console, &self) { settings, _ in .console(settings) }
        default:
            return read(OutputTables.discard, &self) { settings, _ in .discard(settings) }
        }
    }

    private mutating func refuseOutput(_ kind: String, _ place: Place) {
        if let hint = OutputTables.foreignKinds[kind] {
            problems.add(
                .notSupported, place,
                "the output '\(kind)' is known to Filebeat, but Needletail does not have it yet; \(hint)")
            return
        }
        let guess = Suggestion.nearest(to: kind, among: OutputTables.kinds).map { "; did you mean '\($0)'?" }
        problems.add(
            .unknownKey, place,
            "unknown output '\(kind)'\(guess ?? "; there are \(OutputTables.kinds.joined(separator: ", "))")")
    }
}

extension ConfigReader {
    mutating func require(_ isThere: Bool, _ key: String, _ example: String, _ place: Place) {
        if !isThere { problems.add(.missing, place, "'\(key)' is missing; write for example '\(example)'") }
    }

    private mutating func check(_ pipeline: PipelineSettings, _ codec: CodecDraft, _ shown: String, _ place: Place) {
        if pipeline.backoffInitial > pipeline.backoffMaximum {
            problems.add(.conflict, place, "'\(shown)backoff.init' is longer than '\(shown)backoff.max'")
        }
        if codec.pretty && codec.format != nil {
            problems.add(.conflict, place, "'\(shown)codec' is either json or format, not both")
        }
    }

    /// The TLS settings, or nil when they are switched off.
    mutating func checked(_ tls: TLSSettings?, _ shown: String, _ place: Place) -> TLSSettings? {
        guard let tls, tls.enabled else { return nil }
        if (tls.certificate == nil) != (tls.key == nil) {
            let missing = tls.key == nil ? "key" : "certificate"
            problems.add(.missing, place, "'\(shown)ssl.\(missing)' is missing: certificate and key go together")
        }
        return tls
    }

    /// User and password move from the URLs to the settings that are never shown.
    mutating func checked(_ settings: HTTPClientSettings, _ shown: String, _ place: Place) -> HTTPClientSettings {
        var settings = settings
        settings.tls = checked(settings.tls, shown, place)
        for (index, host) in settings.hosts.enumerated() {
            guard let url = HostURL(host), let user = url.user else { continue }
            settings.hosts[index] = url.withoutUser
            settings.username = settings.username ?? user
            settings.password = settings.password ?? url.password.map { Secret($0) }
        }
        if settings.bearerToken != nil && settings.username != nil {
            problems.add(.conflict, place, "'\(shown)' has both a bearer token and a user; keep one of them")
        }
        return settings
    }
}
