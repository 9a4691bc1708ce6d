import EventModel

/// Reading and changing documents by the path of a member: `template.settings.index`.
extension JSONObject {
    func value(at path: String) -> JSONTree? { self[path: JSONObject.names(path)] }

    func object(at path: String) -> JSONObject? { value(at: path)?.object }

    /// A string, or a number or word as it is written.
    func text(at path: String) -> String? { value(at: path)?.plainText }

    mutating func set(_ path: String, _ value: JSONTree) { put(value, path: JSONObject.names(path)) }

    mutating func drop(_ path: String) { remove(path: JSONObject.names(path)) }

    private static func names(_ path: String) -> [[UInt8]] { path.split(separator: ".").map { Array($0.utf8) } }
}

extension JSONTree {
    /// What a scalar says: a string without its quotes and escapes; nil for objects and arrays.
    var plainText: String? {
        guard case .scalar(let raw) = self else { return nil }
        return String(decoding: text ?? raw, as: UTF8.self)
    }

    var array: [JSONTree]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    static func text(_ text: String) -> JSONTree { .string(text.utf8) }

    static func number(_ value: Int) -> JSONTree { .scalar(Array(String(value).utf8)) }

    static func texts(_ texts: [String]) -> JSONTree { .array(texts.map { .text($0) }) }

    /// The same with every scalar that says `old` saying `new`, wherever it stands.
    func replacing(_ old: String, by new: String) -> JSONTree {
        switch self {
        case .scalar: plainText == old ? .text(new) : self
        case .array(let elements): .array(elements.map { $0.replacing(old, by: new) })
        case .object(let object):
            .object(
                JSONObject(object.members.map { .init(name: $0.name, value: $0.value.replacing(old, by: new)) }))
        }
    }

    /// For people: two blanks a level.
    var pretty: String {
        var out: [UInt8] = []
        writePretty(to: &out)
        return String(decoding: out, as: UTF8.self)
    }
}
