import EventModel
import Parsing

extension FileInput {
    /// Finds what can only be told by making it: bad patterns, unknown encodings.
    package static func check(_ settings: FileInputSettings) throws {
        _ = try LineReading(settings)
        _ = try NameFilter(settings)
        for path in settings.paths where PathGlob.parse(path, recursive: true).isEmpty {
            let most = PathGlob.maximumPatterns
            throw ParsingError(
                .badPattern, "the braces of '\(path)' make more than \(most) patterns; write several paths")
        }
    }
}

/// How an input's bytes become lines: encoding, terminator, and the lines that are left out.
///
/// - Ownership: one thread; the converters and patterns keep state while they work.
struct LineReading {
    let format: LineFormat
    /// Lines end with LF (CR before it left out), and the bytes need no recoding.
    let isPlain: Bool
    private let filter: LineFilter?
    /// Decides by the text of `message_key` what the filter looks at.
    private let parser: NdjsonParser?

    init(_ settings: FileInputSettings) throws {
        format = try LineFormat(encoding: settings.encoding, terminator: settings.lineTerminator.rawValue)
        isPlain = format.isPlain
        filter = settings.lineFilters.isEmpty ? nil : try LineFilter(settings.lineFilters)
        if let ndjson = settings.ndjson, !ndjson.messageKey.isEmpty {
            parser = NdjsonParser(ndjson, keys: EventKeys(own: [], defaults: [], configured: []))
        } else {
            parser = nil
        }
    }

    /// The line is dropped by `include_lines` or `exclude_lines`.
    func drops(_ line: UnsafePointer<UInt8>, count: Int) -> Bool {
        guard let filter else { return false }
        let bytes = unsafe UnsafeBufferPointer(start: line, count: count)
        if let parser { return unsafe !filter.keeps(bytes, of: parser) }
        return unsafe !filter.keeps(bytes)
    }
}

/// `include_files` and `exclude_files`, for a name and, where links are followed, for what it leads to.
struct NameFilter {
    private let filter: PathFilter?

    init(_ settings: FileInputSettings) throws {
        let isNeeded = !settings.includeFiles.isEmpty || !settings.excludeFiles.isEmpty
        filter = isNeeded ? try PathFilter(include: settings.includeFiles, exclude: settings.excludeFiles) : nil
    }

    func accepts(_ path: String) -> Bool { filter?.keeps(path) ?? true }

    func acceptsTarget(of path: String) -> Bool {
        guard let filter, let target = Syscall.realPath(path) else { return true }
        return filter.keeps(target)
    }
}
