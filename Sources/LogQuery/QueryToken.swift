/// A query cut into its parts.
struct QueryToken: Equatable {
    enum Kind: Equatable {
        case and, or, not, open, close
        /// A condition: its field if it has one, the text behind it, and where that begins.
        case term(field: String?, value: [UInt8], quote: Quote, valueAt: Int)
    }

    enum Quote: Equatable {
        case none
        case quoted
        /// Quoted with a `*` behind it.
        case open
    }

    let kind: Kind
    let range: Range<Int>
}

/// Cuts a query.
struct QueryLexer {
    private let text: [UInt8]
    private var at = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func tokens() throws(QueryError) -> [QueryToken] {
        var tokens: [QueryToken] = []
        while true {
            while at < text.count, QueryLexer.isBlank(text[at]) { at += 1 }
            guard at < text.count else { return tokens }
            tokens.append(try next())
        }
    }

    private mutating func next() throws(QueryError) -> QueryToken {
        let start = at
        switch text[at] {
        case 0x28:
            at += 1
            return QueryToken(kind: .open, range: start..<at)
        case 0x29:
            at += 1
            return QueryToken(kind: .close, range: start..<at)
        case 0x2d where at + 1 < text.count && !QueryLexer.isBlank(text[at + 1]):
            at += 1
            return QueryToken(kind: .not, range: start..<at)
        default: break
        }
        if let field = takeField() {
            let valueAt = at
            let (value, quote) = try takeValue()
            guard !value.isEmpty || quote != .none else {
                throw QueryError("a value is missing behind \(field):", at: start..<max(at, valueAt))
            }
            return QueryToken(
                kind: .term(field: field, value: value, quote: quote, valueAt: valueAt), range: start..<at)
        }
        let (value, quote) = try takeValue()
        if quote == .none {
            switch String(decoding: value, as: UTF8.self) {
            case "AND": return QueryToken(kind: .and, range: start..<at)
            case "OR": return QueryToken(kind: .or, range: start..<at)
            case "NOT": return QueryToken(kind: .not, range: start..<at)
            default: break
            }
        }
        return QueryToken(kind: .term(field: nil, value: value, quote: quote, valueAt: start), range: start..<at)
    }

    /// A name up to its colon. `http://x` and `10:30` have none.
    private mutating func takeField() -> String? {
        var end = at
        while end < text.count, QueryLexer.isName(text[end]) { end += 1 }
        guard end > at, end < text.count, text[end] == 0x3a, !(0x30...0x39).contains(text[at]) else { return nil }
        if end + 2 < text.count, text[end + 1] == 0x2f, text[end + 2] == 0x2f { return nil }
        defer { at = end + 1 }
        return String(decoding: text[at..<end], as: UTF8.self)
    }

    /// An operator stays in front of the text in quotes behind it.
    private mutating func takeValue() throws(QueryError) -> ([UInt8], QueryToken.Quote) {
        var value: [UInt8] = []
        if at + 1 < text.count, text[at] == 0x3d, text[at + 1] == 0x22 {
            value.append(0x3d)
            at += 1
        }
        if at < text.count, text[at] == 0x22 {
            value += try takeQuoted()
            if at < text.count, text[at] == 0x2a {
                at += 1
                return (value, .open)
            }
            return (value, .quoted)
        }
        while at < text.count, !QueryLexer.isBlank(text[at]), text[at] != 0x28, text[at] != 0x29, text[at] != 0x22 {
            value.append(text[at])
            at += 1
        }
        return (value, .none)
    }

    private mutating func takeQuoted() throws(QueryError) -> [UInt8] {
        let start = at
        var value: [UInt8] = []
        at += 1
        while at < text.count, text[at] != 0x22 {
            if text[at] == 0x5c, at + 1 < text.count, text[at + 1] == 0x22 || text[at + 1] == 0x5c { at += 1 }
            value.append(text[at])
            at += 1
        }
        guard at < text.count else { throw QueryError("the quote is not closed", at: start..<text.count) }
        at += 1
        return value
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x2e, 0x40, 0x2d, 0x2f, 0x80...: true
        default: false
        }
    }
}
