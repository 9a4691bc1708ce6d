import FileInput
import Glibc
import Parsing

extension ConfigReader {
    /// The enabled inputs of the list, with what holds for all of them merged in.
    mutating func inputs(_ node: ConfigNode, tags: [String], fields: FieldsDraft) -> [FileInputSettings] {
        var inputs: [FileInputSettings] = []
        var places: [String: Place] = [:]
        for element in elements(node, of: "filebeat.inputs") ?? [] {
            guard var input = input(element, fields: fields) else { continue }
            input.tags = tags + input.tags
            if let first = places[input.id] {
                problems.add(
                    .conflict, element.place,
                    "two inputs have the id '\(input.id)', the first at \(first); "
                        + "give each its own, since the place in a file is kept under it")
            }
            places[input.id] = places[input.id] ?? element.place
            inputs.append(input)
        }
        return inputs
    }

    /// One input; nil when it is disabled, or after a problem was noted.
    private mutating func input(_ node: ConfigNode, fields: FieldsDraft) -> FileInputSettings? {
        guard let entries = entries(node, of: "filebeat.inputs") else { return nil }
        var draft = InputDraft()
        if let enabled = entries["enabled"], enabled.content != .null {
            draft.enabled = ValueKind<Bool>.flag.read(enabled, &self) ?? true
            if !draft.enabled { return nil }
        }
        let errors = problems.errors.count
        read(entries, InputTable.table, into: &draft)
        var settings = draft.settings
        if let json = draft.json {
            if settings.ndjson != nil {
                problems.add(.conflict, node.place, "'parsers' and 'json' both decode lines; keep one of them")
            }
            settings.ndjson = json.settings
        }
        if settings.normalize != .none, let target = settings.ndjson?.target, !target.isEmpty {
            problems.add(
                .conflict, entries["normalize"]?.place ?? node.place,
                "'normalize' renames keys at the root of the event, and the decoder puts them under '\(target)'; "
                    + "set no 'target', or 'json.keys_under_root: true'")
        }
        let allFields = fields.overlaid(by: draft.fields)
        settings.fieldsJSON = json(allFields.entries)
        settings.fieldsUnderRoot = allFields.underRoot
        // What is missing is told only where nothing else was wrong.
        if problems.errors.count == errors { completePaths(&settings, entries, node.place) }
        if settings.id.isEmpty { settings.id = derivedID(of: settings, node.place) }
        return settings
    }

    private mutating func completePaths(_ settings: inout FileInputSettings, _ entries: [ConfigEntry], _ place: Place) {
        switch settings.kind {
        case .stdin:
            if !settings.paths.isEmpty {
                problems.add(.conflict, entries["paths"]?.place ?? place, "the input 'stdin' has no paths")
            }
            if !["plain", "utf-8"].contains(settings.encoding) || settings.lineTerminator != .auto {
                let setting = entries["encoding"] ?? entries["line_terminator"]
                problems.add(
                    .conflict, setting?.place ?? place,
                    "the input 'stdin' takes lines of UTF-8 that end with a line feed; pipe others through iconv or tr")
            }
        case .filestream, .log:
            if settings.paths.isEmpty, entries["paths"].map({ $0.content == .null || $0.content == .list([]) }) ?? true
            {
                problems.add(
                    .missing, entries["paths"]?.place ?? place,
                    "the input has no paths; write for example 'paths: [/var/log/app/*.log]'")
            }
            settings.paths = settings.paths.map(Self.absolute)
        }
    }

    /// The path below the working directory, unless it starts at the root.
    static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard unsafe getcwd(&buffer, buffer.count) != nil else { return path }
        let directory = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return directory == "/" ? "/\(relative)" : "\(directory)/\(relative)"
    }

    /// The same for the same type and paths, on every start. Only filestream is expected to have an id.
    private mutating func derivedID(of settings: FileInputSettings, _ place: Place) -> String {
        if settings.kind == .stdin { return "stdin" }
        var hash: UInt32 = 2_166_136_261  // FNV-1a, 32 bits
        for byte in settings.paths.sorted().joined(separator: "\n").utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        let digits = String(hash, radix: 16)
        let id = "\(settings.kind.rawValue)-" + String(repeating: "0", count: 8 - digits.count) + digits
        if settings.kind == .filestream {
            problems.warn(place, "the input has no id, so '\(id)' is made from its paths; set an id of your own")
        }
        return id
    }

    /// `parsers:`, a list of objects with one key each.
    mutating func readParsers(_ node: ConfigNode, _ settings: inout FileInputSettings) {
        for element in elements(node, of: "parsers") ?? [] {
            for parser in entries(element, of: "parsers") ?? [] {
                readParser(parser, &settings)
            }
        }
    }

    private mutating func readParser(_ parser: ConfigEntry, _ settings: inout FileInputSettings) {
        if parser.key != "ndjson" {
            if InputTable.foreignParsers.contains(parser.key) {
                refuse(ForeignSetting(parser.key, "the only parser so far is ndjson", always: true), parser, "parsers.")
            } else {
                refuseUnknown(parser.key, parser.place, ["ndjson"], "parsers.")
            }
            return
        }
        if settings.ndjson != nil {
            problems.add(.conflict, parser.place, "a line is decoded once; keep one 'ndjson'")
        }
        var ndjson = NdjsonSettings()
        read(
            entries(parser.value, of: "parsers.ndjson") ?? [], InputTable.ndjson, into: &ndjson,
            shown: "parsers.ndjson.")
        settings.ndjson = ndjson
    }
}
