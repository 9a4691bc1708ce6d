/// Walks the tree with the tables: knows the variables, and collects what is wrong.
struct ConfigReader {
    var variables: Variables
    var problems: Problems

    /// A single value with its variables replaced.
    struct Text {
        var string: String
        /// Written in quotes, so never a number or a boolean where any type may stand.
        var quoted: Bool
        /// Came from a variable, so it may be a secret, a list or an object.
        var expanded: Bool

        /// How an error shows it.
        var shown: String {
            if expanded { return "the value of the variable" }
            let mayHoldPassword = string.utf8.contains(UInt8(ascii: "@")) && string.utf8.contains(UInt8(ascii: "/"))
            return mayHoldPassword ? "a URL with a user" : "'\(string)'"
        }
    }

    /// The single value of a node; nil after the problem was noted.
    mutating func text(_ node: ConfigNode, expected: String) -> Text? {
        guard case .scalar(let string, let quoted) = node.content else {
            problems.add(.value, node.place, "expected \(expected), found \(node.kindName)")
            return nil
        }
        guard Variables.mayExpand(string) else { return Text(string: string, quoted: quoted, expanded: false) }
        do {
            let expanded = try variables.expand(string)
            return Text(string: expanded, quoted: quoted, expanded: string.utf8.contains(UInt8(ascii: "{")))
        } catch {
            problems.add(.variable, node.place, error.message)
            return nil
        }
    }

    /// The node itself, or the list or object that its variable holds.
    mutating func structured(_ node: ConfigNode) -> ConfigNode? {
        guard case .scalar(let string, _) = node.content, Variables.mayExpand(string) else { return node }
        guard let text = text(node, expected: "a value") else { return nil }
        guard let first = text.string.trimmed.utf8.first else {
            return ConfigNode(content: .null, place: node.place)
        }
        guard first == UInt8(ascii: "[") || first == UInt8(ascii: "{") else { return node }
        // Places inside a variable's text would mislead: everything in it stands where the variable stands.
        var place = node.place
        place.line = 0
        guard let inner = NodeConverter.value(text.string, place, &problems) else { return nil }
        return inner.moved(to: node.place)
    }

    /// The keys of an object; nil after the problem was noted.
    mutating func entries(_ node: ConfigNode, of what: String) -> [ConfigEntry]? {
        guard let node = structured(node) else { return nil }
        switch node.content {
        case .object(let entries): return entries
        case .null: return []
        default:
            problems.add(.value, node.place, "'\(what)' takes settings below it, not \(node.kindName)")
            return nil
        }
    }

    /// The elements of a list; nil after the problem was noted.
    mutating func elements(_ node: ConfigNode, of what: String) -> [ConfigNode]? {
        guard let node = structured(node) else { return nil }
        switch node.content {
        case .list(let elements): return elements
        case .null: return []
        default:
            problems.add(.value, node.place, "'\(what)' takes a list, not \(node.kindName)")
            return nil
        }
    }
}

extension ConfigNode {
    /// The same with one place for all of it.
    func moved(to place: Place) -> ConfigNode {
        var node = self
        node.place = place
        switch content {
        case .list(let elements): node.content = .list(elements.map { $0.moved(to: place) })
        case .object(let entries):
            node.content = .object(
                entries.map { ConfigEntry(key: $0.key, place: place, value: $0.value.moved(to: place)) })
        case .null, .scalar: break
        }
        return node
    }
}
