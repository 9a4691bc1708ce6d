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
    /// What libraries call their fields becomes what ECS calls them; keys at the root only.
    package var normalize = Normalization.none
    /// Lines that are no object are text like any other, and no errors.
    package var acceptsText = false

    package init() {}
}

/// `normalize`: whose words the fields of a line are renamed to.
package enum Normalization: String, Sendable, CaseIterable {
    case none, ecs
}

/// `include_lines` and `exclude_lines`: regular expressions, include first.
package struct LineFilterSettings: Sendable, Equatable {
    package var includeLines: [String] = []
    package var excludeLines: [String] = []

    package init() {}
    package var isEmpty: Bool { includeLines.isEmpty && excludeLines.isEmpty }
}
