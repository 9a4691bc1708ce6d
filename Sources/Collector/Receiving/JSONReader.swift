import EventModel

/// Reads JSON whose grammar has been checked (`nt_json_examine`), value by value, without building anything.
///
/// - Shape: an index into a shared array; depth is what the validator allows, so recursion is bounded.
/// - Errors: none: of a text that was not checked it reads nonsense, but never beyond its end.
struct JSONReader {
    private let bytes: [UInt8]
    private let end: Int
    private(set) var at: Int

    enum Kind { case object, array, string, number, `true`, `false`, null, none }

    init(_ bytes: [UInt8], range: Range<Int>? = nil) {
        self.bytes = bytes
        at = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
        skipBlanks()
    }

    var kind: Kind {
        guard at < end else { return .none }
        switch bytes[at] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"): return .true
        case UInt8(ascii: "f"): return .false
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), 0x30...0x39: return .number
        default: return .none
        }
    }

    private mutating func skipBlanks() {
        while at < end, bytes[at] == 0x20 || bytes[at] == 0x0a || bytes[at] == 0x0d || bytes[at] == 0x09 { at += 1 }
    }

    private mutating func take(_ byte: Character) -> Bool {
        skipBlanks()
        guard at < end, let ascii = byte.asciiValue, bytes[at] == ascii else { return false }
        at += 1
        skipBlanks()
        return true
    }

    /// Goes through the members of the object here; `body` reads the value or leaves it, and then it is skipped.
    mutating func members(_ body: (String, inout JSONReader) -> Void) {
        guard take("{") else { return skip() }
        while at < end, bytes[at] == UInt8(ascii: "\"") {
            let key = string()
            _ = take(":")
            read(key, body)
            if !take(",") { break }
        }
        _ = take("}")
    }

    private mutating func read(_ key: String, _ body: (String, inout JSONReader) -> Void) {
        let before = at
        body(key, &self)
        if at == before { skip() }
    }

    mutating func elements(_ body: (inout JSONReader) -> Void) {
        guard take("[") else { return skip() }
        while at < end, bytes[at] != UInt8(ascii: "]") {
            let before = at
            body(&self)
            if at == before { skip() }
            if at == before || !take(",") { break }
        }
        _ = take("]")
    }

    /// The text of the string here without its escapes; of another value its own text.
    mutating func string() -> String { String(decoding: stringBytes(), as: UTF8.self) }

    mutating func stringBytes() -> [UInt8] {
        guard kind == .string else { return Array(bytes[raw()]) }
        let range = raw()
        let inside = bytes[(range.lowerBound + 1)..<max(range.lowerBound + 1, range.upperBound - 1)]
        return JSONText.unescaped(inside)
    }

    /// Where the value here stands; moves on behind it.
    mutating func raw() -> Range<Int> {
        let start = at
        skipValue()
        let range = start..<at
        skipBlanks()
        return range
    }

    /// The text of the value as it stands.
    mutating func rawBytes() -> ArraySlice<UInt8> { bytes[raw()] }

    mutating func skip() { _ = raw() }

    private mutating func skipValue() {
        var depth = 0
        while at < end {
            switch bytes[at] {
            case UInt8(ascii: "\""): skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                at += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0a, 0x0d:
                if depth == 0 { return }
                at += 1
                continue
            default: skipWord()
            }
            if depth == 0 { return }
        }
    }

    private mutating func skipString() {
        at += 1
        while at < end, bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == 0x5c ? 2 : 1 }
        at = min(at + 1, end)
    }

    private mutating func skipWord() {
        while at < end, !",:]} \t\r\n".utf8.contains(bytes[at]) { at += 1 }
    }
}
