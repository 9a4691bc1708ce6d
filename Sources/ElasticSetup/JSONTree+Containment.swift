import EventModel

/// Whether what a server has says all that a document says.
///
/// Servers give documents back with members of their own (`delete_searchable_snapshot`, `enabled`, `retry`), numbers as
/// texts and settings in another nesting. What somebody has added by hand beside ours is left alone, so it is no
/// difference either.
extension JSONTree {
    func contains(_ wanted: JSONTree) -> Bool {
        switch (self, wanted) {
        case (.scalar, .scalar): plainText == wanted.plainText
        case (.array(let present), .array(let elements)):
            present.count == elements.count && zip(present, elements).allSatisfy { $0.contains($1) }
        case (.object(let present), .object(let object)):
            object.members.allSatisfy { member in present[member.name]?.contains(member.value) ?? false }
        default: false
        }
    }
}

extension JSONObject {
    /// The settings of an index under their whole names, as Elasticsearch understands them:
    /// `{"index": {"number_of_shards": 1}}`, `{"number_of_shards": "1"}` and `{"index.number_of_shards": 1}` are one.
    var flatSettings: [String: String] {
        var result: [String: String] = [:]
        func walk(_ object: JSONObject, _ prefix: String) {
            for member in object.members {
                let name = prefix + String(decoding: member.name, as: UTF8.self)
                if let below = member.value.object {
                    walk(below, name + ".")
                } else {
                    let whole = name.hasPrefix("index.") ? name : "index." + name
                    result[whole] = member.value.plainText ?? String(decoding: member.value.compact, as: UTF8.self)
                }
            }
        }
        walk(self, "")
        return result
    }
}
