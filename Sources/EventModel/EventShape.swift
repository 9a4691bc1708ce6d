import ByteTools

/// What the events of one input look like at one output; makes the template of each file.
///
/// - Shape: settings; kept per input and output, `template(for:)` runs once per file generation.
/// - Source: events of Filebeat 9 (ECS 8.0.0), with `agent.type` `needletail`.
package struct EventShape: Sendable {
    /// `@metadata.beat`: the output's or input's `index`, in lower case.
    package var index = "needletail"
    /// `@metadata` is part of the event (every output but Elasticsearch).
    package var includesMetadata = true
    /// `event.id` is part of the event.
    package var includesEventID = false
    /// `input.type`.
    package var inputType = "filestream"
    /// `ndjson`'s parser and the field its keys are put under (`a.b` for one below another; empty: the root).
    package var parser: (any LineParser)?
    package var target = ""

    private let agent: Agent
    private let hostName: String?
    private let tags: [String]
    /// `fields` under `fields`, or at the root.
    private let fields: JSONObject
    private let renderer: (any EventRenderer)?
    private let sendsRawLine: Bool

    /// - Parameters:
    ///   - hostName: `host.name`; nil leaves it out.
    ///   - fieldsJSON: `fields` as one JSON object; empty: none.
    package init(
        agent: Agent, hostName: String?, tags: [String] = [], fieldsJSON: String = "", fieldsUnderRoot: Bool = false,
        codec: Codec = .json()
    ) throws(EventModelError) {
        self.agent = agent
        self.hostName = hostName
        self.tags = tags
        guard let fields = JSONTree(fieldsJSON.isEmpty ? "{}".utf8 : fieldsJSON.utf8)?.object else {
            throw EventModelError(.badFields, "fields must be a mapping of names to values")
        }
        if fieldsUnderRoot || fields.members.isEmpty {
            self.fields = fields
        } else {
            self.fields = JSONObject([.init(name: Array("fields".utf8), value: .object(fields))])
        }
        switch codec {
        case .json(pretty: false): (renderer, sendsRawLine) = (nil, false)
        case .json(pretty: true): (renderer, sendsRawLine) = (PrettyRenderer(), false)
        case .format(let text):
            let format = try FormatRenderer(format: text)
            (renderer, sendsRawLine) = (format, format.isMessageOnly)
        }
    }

    /// The top-level keys that a parsed line's own can collide with.
    package var keys: EventKeys {
        let configured = fields.members.map { String(decoding: $0.name, as: UTF8.self) }
        let defaults = ["ecs", "agent"] + (hostName == nil ? [] : ["host"])
        return EventKeys(
            own: ["log", "input"].filter { !configured.contains($0) },
            defaults: defaults.filter { !configured.contains($0) },
            configured: configured + (includesEventID && !configured.contains("event") ? ["event"] : []),
            hasTags: !tags.isEmpty && !configured.contains("tags")
        )
    }

    /// The events of one generation of a file.
    package func template(for file: File) -> EventTemplate {
        if sendsRawLine, parser == nil { return EventTemplate(plain: [.rawMessage]) }
        let log: [EventTemplate.Step] = [.constant("\"log\":{\"offset\":"), .offset, .flags]
        let writesLog = parser?.writesLogMembers ?? false
        var parsed = head(file) + log + tail(file, inLog: writesLog ? [.logMembers] : [])
        let outermost = target.split(separator: ".").first.map(String.init) ?? ""
        if target.isEmpty {
            parsed += [.members, .constant("}")]
        } else if keys.all.contains(outermost) {
            // The parser merges each line into the member that is there.
            parsed.append(.constant("}"))
        } else {
            let names = target.split(separator: ".").map { EventShape.quoted($0) }
            parsed.append(.constant("," + names.joined(separator: ":{") + ":{"))
            parsed += [.bareMembers, .constant(String(repeating: "}", count: names.count + 1))]
        }
        let message: [EventTemplate.Step] = [.constant("\"message\":\""), .message]
        var plain = head(file) + message
        plain.append(.constant("\","))
        plain += log + tail(file)
        if parser != nil { plain.append(.parseError) }
        plain.append(.constant("}"))
        return EventTemplate(
            plain: EventShape.joined(plain), parsed: parser == nil ? [] : EventShape.joined(parsed), parser: parser,
            renderer: renderer
        )
    }

    /// From the opening brace to the comma in front of `message` or `log`.
    private func head(_ file: File) -> [EventTemplate.Step] {
        let key = EventShape.quoted(file.idKey).dropLast()
        var steps: [EventTemplate.Step] = [.constant("{\"@timestamp\":\""), .time]
        if includesMetadata {
            let beat = EventShape.quoted(index)
            let version = EventShape.quoted(agent.version)
            steps.append(
                .constant("\",\"@metadata\":{\"beat\":\(beat),\"type\":\"_doc\",\"version\":\(version),\"_id\":\(key)-")
            )
            steps += [.offset, .constant("\"},")]
        } else {
            steps.append(.constant("\","))
        }
        if includesEventID {
            steps += [.constant("\"event\":{\"id\":\(key)-"), .offset, .constant("\"")]
            var event = fields["event"]?.object
            event?["id"] = nil
            steps.append(.constant(EventShape.rest(event) + "},"))
        }
        return steps
    }

    /// From behind the flags to the last member: all of it constant but what a line adds to `log`.
    private func tail(_ file: File, inLog: [EventTemplate.Step] = []) -> [EventTemplate.Step] {
        var log = JSONObject()
        log["file"] = .object(fileMembers(file))
        if var extra = fields["log"]?.object {
            extra["offset"] = nil
            extra["flags"] = nil
            log.merge(extra, overwrite: true)
        }
        var members = JSONObject()
        members["input"] = EventShape.object([("type", inputType)])
        members["ecs"] = EventShape.object([("version", "8.0.0")])
        if let hostName { members["host"] = EventShape.object([("name", hostName)]) }
        members["agent"] = EventShape.object([
            ("ephemeral_id", agent.ephemeralID), ("id", agent.id), ("name", agent.name), ("type", "needletail"),
            ("version", agent.version),
        ])
        if !tags.isEmpty { members["tags"] = .array(tags.map { JSONTree.string($0.utf8) }) }
        var overlay = fields
        for name in ["@timestamp", "@metadata", "message", "log"] { overlay[name] = nil }
        if includesEventID { overlay["event"] = nil }
        members.merge(overlay, overwrite: true)
        return [.constant(EventShape.rest(log))] + inLog + [.constant("}" + EventShape.rest(members))]
    }

    private func fileMembers(_ file: File) -> JSONObject {
        var members = JSONObject()
        members["path"] = .string(file.path)
        if let deviceID = file.deviceID { members["device_id"] = .string(deviceID.utf8) }
        if let inode = file.inode { members["inode"] = .string(inode.utf8) }
        if let fingerprint = file.fingerprint { members["fingerprint"] = .string(fingerprint.utf8) }
        return members
    }

    private static func object(_ members: [(String, String)]) -> JSONTree {
        .object(JSONObject(members.map { .init(name: Array($0.0.utf8), value: .string($0.1.utf8)) }))
    }

    /// The members, with a comma in front of each.
    private static func rest(_ object: JSONObject?) -> String {
        guard let object, !object.members.isEmpty else { return "" }
        var out: [UInt8] = [0x2c]
        object.writeMembers(to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    private static func quoted(_ text: some StringProtocol) -> String {
        String(decoding: JSONEscape.quoted(bytes: Array(text.utf8)), as: UTF8.self)
    }

    /// Constants that stand side by side become one, so that each line copies as few pieces as possible.
    private static func joined(_ steps: [EventTemplate.Step]) -> [EventTemplate.Step] {
        var result: [EventTemplate.Step] = []
        for step in steps {
            if case .constant(let text) = step, case .constant(let before) = result.last {
                result[result.count - 1] = .constant(before + text)
            } else {
                result.append(step)
            }
        }
        return result
    }
}
