import Yams

/// Turns the files and `-E` options into trees, the first source first.
struct SourceReader {
    var strictPermissions: Bool

    /// Most levels below each other, and most values of one source after its aliases are replaced.
    static let maximumDepth = 64
    static let maximumValues = 100_000

    /// Reads and parses all sources; one that fails is left out, and its errors are noted.
    func read(_ files: [String], _ overrides: [String], _ problems: inout Problems) -> [[ConfigEntry]] {
        var trees: [[ConfigEntry]] = []
        for (index, path) in files.enumerated() {
            let start = Place(source: index, name: path, line: 1, column: 1)
            guard let text = ConfigFile(path: path, strict: strictPermissions).read(start, &problems) else { continue }
            if let tree = parse(text, start, &problems) { trees.append(tree) }
        }
        return trees + parse(overrides, firstSource: files.count, &problems)
    }

    /// One file's text.
    func parse(_ text: String, _ start: Place, _ problems: inout Problems) -> [ConfigEntry]? {
        let root: Node?
        do {
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch {
            YAMLProblem(error, start).add(to: &problems)
            return nil
        }
        guard let root else { return [] }
        var converter = NodeConverter(start: start)
        let node = converter.convert(root, depth: 0, &problems)
        switch node.content {
        case .object(let entries): return entries
        case .null: return []
        default:
            problems.add(.syntax, node.place, "the file must hold settings ('key: value'), not \(node.kindName)")
            return nil
        }
    }

    /// The `-E` options: `key=value`, or a lone `key` for true.
    func parse(_ overrides: [String], firstSource: Int, _ problems: inout Problems) -> [[ConfigEntry]] {
        var trees: [[ConfigEntry]] = []
        for (index, option) in overrides.enumerated() {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = parts[0].trimmed
            let place = Place(source: firstSource + index, name: "-E \(key)", line: 0, column: 0)
            let path = key.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, path.allSatisfy({ !$0.isEmpty }) else {
                problems.add(.syntax, place, "write it as key=value")
                continue
            }
            guard let value = NodeConverter.value(String(parts[1]), place, &problems) else { continue }
            var tree: [ConfigEntry] = []
            tree.insert(path[...], value, place, &problems)
            trees.append(tree)
        }
        return trees
    }
}

extension StringProtocol {
    /// Without spaces, tabs and line ends around it.
    var trimmed: String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) }
        let bytes = Array(utf8)
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
