/// `parsers: - ndjson`.
package struct NdjsonSettings: Sendable, Equatable {
    /// Field that the decoded keys are put under; empty: the root of the event.
    package var target = ""
    /// The line's keys win over those of the event.
    package var overwriteKeys = false
    /// `a.b` becomes `{"a":{"b":…}}`.
    package var expandKeys = false
    package var addErrorKey = false
    /// Key whose text line filters look at, and that is the message; empty: none.
    package var messageKey = ""
    /// Key whose value becomes the event's id and is removed.
    package var documentID = ""
    /// Lines that cannot be decoded are no matter for the log.
    package var ignoreDecodingError = false

    package init() {}
}

/// `include_lines` and `exclude_lines`: regular expressions, include first.
package struct LineFilterSettings: Sendable, Equatable {
    package var includeLines: [String] = []
    package var excludeLines: [String] = []

    package init() {}
    package var isEmpty: Bool { includeLines.isEmpty && excludeLines.isEmpty }
}
