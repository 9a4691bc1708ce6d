import ByteTools
import CShim
import EventModel

extension FuzzTarget {
    /// The three validators agree with each other and with the grammar, whatever stands behind the line.
    static let jsonValidator = FuzzTarget(name: "json-validator") { bytes in
        var input = FuzzInput(bytes)
        let flags = input.byte()
        let line = input.rest
        let keys = unsafe nt_json_keys_new()
        defer { unsafe nt_json_keys_free(keys) }
        unsafe nt_json_keys_reserve(keys, Array("a".utf8), 1)
        unsafe nt_json_keys_reserve(keys, Array("@timestamp".utf8), 10)
        if flags & 1 != 0 { unsafe nt_json_keys_watch(keys, Array("message".utf8), 7) }
        if flags & 2 != 0 { unsafe nt_json_keys_no_dots(keys) }
        var results: [Examined] = []
        for level in 0...2 {
            var result = nt_json_result()
            let padding = [0x22, 0x31, flags][level]
            unsafe (line + [UInt8](repeating: padding, count: Slab.padding)).withUnsafeBufferPointer {
                _ = unsafe nt_json_examine_level(Int32(level), $0.baseAddress, line.count, keys, &result, nil)
            }
            results.append(Examined(result, count: line.count))
        }
        guard results[0] == results[1], results[1] == results[2] else {
            throw FuzzFinding("the validators disagree: \(results)", line)
        }
        guard results[0].isInside else { throw FuzzFinding("a place outside the line: \(results[0])", line) }
        let names = ReferenceJSON.names(line, maximumDepth: Int(NT_JSON_DEPTH))
        guard results[0].isAccepted == (names != nil) else {
            throw FuzzFinding("the grammar says \(names != nil), the validators \(results[0])", line)
        }
        if results[0].status == NT_JSON_PLAIN.rawValue, let names, Set(names).count != names.count {
            throw FuzzFinding("a key that is there twice went unseen", line)
        }
    }

    /// A tree is made of every valid text, and says the same when it is written and read again.
    static let jsonTree = FuzzTarget(name: "json-tree") { bytes in
        let isValid = ReferenceJSON.accepts(bytes, maximumDepth: JSONTree.maximumDepth)
        guard let tree = JSONTree(bytes) else {
            if isValid { throw FuzzFinding("no tree for a valid text", bytes) }
            return
        }
        let compact = tree.compact
        var pretty: [UInt8] = []
        tree.writePretty(to: &pretty)
        if let names = tree.object?.members.map(\.name), Set(names).count != names.count {
            throw FuzzFinding("two members with one name", compact)
        }
        guard isValid else { return }
        for text in [compact, pretty] {
            guard ReferenceJSON.accepts(text) else { throw FuzzFinding("a valid text became an invalid one", text) }
            guard JSONTree(text)?.compact == compact else { throw FuzzFinding("read again it is another", text) }
        }
    }

    /// Any bytes become a JSON string that says the same; those that are no UTF-8 stand in it as `\xNN`.
    static let escape = FuzzTarget(name: "escape") { bytes in
        let quoted = JSONEscape.quoted(bytes: bytes)
        guard ReferenceJSON.accepts(quoted) else { throw FuzzFinding("no JSON string", quoted) }
        guard JSONText.unescaped(quoted[1..<(quoted.count - 1)]) == VisibleText.of(bytes) else {
            throw FuzzFinding("the string says something else", quoted)
        }
    }
}

/// What a validator says of a line, to be compared.
private struct Examined: Equatable {
    let status: UInt32
    let at: UInt32
    let inside: [UInt32]
    let watched: [UInt32]
    let isInside: Bool

    init(_ result: nt_json_result, count: Int) {
        status = result.status
        let isAccepted = result.status <= NT_JSON_MERGE.rawValue
        let isPlain = result.status == NT_JSON_PLAIN.rawValue
        at = isAccepted ? 0 : result.at
        inside = isAccepted ? [result.start, result.end] : []
        watched = isPlain ? [result.watched_start, result.watched_end] : []
        isInside = [[at], inside, watched].allSatisfy { places in
            places == places.sorted() && places.allSatisfy { Int($0) <= count }
        }
    }

    var isAccepted: Bool { status <= NT_JSON_MERGE.rawValue }
}

/// Text as the agent shows it: bytes that are no UTF-8 as `\xNN`, found the slow way.
enum VisibleText {
    static func of(_ bytes: [UInt8]) -> [UInt8] {
        if String(validating: bytes, as: UTF8.self) != nil { return bytes }
        var out: [UInt8] = []
        var at = 0
        while at < bytes.count {
            let width = (1...4).first { width in
                at + width <= bytes.count && String(validating: bytes[at..<(at + width)], as: UTF8.self) != nil
            }
            if let width {
                out += bytes[at..<(at + width)]
            } else {
                out += [0x5c, 0x78, JSONEscape.hexDigit(bytes[at] >> 4), JSONEscape.hexDigit(bytes[at] & 15)]
            }
            at += width ?? 1
        }
        return out
    }
}
