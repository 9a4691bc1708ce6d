import EventModel

/// The slow way of a line: taken apart, and merged into its event as Filebeat does it.
extension NdjsonParser {
    package func merge(_ line: UnsafeBufferPointer<UInt8>, into event: [UInt8]) -> [UInt8] {
        guard let object = unsafe JSONTree(line)?.object, let event = JSONTree(event)?.object else { return event }
        var merge = NdjsonMerge(settings: settings, keys: keys, names: rewriter?.names, line: object, event: event)
        merge.run()
        return JSONTree.object(merge.event).compact
    }
}

private struct NdjsonMerge {
    let settings: NdjsonSettings
    let keys: EventKeys
    let names: ECSNames?
    var line: JSONObject
    var event: JSONObject
    private var problem: String?

    init(settings: NdjsonSettings, keys: EventKeys, names: ECSNames?, line: JSONObject, event: JSONObject) {
        self.settings = settings
        self.keys = keys
        self.names = names
        self.line = line
        self.event = event
    }

    mutating func run() {
        let message = takeMessage()
        let id = takeDocumentID()
        if settings.expandKeys {
            do { line = try KeyExpansion.expand(line) } catch { problem = error.message }
        }
        if let names {
            mergeNormalized(names)
        } else if settings.target.isEmpty {
            mergeRoot()
        } else {
            event.put(.object(line), path: NdjsonMerge.path(settings.target))
        }
        if let message, names == nil { event["message"] = message }
        if let id, var metadata = event["@metadata"]?.object {
            metadata["_id"] = id
            event["@metadata"] = .object(metadata)
        }
        if settings.addErrorKey, let problem, event["error"] == nil {
            let text = JSONTree.string(problem.utf8)
            event["error"] = .object(
                JSONObject([
                    .init(name: Array("message".utf8), value: text),
                    .init(name: Array("type".utf8), value: .string("json".utf8)),
                ])
            )
        }
    }

    /// With ECS's names; the line's own time counts in any case.
    private mutating func mergeNormalized(_ names: ECSNames) {
        var tree = ECSTree(line, names: names, event: event)
        line = tree.normalized()
        mergeRoot()
        if let time = tree.time { event["@timestamp"] = .string(TimeText(milliseconds: time).text.utf8) }
    }

    /// The text of `message_key`; the key itself stays.
    private mutating func takeMessage() -> JSONTree? {
        guard !settings.messageKey.isEmpty else { return nil }
        guard let value = line[settings.messageKey] else {
            problem = "Key '\(settings.messageKey)' not found"
            return nil
        }
        guard value.text != nil else {
            problem = "Value of key '\(settings.messageKey)' is not a string"
            return nil
        }
        return value
    }

    private mutating func takeDocumentID() -> JSONTree? {
        guard !settings.documentID.isEmpty else { return nil }
        let path = NdjsonMerge.path(settings.documentID)
        guard let value = line[path: path], value.text != nil else { return nil }
        line.remove(path: path)
        return value
    }

    /// The line's members at the root of the event: who wins is said in `EventKeys`.
    private mutating func mergeRoot() {
        var rest: [JSONObject.Member] = []
        for member in line.members {
            let name = String(decoding: member.name, as: UTF8.self)
            let one = JSONObject([member])
            if name == "@timestamp" {
                if settings.overwriteKeys { setTime(member.value) }
            } else if name == "@metadata" {
                if settings.overwriteKeys { mergeMetadata(member.value) }
            } else if name == "tags", keys.hasTags {
                mergeTags(member.value)
            } else if keys.own.contains(name) {
                event.merge(one, overwrite: settings.overwriteKeys)
            } else if keys.defaults.contains(name) {
                event.merge(one, overwrite: true)
            } else if keys.configured.contains(name) {
                event.merge(one, overwrite: false)
            } else {
                rest.append(member)
            }
        }
        event.merge(JSONObject(rest), overwrite: settings.overwriteKeys)
    }

    private mutating func setTime(_ value: JSONTree) {
        guard let text = value.text else {
            problem = "@timestamp not overwritten (not string)"
            return
        }
        guard let time = TimeText.milliseconds(of: text), TimeText.range.contains(time)
        else {
            problem = "@timestamp not overwritten (parse error on \(String(decoding: text, as: UTF8.self)))"
            return
        }
        event["@timestamp"] = .string(TimeText(milliseconds: time).text.utf8)
    }

    private mutating func mergeMetadata(_ value: JSONTree) {
        guard let object = value.object else {
            problem = "failed to update @metadata"
            return
        }
        guard var metadata = event["@metadata"]?.object else { return }
        metadata.merge(object, overwrite: true)
        event["@metadata"] = .object(metadata)
    }

    /// The line's tags, then the configured ones.
    private mutating func mergeTags(_ value: JSONTree) {
        guard case .array(let configured) = event["tags"] else { return }
        if case .array(let own) = value {
            event["tags"] = .array(own + configured)
        } else {
            event["tags"] = .array([value] + configured)
        }
    }

    static func path(_ name: String) -> [[UInt8]] { name.split(separator: ".").map { Array($0.utf8) } }
}
