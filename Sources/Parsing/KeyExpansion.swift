import EventModel

/// `expand_keys`: `{"a.b": 1}` becomes `{"a": {"b": 1}}`, at every level of objects inside each other.
enum KeyExpansion {
    /// The object cannot be expanded.
    struct Conflict: Error {
        let key: [UInt8]
        let what: String
        var message: String { "cannot expand \"\(String(decoding: key.prefix(80), as: UTF8.self))\": \(what)" }
    }

    /// Deepest nesting that keys are expanded to, and most members of an object that are looked through.
    static let maximumDepth = 128
    static let maximumMembers = 4096

    static func expand(_ object: JSONObject, depth: Int = 1) throws(Conflict) -> JSONObject {
        guard object.members.count <= maximumMembers else { throw Conflict(key: [], what: "too many keys") }
        var result: [JSONObject.Member] = []
        for member in object.members where !member.name.contains(0x2e) {
            result.append(.init(name: member.name, value: try expand(member.value, depth: depth + 1)))
        }
        var expanded = JSONObject(result)
        for member in object.members where member.name.contains(0x2e) {
            let path = member.name.split(separator: 0x2e, omittingEmptySubsequences: false).map { Array($0) }
            guard depth + path.count <= maximumDepth else { throw Conflict(key: member.name, what: "nested too deep") }
            let value = try expand(member.value, depth: depth + path.count)
            guard put(value, path[...], into: &expanded) else {
                throw Conflict(key: member.name, what: "found conflicting key")
            }
        }
        return expanded
    }

    private static func expand(_ value: JSONTree, depth: Int) throws(Conflict) -> JSONTree {
        guard let object = value.object else { return value }
        return .object(try expand(object, depth: depth))
    }

    /// False when something else than an object is in the way.
    private static func put(_ value: JSONTree, _ path: ArraySlice<[UInt8]>, into object: inout JSONObject) -> Bool {
        guard let first = path.first else { return false }
        guard let existing = object[first] else {
            object[first] = path.dropFirst().reversed().reduce(value) { inner, name in
                .object(JSONObject([.init(name: name, value: inner)]))
            }
            return true
        }
        guard var below = existing.object else { return false }
        if path.count > 1 {
            guard put(value, path.dropFirst(), into: &below) else { return false }
        } else {
            guard let members = value.object?.members else { return false }
            for member in members {
                guard put(member.value, [member.name], into: &below) else { return false }
            }
        }
        object[first] = .object(below)
        return true
    }
}
