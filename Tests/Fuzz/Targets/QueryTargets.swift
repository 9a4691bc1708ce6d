import EventFields
import LogQuery
import LogStore

extension FuzzTarget {
    /// A query is refused with a place inside it, or is the same when it is written anew; and the index, asked for its
    /// words, never hides an event that it is about.
    static let query = FuzzTarget(name: "query") { bytes in
        var input = FuzzInput(bytes)
        let text = String(decoding: input.part(), as: UTF8.self)
        let query: Query
        do throws(QueryError) {
            query = try Query(parsing: text, now: 1_795_423_500_000_000_000)
        } catch {
            guard !error.message.isEmpty, error.range.lowerBound >= 0, error.range.upperBound <= text.utf8.count else {
                throw FuzzFinding("refused at \(error.range): \(error.message)", Array(text.utf8))
            }
            return
        }
        let written = QueryText.of(query.root)
        if written.utf8.count <= QueryText.longest {
            guard let again = try? Query(parsing: written, now: 0), again.root == query.root else {
                throw FuzzFinding("\(text) is another query when it is written anew", Array(written.utf8))
            }
        }
        let event = input.rest
        guard ReferenceJSON.names(event, maximumDepth: 100) != nil, QueryMatcher(query).matches(event.span) else {
            return
        }
        var scanner = EventScanner()
        var splitter = WordSplitter()
        var words: Set<[UInt8]> = []
        _ = scanner.scan(event.span) { value in
            if !value.isNoise { splitter.forEachIndexed(in: value.text) { words.insert(Words.array($0)) } }
        }
        let hider = EventScanner()
        guard query.words(mayHide: { hider.mayHide(path: $0) }).passes(words) else {
            throw FuzzFinding("the index hides from \(text)", event)
        }
    }
}

extension WordExpression {
    /// Whether a block with these words is looked at.
    fileprivate func passes(_ words: Set<[UInt8]>) -> Bool {
        switch self {
        case .all: true
        case .word(let word): words.contains(Words.indexForm(word))
        case .prefix(let prefix):
            Words.indexPrefixes(prefix).contains { prefix in words.contains { $0.starts(with: prefix) } }
        case .and(let parts): parts.allSatisfy { $0.passes(words) }
        case .or(let parts): parts.contains { $0.passes(words) }
        }
    }
}

/// A query's tree as text, with no more parentheses than it takes.
private enum QueryText {
    /// What the parser takes.
    static let longest = 8192

    static func of(_ node: QueryNode) -> String {
        switch node {
        case .all: "*"
        case .term(let term): self.term(term)
        case .not(let node): "NOT " + inner(node)
        case .and(let nodes): nodes.map(inner).joined(separator: " ")
        case .or(let nodes):
            nodes.map { if case .or = $0 { inner($0) } else { of($0) } }.joined(separator: " OR ")
        }
    }

    private static func inner(_ node: QueryNode) -> String {
        switch node {
        case .and, .or: "(" + of(node) + ")"
        case .all, .term, .not: of(node)
        }
    }

    private static func term(_ term: QueryTerm) -> String {
        guard let field = field(term.field) else { return condition(term.condition) }
        return field + ":" + condition(term.condition)
    }

    private static func field(_ field: QueryTerm.Field) -> String? {
        switch field {
        case .any: nil
        case .level: "level"
        case .name(.service): "service"
        case .name(.host): "host"
        case .name(.file): "file"
        case .role(.trace): "trace_id"
        case .role(.span): "span_id"
        case .role(.parentSpan): "parent_span_id"
        case .role(.request): "request_id"
        case .role(.message): "message"
        case .role(.eventID): "id"
        case .role(let role): "no field for \(role)"
        case .path(let path): String(decoding: path, as: UTF8.self)
        }
    }

    private static func condition(_ condition: QueryTerm.Condition) -> String {
        switch condition {
        case .exists: "*"
        case .phrase(let words, let isOpen): "\"" + text(words, " ") + "\"" + (isOpen ? "*" : "")
        case .whole(let words, isOpen: false): "=\"" + text(words, " ") + "\""
        // Only without quotes.
        case .whole(let words, isOpen: true): "=" + text(words, "-") + "*"
        case .levels(let levels):
            levels.lowerBound == levels.upperBound
                ? levels.lowerBound.name : levels.lowerBound.name + ".." + levels.upperBound.name
        case .number(let range): number(range)
        }
    }

    private static func text(_ words: [[UInt8]], _ separator: String) -> String {
        words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: separator)
    }

    private static func number(_ range: NumberRange) -> String {
        if !range.isLowestIn { return ">\(range.lowest)" }
        if !range.isHighestIn { return "<\(range.highest)" }
        return "\(range.lowest)..\(range.highest)"
    }
}
