/// One value of the configuration and where it stands. Dotted keys have become nested objects.
struct ConfigNode: Sendable, Equatable {
    enum Content: Sendable, Equatable {
        case null
        /// The text before `${…}` is replaced; a quoted one is always a string.
        case scalar(String, quoted: Bool)
        case list([ConfigNode])
        case object([ConfigEntry])
    }

    var content: Content
    var place: Place

    /// What an error calls it.
    var kindName: String {
        switch content {
        case .null: "nothing"
        case .scalar: "a single value"
        case .list: "a list"
        case .object: "an object"
        }
    }
}

/// One key of an object; keys hold no dots.
struct ConfigEntry: Sendable, Equatable {
    var key: String
    var place: Place
    var value: ConfigNode
}

extension [ConfigEntry] {
    func index(of key: String) -> Int? { firstIndex { $0.key == key } }

    subscript(key: String) -> ConfigNode? { index(of: key).map { self[$0].value } }

    /// Lays a later source over this one: objects are merged key by key, everything else is replaced, but not by
    /// nothing.
    mutating func overlay(_ later: [ConfigEntry]) {
        for entry in later {
            guard let index = index(of: entry.key) else {
                append(entry)
                continue
            }
            switch (self[index].value.content, entry.value.content) {
            case (.object(var below), .object(let above)):
                below.overlay(above)
                self[index].value.content = .object(below)
            case (.list(var elements), .object(let above)) where above.allSatisfy({ Int($0.key) != nil }):
                elements.overlay(above)
                self[index].value.content = .list(elements)
            case (_, .null):
                // A key with nothing behind it says nothing, as a section whose settings are all commented out.
                break
            default:
                self[index] = entry
            }
        }
    }

    /// Adds a key of the same source, whose dots are levels.
    mutating func insert(_ path: ArraySlice<Substring>, _ value: ConfigNode, _ place: Place, _ problems: inout Problems)
    {
        guard let first = path.first else { return }
        let rest = path.dropFirst()
        let key = String(first)
        guard let index = index(of: key) else {
            append(ConfigEntry(key: key, place: place, value: ConfigNode.nested(rest, value, place)))
            return
        }
        switch (self[index].value.content, rest.isEmpty, value.content) {
        case (.object(var below), false, _):
            below.insert(rest, value, place, &problems)
            self[index].value.content = .object(below)
        case (.object(var below), true, .object(let entries)):
            for entry in entries { below.insert([Substring(entry.key)], entry.value, entry.place, &problems) }
            self[index].value.content = .object(below)
        case (.null, _, _):
            self[index] = ConfigEntry(key: key, place: place, value: ConfigNode.nested(rest, value, place))
        case (_, true, .null):
            break
        default:
            problems.add(.conflict, place, "'\(key)' is set twice in this file, first at \(self[index].place)")
        }
    }
}

extension [ConfigNode] {
    /// Changes elements by number, as in `-E filebeat.inputs.0.enabled=false`.
    fileprivate mutating func overlay(_ later: [ConfigEntry]) {
        for entry in later {
            guard let index = Int(entry.key), index >= 0 else { continue }
            guard index < count else {
                append(entry.value)
                continue
            }
            if case .object(var below) = self[index].content, case .object(let above) = entry.value.content {
                below.overlay(above)
                self[index].content = .object(below)
            } else {
                self[index] = entry.value
            }
        }
    }
}

extension ConfigNode {
    /// The value below what is left of a dotted key.
    fileprivate static func nested(_ path: ArraySlice<Substring>, _ value: ConfigNode, _ place: Place) -> ConfigNode {
        path.reversed().reduce(value) { below, key in
            ConfigNode(content: .object([ConfigEntry(key: String(key), place: place, value: below)]), place: place)
        }
    }
}
