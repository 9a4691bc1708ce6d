import Glibc

/// One pattern of `paths`, braces already expanded: components matched by fnmatch(3), `**` for any depth.
///
/// `*`, `?` and `[…]` match within a component, names with a leading dot too (as Go's `filepath.Glob`). `**` stands
/// for up to `maximumDepth` directories, or for one `*` when `recursive_glob` is off.
struct PathGlob: Equatable {
    /// Levels below `**`; Filebeat's number.
    static let maximumDepth = 8

    enum Component: Equatable {
        case literal(String)
        case pattern(String)
        case anyDepth
    }

    /// The directory that the walk starts from.
    let root: String
    /// What follows below the root; never empty.
    let components: [Component]

    /// All patterns that a configured path stands for.
    static func parse(_ path: String, recursive: Bool) -> [PathGlob] {
        expandBraces(path).map { PathGlob(absolute($0), recursive: recursive) }
    }

    private init(_ path: String, recursive: Bool) {
        var parts: [Component] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            let text = String(part)
            switch text {
            case ".": break
            case "..": _ = parts.popLast()
            case "**": parts.append(recursive ? .anyDepth : .pattern("*"))
            default: parts.append(PathGlob.isPattern(text) ? .pattern(text) : .literal(text))
            }
        }
        if parts.last == .anyDepth { parts.append(.pattern("*")) }
        let fixed = parts.dropLast().prefix { if case .literal = $0 { true } else { false } }
        root = "/" + fixed.map { if case .literal(let name) = $0 { name } else { "" } }.joined(separator: "/")
        components = Array(parts[fixed.count...])
    }

    /// Whether directories between the root and the files can come and go.
    var hasVariableDirectories: Bool { components.count > 1 }

    func matches(_ path: String) -> Bool {
        let base = root == "/" ? "/" : root + "/"
        guard path.hasPrefix(base) else { return false }
        let names = path.dropFirst(base.count).split(separator: "/").map(String.init)
        return PathGlob.match(components[...], names[...], depth: 0)
    }

    private static func match(_ components: ArraySlice<Component>, _ names: ArraySlice<String>, depth: Int) -> Bool {
        guard let component = components.first else { return names.isEmpty }
        if component == .anyDepth {
            if match(components.dropFirst(), names, depth: 0) { return true }
            guard depth < maximumDepth, names.count > 1 else { return false }
            return match(components, names.dropFirst(), depth: depth + 1)
        }
        guard let name = names.first, matches(name, component) else { return false }
        return match(components.dropFirst(), names.dropFirst(), depth: 0)
    }

    static func matches(_ name: String, _ component: Component) -> Bool {
        switch component {
        case .literal(let text): text == name
        case .pattern(let pattern): unsafe fnmatch(pattern, name, 0) == 0
        case .anyDepth: true
        }
    }

    private static func isPattern(_ text: String) -> Bool { text.utf8.contains { "*?[\\".utf8.contains($0) } }

    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let directory = unsafe getcwd(nil, 0) else { return "/" + path }
        defer { unsafe free(directory) }
        return unsafe String(cString: directory) + "/" + path
    }

    /// `a{b,c}d` stands for `abd` and `acd`; braces nest; an unclosed one, or one behind a backslash, stands for itself.
    static func expandBraces(_ text: String) -> [String] {
        let bytes = Array(text)
        let isEscaped = escapes(bytes)
        guard let open = bytes.indices.first(where: { bytes[$0] == "{" && !isEscaped[$0] }) else { return [text] }
        var depth = 0
        var cuts = [open]
        for index in open..<bytes.count where !isEscaped[index] {
            switch bytes[index] {
            case "{": depth += 1
            case "}": depth -= 1
            case "," where depth == 1: cuts.append(index)
            default: break
            }
            if depth == 0 {
                cuts.append(index)
                break
            }
        }
        guard depth == 0 else { return [text] }
        let head = String(bytes[..<open])
        let tails = expandBraces(String(bytes[(cuts.last! + 1)...]))
        return zip(cuts, cuts.dropFirst()).flatMap { left, right in
            expandBraces(String(bytes[(left + 1)..<right])).flatMap { middle in tails.map { head + middle + $0 } }
        }
    }

    /// Which characters stand behind a backslash that is not itself behind one.
    private static func escapes(_ text: [Character]) -> [Bool] {
        var result = [Bool](repeating: false, count: text.count)
        for index in text.indices.dropFirst() { result[index] = text[index - 1] == "\\" && !result[index - 1] }
        return result
    }
}
