import Glibc

/// Reads JSON from its first byte on, member by member, and builds nothing.
///
/// - Errors: `end` when the text stops in the middle, `nonsense` where it is no JSON. No byte outside of it is read.
@safe
struct AnswerCursor {
    enum Stop: Error { case end, nonsense }

    /// Objects and arrays inside each other that are skipped at most.
    static let deepest = 128

    private(set) var at = 0
    private let bytes: UnsafeBufferPointer<UInt8>

    private let count: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        unsafe self.bytes = bytes
        count = bytes.count
    }

    var isAtEnd: Bool { at >= count }

    @inline(__always)
    private var byte: UInt8 { unsafe bytes[at] }

    /// The next byte that is no space; it is not taken.
    mutating func next() throws(Stop) -> UInt8 {
        skipSpace()
        guard at < count else { throw .end }
        return byte
    }

    mutating func skipSpace() {
        while at < count, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { at += 1 }
    }

    mutating func expect(_ byte: UInt8) throws(Stop) {
        guard try next() == byte else { throw .nonsense }
        at += 1
    }

    /// Takes these bytes if they come next.
    @inline(__always)
    mutating func take(_ text: [UInt8]) -> Bool {
        guard !text.isEmpty, count - at >= text.count, let base = unsafe bytes.baseAddress else { return false }
        let same = unsafe text.withUnsafeBufferPointer { unsafe memcmp(base + at, $0.baseAddress!, $0.count) == 0 }
        if same { at += text.count }
        return same
    }

    /// Each member of the object that comes next; `body` takes the value.
    mutating func members(_ body: (inout AnswerCursor, Range<Int>) throws(Stop) -> Void) throws(Stop) {
        try expect(0x7b)
        if try next() == 0x7d {
            at += 1
            return
        }
        while true {
            let name = try string()
            try expect(0x3a)
            try body(&self, name)
            let byte = try next()
            at += 1
            if byte == 0x7d { return }
            guard byte == 0x2c else { throw .nonsense }
        }
    }

    /// Each element of the array that comes next; `body` takes it.
    mutating func elements(_ body: (inout AnswerCursor) throws(Stop) -> Void) throws(Stop) {
        try expect(0x5b)
        if try next() == 0x5d {
            at += 1
            return
        }
        while true {
            try body(&self)
            let byte = try next()
            at += 1
            if byte == 0x5d { return }
            guard byte == 0x2c else { throw .nonsense }
        }
    }

    /// The inside of the string that comes next, with its escapes.
    mutating func string() throws(Stop) -> Range<Int> {
        try expect(0x22)
        let start = at
        while at < count {
            if byte == 0x22 {
                at += 1
                return start..<(at - 1)
            }
            at += byte == 0x5c ? 2 : 1
        }
        at = count
        throw .end
    }

    func isText(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount, let base = unsafe bytes.baseAddress else { return false }
        return unsafe memcmp(base + range.lowerBound, text.utf8Start, range.count) == 0
    }

    mutating func boolean() throws(Stop) -> Bool {
        let word = try word()
        if isText(word, "true") { return true }
        guard isText(word, "false") else { throw .nonsense }
        return false
    }

    /// A number without sign or fraction, as a status is.
    mutating func number() throws(Stop) -> Int {
        var value = 0
        for place in try word() {
            let byte = unsafe bytes[place]
            guard (0x30...0x39).contains(byte), value < 1_000_000 else { throw .nonsense }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    /// A number, `true`, `false` or `null`. One that reaches the end of the text may go on behind it.
    private mutating func word() throws(Stop) -> Range<Int> {
        _ = try next()
        let start = at
        while at < count {
            let isPart =
                (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x2b || byte == 0x2d
                || byte == 0x2e || byte == 0x45
            if !isPart {
                guard at > start else { throw .nonsense }
                return start..<at
            }
            at += 1
        }
        throw .end
    }

    mutating func skipValue(depth: Int = 0) throws(Stop) {
        guard depth < AnswerCursor.deepest else { throw .nonsense }
        switch try next() {
        case 0x22: _ = try string()
        case 0x7b: try members { (cursor, _) throws(Stop) in try cursor.skipValue(depth: depth + 1) }
        case 0x5b: try elements { (cursor) throws(Stop) in try cursor.skipValue(depth: depth + 1) }
        default: _ = try word()
        }
    }
}
