import EventFields
import LogStore

/// From one condition's text to the condition.
struct TermBuilder {
    let value: [UInt8]
    let quote: QueryToken.Quote
    let range: Range<Int>
    let valueAt: Int

    /// A phrase is followed in the bits of a number.
    static let mostWords = 64

    private var valueRange: Range<Int> { valueAt..<range.upperBound }

    func node(field: String?) throws(QueryError) -> QueryNode {
        guard let field else {
            if quote == .none, value == [0x2a] { return .all }
            return .term(QueryTerm(field: .any, condition: try phrase(value)))
        }
        let place = TermBuilder.field(field)
        if place == .level { return .term(QueryTerm(field: .level, condition: try level())) }
        return .term(QueryTerm(field: place, condition: try condition(isWhole: TermBuilder.isWhole(place))))
    }

    private static func field(_ name: String) -> QueryTerm.Field {
        switch name {
        case "level": .level
        case "service": .name(.service)
        case "host": .name(.host)
        case "file": .name(.file)
        case "trace", "trace_id": .role(.trace)
        case "span", "span_id": .role(.span)
        case "parent_span_id": .role(.parentSpan)
        case "request", "request_id": .role(.request)
        case "message": .role(.message)
        case "id": .role(.eventID)
        default: .path(Array(name.utf8))
        }
    }

    /// Names and ids are compared as a whole: `service:checkout` is not `checkout-worker`.
    private static func isWhole(_ field: QueryTerm.Field) -> Bool {
        switch field {
        case .name(let kind): kind != .file
        case .role(let role): role != .message
        default: false
        }
    }

    private func condition(isWhole: Bool) throws(QueryError) -> QueryTerm.Condition {
        guard quote == .none else {
            if value.first == 0x3d, quote != .open { return try whole(Array(value.dropFirst())) }
            return isWhole ? try whole(value) : try phrase(value)
        }
        if value == [0x2a] { return .exists }
        if let range = try numbers() { return .number(range) }
        if value.first == 0x3d { return try whole(Array(value.dropFirst())) }
        return isWhole ? try whole(value) : try phrase(value)
    }

    private func phrase(_ value: [UInt8]) throws(QueryError) -> QueryTerm.Condition {
        let (words, isOpen) = try words(value)
        return .phrase(words: words, isOpen: isOpen)
    }

    private func whole(_ value: [UInt8]) throws(QueryError) -> QueryTerm.Condition {
        let (words, isOpen) = try words(value)
        return .whole(words: words, isOpen: isOpen)
    }

    private func words(_ value: [UInt8]) throws(QueryError) -> (words: [[UInt8]], isOpen: Bool) {
        var value = value
        var isOpen = quote == .open
        if quote == .none, value.last == 0x2a {
            value.removeLast()
            isOpen = true
        }
        if quote == .none, let star = value.firstIndex(of: 0x2a) {
            throw QueryError(
                "a * can only stand at the end; quote the text to look for the character",
                at: min(valueAt + star, range.upperBound - 1)..<range.upperBound)
        }
        let words = Words.of(value)
        guard !words.isEmpty else {
            throw QueryError("there is no word in this: words are made of letters and digits", at: valueRange)
        }
        guard words.count <= TermBuilder.mostWords else {
            throw QueryError("a phrase has at most \(TermBuilder.mostWords) words", at: valueRange)
        }
        // `card-*` is the word card and anything behind it.
        if isOpen, let last = value.last, Words.of([last]).isEmpty { isOpen = false }
        return (words, isOpen)
    }

    /// `>5`, `>=5`, `<5`, `<=5`, `5..9`, `..9`, `5..`; nil for what is none of these.
    private func numbers() throws(QueryError) -> NumberRange? {
        var range = NumberRange()
        let text = String(decoding: value, as: UTF8.self)
        if text.hasPrefix(">") || text.hasPrefix("<") {
            let isIn = text.dropFirst().hasPrefix("=")
            let digits = text.dropFirst(isIn ? 2 : 1)
            guard let number = Double(digits), number.isFinite else {
                throw QueryError("a number is missing behind \(text.prefix(isIn ? 2 : 1))", at: valueRange)
            }
            if text.hasPrefix(">") {
                (range.lowest, range.isLowestIn) = (number, isIn)
            } else {
                (range.highest, range.isHighestIn) = (number, isIn)
            }
            return range
        }
        guard let (low, high) = TermBuilder.ends(text) else { return nil }
        let (lowest, highest) = (TermBuilder.number(low), TermBuilder.number(high))
        guard low.isEmpty || lowest != nil, high.isEmpty || highest != nil, !low.isEmpty || !high.isEmpty else {
            return nil
        }
        range.lowest = lowest ?? range.lowest
        range.highest = highest ?? range.highest
        guard range.lowest <= range.highest else {
            throw QueryError("the range ends before it begins", at: valueRange)
        }
        return range
    }

    private static func number(_ text: Substring) -> Double? { Double(text).flatMap { $0.isNaN ? nil : $0 } }

    private static func ends(_ text: String) -> (Substring, Substring)? {
        let bytes = text.utf8
        var at = bytes.startIndex
        while at != bytes.endIndex {
            let next = bytes.index(after: at)
            if bytes[at] == 0x2e, next != bytes.endIndex, bytes[next] == 0x2e {
                return (text[..<at], text[bytes.index(after: next)...])
            }
            at = next
        }
        return nil
    }

    private func level() throws(QueryError) -> QueryTerm.Condition {
        let text = String(decoding: value, as: UTF8.self)
        if text == "*" { return .levels(.trace ... .fatal) }
        for (sign, below, including) in [
            (">=", false, true), ("<=", true, true), (">", false, false), ("<", true, false),
        ]
        where text.hasPrefix(sign) {
            let level = try severity(text.dropFirst(sign.count))
            guard including || (below ? level > .trace : level < .fatal) else {
                throw QueryError("no level is \(below ? "below" : "above") \(level.name)", at: valueRange)
            }
            let edge = including ? level : Severity(rawValue: below ? level.rawValue - 1 : level.rawValue + 1)!
            return .levels(below ? .trace...edge : edge ... .fatal)
        }
        if let (low, high) = TermBuilder.ends(text) {
            let lowest = low.isEmpty ? .trace : try severity(low)
            let highest = high.isEmpty ? .fatal : try severity(high)
            guard lowest <= highest else { throw QueryError("the range ends before it begins", at: valueRange) }
            return .levels(lowest...highest)
        }
        let level = try severity(text[...])
        return .levels(level...level)
    }

    private func severity(_ text: Substring) throws(QueryError) -> Severity {
        if text == Severity.unknown.name { return .unknown }
        let level = Severity(name: Array(text.utf8).span)
        guard level != .unknown else {
            throw QueryError(
                "this is no level: there are trace, debug, info, warn, error, fatal and unknown", at: valueRange)
        }
        return level
    }
}
