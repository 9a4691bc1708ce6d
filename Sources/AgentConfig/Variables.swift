import Glibc

/// Replaces `${…}` in a text.
///
/// | written | becomes |
/// |---|---|
/// | `${VAR}` | the variable; an error when it is not set, since an empty host or password is a trap |
/// | `${VAR:text}` | the variable, or the text when it is not set or empty; `${VAR:}` allows nothing |
/// | `${VAR:?text}` | the variable, or an error with the text |
/// | `${VAR:+text}` | the text when the variable is set, else nothing |
/// | `${path.data}` | `path.data`, likewise `home`, `config`, `logs` |
/// | `${file:/path}` | the file's text without its last line end, at most 64 KiB: a systemd credential |
/// | `$$` | `$` |
///
/// A name, a text and a path may hold `${…}` themselves: `${file:${CREDENTIALS_DIRECTORY}/password}`.
/// - Source: go-ucfg's variables; `${file:…}` and the error for an unset variable are ours.
struct Variables {
    var environment: [String: String]
    /// `path.home` and the like.
    var paths: [String: String] = [:]

    static let maximumDepth = 8
    static let maximumFileBytes = 64 * 1024

    struct Failure: Error { var message: String }

    static func mayExpand(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: "$")) }

    func expand(_ text: String) throws(Failure) -> String {
        String(decoding: try expand(Array(text.utf8)[...], depth: 0), as: UTF8.self)
    }

    private func expand(_ text: ArraySlice<UInt8>, depth: Int) throws(Failure) -> [UInt8] {
        guard depth < Self.maximumDepth else { throw Failure(message: "'${' is nested too deep") }
        var result: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            let next = index + 1 < text.endIndex ? text[index + 1] : 0
            switch (text[index], next) {
            case (UInt8(ascii: "$"), UInt8(ascii: "$")):
                result.append(UInt8(ascii: "$"))
                index += 2
            case (UInt8(ascii: "$"), UInt8(ascii: "{")):
                guard let close = Self.closingBrace(text[(index + 2)...]) else {
                    throw Failure(message: "'${' has no '}' (write '$${' for the characters themselves)")
                }
                result += try value(of: text[(index + 2)..<close], depth: depth)
                index = close + 1
            case (let byte, _):
                result.append(byte)
                index += 1
            }
        }
        return result
    }

    /// Index of the `}` that ends the expression, braces inside it counted.
    private static func closingBrace(_ text: ArraySlice<UInt8>) -> Int? {
        var open = 1
        for index in text.indices {
            if text[index] == UInt8(ascii: "{") { open += 1 }
            if text[index] == UInt8(ascii: "}") { open -= 1 }
            if open == 0 { return index }
        }
        return nil
    }

    /// What `NAME`, `NAME:text`, `NAME:?text` or `NAME:+text` stands for.
    private func value(of expression: ArraySlice<UInt8>, depth: Int) throws(Failure) -> [UInt8] {
        var open = 0
        let colon = expression.firstIndex { byte in
            if byte == UInt8(ascii: "{") { open += 1 }
            if byte == UInt8(ascii: "}") { open -= 1 }
            return open == 0 && byte == UInt8(ascii: ":")
        }
        let name = String(
            decoding: try expand(expression[..<(colon ?? expression.endIndex)], depth: depth + 1), as: UTF8.self)
        guard !name.isEmpty else { throw Failure(message: "'${}' names no variable") }
        let found = paths[name] ?? environment[name]
        guard let colon else {
            if let found { return Array(found.utf8) }
            throw Failure(message: "the variable '\(name)' is not set; set it, or allow nothing with '${\(name):}'")
        }
        let right = expression[(colon + 1)...]
        switch right.first {
        case UInt8(ascii: "?"):
            if let found, !found.isEmpty { return Array(found.utf8) }
            let text = String(decoding: try expand(right.dropFirst(), depth: depth + 1), as: UTF8.self)
            throw Failure(message: "the variable '\(name)' is not set: \(text)")
        case UInt8(ascii: "+"):
            return found?.isEmpty ?? true ? [] : try expand(right.dropFirst(), depth: depth + 1)
        default:
            if name == "file" {
                let path = try expand(right, depth: depth + 1)
                if path.first == UInt8(ascii: "/") { return try content(of: path) }
            }
            if let found, !found.isEmpty { return Array(found.utf8) }
            return try expand(right, depth: depth + 1)
        }
    }

    private func content(of path: [UInt8]) throws(Failure) -> [UInt8] {
        let path = String(decoding: path, as: UTF8.self)
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw Failure(message: "'\(path)' cannot be opened: \(ConfigFile.text(of: errno))")
        }
        defer { close(descriptor) }
        switch ConfigFile.bytes(of: descriptor, atMost: Self.maximumFileBytes) {
        case .failure(let failure): throw Failure(message: "'\(path)' cannot be read: \(failure.message)")
        case .success(var bytes):
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            return bytes
        }
    }
}
