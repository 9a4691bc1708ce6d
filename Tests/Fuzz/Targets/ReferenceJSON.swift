/// RFC 8259 the plain and slow way: what the fast parsers are compared with.
struct ReferenceJSON {
    private let text: [UInt8]
    private let maximumDepth: Int
    /// Of the objects whose names are wanted; 1 for the outermost.
    private let level: Int
    private var at = 0
    /// Names of members of these objects, as they stand between their quotes.
    private(set) var names: [[UInt8]] = []

    /// Whether the text is one JSON value in UTF-8, at most so many objects and arrays deep.
    static func accepts(_ text: [UInt8], maximumDepth: Int = 4096) -> Bool {
        var reader = ReferenceJSON(text, maximumDepth)
        return reader.isUTF8 && reader.value(depth: 1) && reader.isAtEnd
    }

    /// The names of an object's members, or of those of the objects inside it; nil when the text is no object.
    static func names(_ text: [UInt8], maximumDepth: Int = 4096, level: Int = 1) -> [[UInt8]]? {
        var reader = ReferenceJSON(text, maximumDepth, level: level)
        reader.skipBlanks()
        guard reader.isUTF8, reader.peek == 0x7b, reader.value(depth: 1), reader.isAtEnd else { return nil }
        return reader.names
    }

    private init(_ text: [UInt8], _ maximumDepth: Int, level: Int = 1) {
        self.text = text
        self.level = level
        self.maximumDepth = maximumDepth
    }

    private var isUTF8: Bool { String(validating: text, as: UTF8.self) != nil }
    private var peek: UInt8? { at < text.count ? text[at] : nil }
    private var isAtEnd: Bool { at == text.count }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        at += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = peek, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { at += 1 }
    }

    /// A value with the blanks around it.
    private mutating func value(depth: Int) -> Bool {
        skipBlanks()
        let isValid =
            switch peek {
            case 0x7b: list(0x7d, depth) { $0.member(depth: depth) }
            case 0x5b: list(0x5d, depth) { $0.value(depth: depth + 1) }
            case 0x22: string()
            case 0x74: word("true")
            case 0x66: word("false")
            case 0x6e: word("null")
            default: number()
            }
        skipBlanks()
        return isValid
    }

    private mutating func list(_ close: UInt8, _ depth: Int, _ element: (inout ReferenceJSON) -> Bool) -> Bool {
        guard depth <= maximumDepth else { return false }
        at += 1
        skipBlanks()
        if take(close) { return true }
        repeat {
            guard element(&self) else { return false }
        } while take(0x2c)
        return take(close)
    }

    private mutating func member(depth: Int) -> Bool {
        skipBlanks()
        let start = at + 1
        guard string() else { return false }
        if depth == level { names.append(Array(text[start..<(at - 1)])) }
        skipBlanks()
        return take(0x3a) && value(depth: depth + 1)
    }

    private mutating func string() -> Bool {
        guard take(0x22) else { return false }
        while let byte = peek {
            at += 1
            if byte == 0x22 { return true }
            if byte < 0x20 { return false }
            if byte == 0x5c, !escape() { return false }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let byte = peek else { return false }
        at += 1
        if byte != 0x75 { return "\"\\/bfnrt".utf8.contains(byte) }
        guard at + 4 <= text.count else { return false }
        let digits = text[at..<(at + 4)]
        at += 4
        return digits.allSatisfy { "0123456789abcdefABCDEF".utf8.contains($0) }
    }

    private mutating func word(_ word: String) -> Bool {
        guard text[at...].starts(with: word.utf8) else { return false }
        at += word.utf8.count
        return true
    }

    private mutating func number() -> Bool {
        _ = take(0x2d)
        if !take(0x30), !digits() { return false }
        if take(0x2e), !digits() { return false }
        if take(0x65) || take(0x45) {
            if !take(0x2b) { _ = take(0x2d) }
            return digits()
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = at
        while let byte = peek, (0x30...0x39).contains(byte) { at += 1 }
        return at > start
    }
}
