import Glibc

/// One pattern of `paths`, braces already expanded: components matched by fnmatch(3), `**` for any depth.
///
/// `*`, `?` and `[…]` match within a component, names with a leading dot too (as Go's `filepath.Glob`). `**` stands
/// for up to `maximumDepth` directories, or for one `*` when `recursive_glob` is off.
package struct PathGlob: Equatable {
    /// Levels below `**`; Filebeat's number.
    static let maximumDepth = 8

    package enum Component: Equatable {
        case literal(String)
        case pattern(String)
        case anyDepth
    }

    /// The directory that the walk starts from.
    let root: String
    /// What follows below the root; never empty.
    let components: [Component]

    /// Most patterns that the braces of one path may stand for.
    package static let maximumPatterns = 1024

    /// All patterns that a configured path stands for; none when they are more than `maximumPatterns`.
    package static func parse(_ path: String, recursive: Bool) -> [PathGlob] {
        (expandBraces(path) ?? []).map { PathGlob(absolute($0), recursive: recursive) }
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

    package func matches(_ path: String) -> Bool {
        let base = root == "/" ? "/" : root + "/"
        guard path.hasPrefix(base) else { return false }
        let names = path.dropFirst(base.count).split(separator: "/").map(String.init)
        // How many names can stand for the components so far; one pass, since several `**` multiply the ways.
        var taken: Set<Int> = [0]
        for component in components {
            var next: Set<Int> = []
            for count in taken {
                if component == .anyDepth {
                    next.formUnion(count...max(count, min(count + PathGlob.maximumDepth, names.count - 1)))
                } else if count < names.count, PathGlob.matches(names[count], component) {
                    next.insert(count + 1)
                }
            }
            taken = next
        }
        return taken.contains(names.count)
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
    /// - Returns: nil when that makes too many.
    static func expandBraces(_ text: String) -> [String]? {
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
        guard let tails = expandBraces(String(bytes[(cuts.last! + 1)...])) else { return nil }
        var middles: [String] = []
        for (left, right) in zip(cuts, cuts.dropFirst()) {
            guard let inside = expandBraces(String(bytes[(left + 1)..<right])) else { return nil }
            middles += inside
            guard middles.count * tails.count <= maximumPatterns else { return nil }
        }
        return middles.flatMap { middle in tails.map { head + middle + $0 } }
    }

    /// Which characters stand behind a backslash that is not itself behind one.
    private static func escapes(_ text: [Character]) -> [Bool] {
        var result = [Bool](repeating: false, count: text.count)
        for index in text.indices.dropFirst() { result[index] = text[index - 1] == "\\" && !result[index - 1] }
        return result
    }
}
