package import Parsing

/// One entry of `filebeat.inputs`.
package struct FileInputSettings: Sendable, Equatable {
    package enum Kind: String, Sendable { case filestream, log, stdin }

    /// Files not written to since that start of the agent are not read from their beginning.
    package enum IgnoreInactive: String, Sendable {
        case sinceFirstStart = "since_first_start"
        case sinceLastStart = "since_last_start"
    }

    /// `line_terminator`.
    package enum LineTerminator: String, Sendable, CaseIterable {
        case auto, lineFeed = "line_feed", verticalTab = "vertical_tab", formFeed = "form_feed"
        case carriageReturn = "carriage_return", carriageReturnLineFeed = "carriage_return_line_feed"
        case nextLine = "next_line", lineSeparator = "line_separator", paragraphSeparator = "paragraph_separator"
        case nullTerminator = "null_terminator"
    }

    package var kind = Kind.filestream
    package var id = ""
    package var paths: [String] = []
    /// Regular expressions on the path (`prospector.scanner.exclude_files`, `include_files`).
    package var excludeFiles: [String] = []
    package var includeFiles: [String] = []
    /// `prospector.scanner.symlinks`.
    package var symlinks = false
    /// `prospector.scanner.recursive_glob`.
    package var recursiveGlob = true
    /// `prospector.scanner.check_interval`: the slow rescan that is the truth.
    package var checkInterval = Duration.seconds(10)
    /// Files not modified for so long are not read; zero: all are.
    package var ignoreOlder = Duration.zero
    package var ignoreInactive: IgnoreInactive?
    /// Files read at the same time; 0: no limit but the descriptors'.
    package var harvesterLimit = 0
    /// `close.on_state_change.inactive`, `.removed`, `.renamed`; `close.reader.on_eof`, `.after_interval`.
    package var closeInactive = Duration.seconds(300)
    package var closeRemoved = false
    package var closeRenamed = false
    package var closeOnEOF = false
    package var closeAfterInterval = Duration.zero
    package var cleanRemoved = true
    /// Rows of files not seen for so long are removed; nil: never.
    package var cleanInactive: Duration?
    package var encoding = "plain"
    package var lineTerminator = LineTerminator.auto
    package var messageMaxBytes = 10 * 1024 * 1024
    package var lineFilters = LineFilterSettings()
    package var ndjson: NdjsonSettings?
    /// Fields of JSON lines get ECS's names.
    package var normalize = Normalization.none
    package var tags: [String] = []
    /// `fields` as one JSON object; empty: none.
    package var fieldsJSON = ""
    package var fieldsUnderRoot = false
    /// `index` of the input: overrides `@metadata.beat`… of the output; empty: none.
    package var index = ""
    /// Nothing is waited for: the last line is sent as it is, and the input ends (`ship`, `--once`).
    package var once = false

    package init() {}

    /// What decodes the lines. Normalizing implies it, for those that are JSON objects.
    package var decoder: NdjsonSettings? {
        guard normalize != .none else { return ndjson }
        var settings = ndjson ?? NdjsonSettings()
        settings.acceptsText = ndjson == nil
        settings.normalize = normalize
        return settings
    }
}
