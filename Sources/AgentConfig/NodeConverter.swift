import Yams

/// Turns Yams' nodes into ours: places kept, dotted keys split, `<<` merged, size and depth bounded.
struct NodeConverter {
    private let start: Place
    private var count = 0

    init(start: Place) { self.start = start }

    /// A single value as YAML, for `-E` and for variables that hold a list or an object; plain text stays text.
    static func value(_ text: String, _ place: Place, _ problems: inout Problems) -> ConfigNode? {
        let first = text.trimmed.utf8.first
        let isStructured = first.map { "[{\"'".utf8.contains($0) } ?? false
        do {
            guard let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() else {
                return ConfigNode(content: .null, place: place)
            }
            if isStructured || root.isPlain {
                var converter = NodeConverter(start: place)
                return converter.convert(root, depth: 0, &problems)
            }
        } catch {
            if isStructured {
                YAMLProblem(error, place).add(to: &problems)
                return nil
            }
        }
        return ConfigNode(content: .scalar(text.trimmed, quoted: false), place: place)
    }

    mutating func convert(_ node: Node, depth: Int, _ problems: inout Problems) -> ConfigNode {
        let place = place(of: node)
        count += 1
        guard count <= SourceReader.maximumValues, depth <= SourceReader.maximumDepth else {
            if count <= SourceReader.maximumValues + 1 {
                problems.add(.syntax, place, "too many values or levels; look for an alias that holds itself")
                count = SourceReader.maximumValues + 1
            }
            return ConfigNode(content: .null, place: place)
        }
        switch node {
        case .scalar(let scalar):
            return ConfigNode(content: content(of: scalar), place: place)
        case .sequence(let sequence):
            var elements: [ConfigNode] = []
            for element in sequence { elements.append(convert(element, depth: depth + 1, &problems)) }
            return ConfigNode(content: .list(elements), place: place)
        case .mapping(let mapping):
            return ConfigNode(content: .object(entries(of: mapping, depth, &problems)), place: place)
        case .alias:
            // The parser replaces aliases by what they stand for.
            return ConfigNode(content: .null, place: place)
        }
    }

    private func content(of scalar: Node.Scalar) -> ConfigNode.Content {
        let quoted = (scalar.style != .plain && scalar.style != .any) || scalar.tag.rawValue == "tag:yaml.org,2002:str"
        if !quoted, ["", "~", "null", "Null", "NULL"].contains(scalar.string) { return .null }
        return .scalar(scalar.string, quoted: quoted)
    }

    private mutating func entries(
        of mapping: Node.Mapping, _ depth: Int, _ problems: inout Problems
    ) -> [ConfigEntry] {
        var entries: [ConfigEntry] = []
        var merged: [ConfigEntry] = []
        for (keyNode, valueNode) in mapping {
            let keyPlace = place(of: keyNode)
            guard case .scalar(let key) = keyNode else {
                problems.add(.syntax, keyPlace, "a key must be a single word")
                continue
            }
            let value = convert(valueNode, depth: depth + 1, &problems)
            if key.string == "<<", key.style == .plain {
                merge(value, into: &merged, &problems)
                continue
            }
            let path = key.string.split(separator: ".", omittingEmptySubsequences: false)
            guard path.allSatisfy({ !$0.isEmpty }), depth + path.count <= SourceReader.maximumDepth else {
                problems.add(.syntax, keyPlace, "'\(key.string)' is not a key: a name is missing beside a dot")
                continue
            }
            entries.insert(path[...], value, keyPlace, &problems)
        }
        if merged.isEmpty { return entries }
        merged.overlay(entries)
        return merged
    }

    /// YAML's merge key: the first of several mappings wins.
    private func merge(_ value: ConfigNode, into merged: inout [ConfigEntry], _ problems: inout Problems) {
        switch value.content {
        case .object(let entries): merged.overlay(entries)
        case .list(let elements):
            for element in elements.reversed() { merge(element, into: &merged, &problems) }
        default: problems.add(.syntax, value.place, "'<<' takes an object, or a list of objects")
        }
    }

    private func place(of node: Node) -> Place {
        guard start.line > 0, let mark = node.mark else { return start }
        return Place(source: start.source, name: start.name, line: mark.line, column: mark.column)
    }
}

extension Node {
    fileprivate var isPlain: Bool {
        if case .scalar = self { return true }
        return false
    }
}
