/// From a query's parts to its tree.
struct QueryParser {
    private let text: [UInt8]
    private var tokens: [QueryToken] = []
    private var at = 0
    private var depth = 0
    private let now: Int64
    private(set) var since = Int64.min
    private(set) var until = Int64.max

    /// Longest query, in bytes.
    static let longest = 8192
    private static let deepest = 64

    init(_ text: String, now: Int64) {
        self.text = Array(text.utf8)
        self.now = now
    }

    mutating func parse() throws(QueryError) -> QueryNode {
        guard text.count <= QueryParser.longest else {
            throw QueryError(
                "the query is longer than \(QueryParser.longest) bytes", at: QueryParser.longest..<text.count)
        }
        var lexer = QueryLexer(text)
        tokens = try lexer.tokens()
        guard !tokens.isEmpty else { return .all }
        let node = try alternatives()
        guard at == tokens.count else {
            throw QueryError("there is no opening parenthesis for this one", at: tokens[at].range)
        }
        return node
    }

    private var kind: QueryToken.Kind? { at < tokens.count ? tokens[at].kind : nil }
    private var end: Range<Int> { text.count..<text.count }

    private mutating func alternatives() throws(QueryError) -> QueryNode {
        var parts = [try conjunction()]
        while kind == .or {
            at += 1
            parts.append(try conjunction())
        }
        if parts.count > 1, parts.contains(.all), let place = timeTerms.last {
            throw QueryError("since: and until: are for the whole query, not for one side of OR", at: place)
        }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    /// Where `since:` and `until:` were.
    private var timeTerms: [Range<Int>] = []

    private mutating func conjunction() throws(QueryError) -> QueryNode {
        var parts: [QueryNode] = []
        var isFirst = true
        repeat {
            if kind == .and, !isFirst { at += 1 }
            isFirst = false
            let node = try negation()
            if node != .all { parts.append(node) }
        } while kind != nil && kind != .or && kind != .close
        return parts.isEmpty ? .all : parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func negation() throws(QueryError) -> QueryNode {
        guard kind == .not else { return try primary() }
        let range = tokens[at].range
        at += 1
        try descend(range)
        defer { depth -= 1 }
        return .not(try negation())
    }

    private mutating func primary() throws(QueryError) -> QueryNode {
        guard at < tokens.count else { throw QueryError("something is missing at the end", at: end) }
        let token = tokens[at]
        switch token.kind {
        case .and, .or:
            throw QueryError("something to look for is missing in front of this", at: token.range)
        case .close:
            throw QueryError("something to look for is missing in front of this", at: token.range)
        case .not: return try negation()
        case .open:
            at += 1
            try descend(token.range)
            defer { depth -= 1 }
            let node = try alternatives()
            guard kind == .close else { throw QueryError("this parenthesis is not closed", at: token.range) }
            at += 1
            return node
        case .term(let field, let value, let quote, let valueAt):
            at += 1
            if let field, field == "since" || field == "until" {
                try takeTime(field, value, token.range, valueAt)
                return .all
            }
            let builder = TermBuilder(value: value, quote: quote, range: token.range, valueAt: valueAt)
            return try builder.node(field: field)
        }
    }

    private mutating func descend(_ range: Range<Int>) throws(QueryError) {
        depth += 1
        guard depth < QueryParser.deepest else { throw QueryError("too many parentheses inside each other", at: range) }
    }

    private mutating func takeTime(
        _ field: String, _ value: [UInt8], _ range: Range<Int>, _ valueAt: Int
    ) throws(QueryError) {
        guard depth == 0 else {
            throw QueryError("\(field): is for the whole query: put it outside of parentheses and NOT", at: range)
        }
        guard let time = QueryTime.nanoseconds(value, now: now) else {
            throw QueryError(
                "\(field): takes a length of time (15m, 2h, 7d) or a time (2026-11-23, 2026-11-23T10:00, with Z or +01:00)",
                at: valueAt..<range.upperBound)
        }
        timeTerms.append(range)
        if field == "since" { since = max(since, time) } else { until = min(until, time) }
    }
}
