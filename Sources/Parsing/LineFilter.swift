/// `include_lines` and `exclude_lines`: which lines become events. Include first, then exclude.
///
/// - Ownership: one thread at a time, as `Pattern`.
package struct LineFilter: Sendable {
    private let include: [Pattern]
    private let exclude: [Pattern]

    package init(_ settings: LineFilterSettings) throws(ParsingError) {
        include = try LineFilter.compile(settings.includeLines)
        exclude = try LineFilter.compile(settings.excludeLines)
    }

    /// Whether the line is kept. Allocates nothing.
    package func keeps(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        if !include.isEmpty, unsafe !LineFilter.anyMatches(include, line) { return false }
        return unsafe !LineFilter.anyMatches(exclude, line)
    }

    /// The same for a line that is parsed: looks at the text of the parser's `message_key`.
    package func keeps(_ line: UnsafeBufferPointer<UInt8>, of parser: NdjsonParser) -> Bool {
        unsafe parser.withMessageText(line) { unsafe keeps($0) }
    }

    private static func anyMatches(_ patterns: [Pattern], _ line: UnsafeBufferPointer<UInt8>) -> Bool {
        for pattern in patterns where unsafe pattern.matches(line) { return true }
        return false
    }

    fileprivate static func compile(_ texts: [String]) throws(ParsingError) -> [Pattern] {
        var patterns: [Pattern] = []
        for text in texts { patterns.append(try Pattern(text)) }
        return patterns
    }
}

/// `exclude_files` and `include_files`: which paths are read. A file must match one of the latter, if there are any, and
/// none of the former.
///
/// - Ownership: one thread at a time, as `Pattern`.
package struct PathFilter: Sendable {
    private let include: [Pattern]
    private let exclude: [Pattern]

    package init(include: [String], exclude: [String]) throws(ParsingError) {
        self.include = try LineFilter.compile(include)
        self.exclude = try LineFilter.compile(exclude)
    }

    package func keeps(_ path: String) -> Bool {
        if !include.isEmpty, !include.contains(where: { $0.matches(path) }) { return false }
        return !exclude.contains { $0.matches(path) }
    }
}
