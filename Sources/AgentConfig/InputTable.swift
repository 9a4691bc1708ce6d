import FileInput
import Parsing

/// One entry of `filebeat.inputs` while it is read.
struct InputDraft: SettingRoot {
    var enabled = true
    var settings = FileInputSettings()
    var fields = FieldsDraft()
    /// The log input's `json.*`.
    var json: LogJSONDraft?

    /// `json.*` of the log input: as `ndjson`, but the keys go below `json` unless they are wanted at the root.
    struct LogJSONDraft: SettingRoot {
        var keysUnderRoot = false
        var ndjson = NdjsonSettings()

        var settings: NdjsonSettings {
            var settings = ndjson
            settings.target = keysUnderRoot ? "" : "json"
            return settings
        }
    }
}

extension NdjsonSettings: SettingRoot {}

/// The keys of `filebeat.inputs`: the filestream input's spelling first, the log input's beside it.
enum InputTable {
    static let table = SettingTable<InputDraft>(
        general + scanning + closing + content + FieldsDraft.settings.map { $0.within("", \.fields) }
            + logJSON.map { $0.withinOptional("json.", \.json) },
        harmless: harmless, foreign: foreign)

    private static let general: [Setting<InputDraft>] = [
        Setting("type") { node, root, reader in
            guard let text = reader.text(node, expected: "the type of an input") else { return }
            if let kind = FileInputSettings.Kind(rawValue: text.string) {
                root.settings.kind = kind
            } else {
                reader.refuseInputType(text.string, node.place)
            }
        },
        Setting("id", to: \.settings.id, .text, example: true),
        Setting("enabled", to: \.enabled, .flag),
        Setting("paths", to: \.settings.paths, .texts, example: true),
        Setting("tags", to: \.settings.tags, .texts, example: true),
        Setting("index", to: \.settings.index, .text, example: true),
    ]

    private static let scanning: [Setting<InputDraft>] = [
        Setting("prospector.scanner.check_interval", "scan_frequency", to: \.settings.checkInterval, .positiveDuration),
        Setting("prospector.scanner.exclude_files", "exclude_files", to: \.settings.excludeFiles, .texts),
        Setting("prospector.scanner.include_files", to: \.settings.includeFiles, .texts),
        Setting("prospector.scanner.symlinks", "symlinks", to: \.settings.symlinks, .flag),
        Setting(
            "prospector.scanner.recursive_glob", "recursive_glob.enabled", to: \.settings.recursiveGlob, .flag),
        Setting("ignore_older", to: \.settings.ignoreOlder, .duration),
        Setting(
            "ignore_inactive", to: \.settings.ignoreInactive,
            ValueKind.choice(of: [FileInputSettings.IgnoreInactive.sinceFirstStart, .sinceLastStart]).optional,
            example: true),
        Setting("harvester_limit", to: \.settings.harvesterLimit, .count(0...1_000_000)),
    ]

    private static let closing: [Setting<InputDraft>] = [
        Setting("close.on_state_change.inactive", "close_inactive", to: \.settings.closeInactive, .duration),
        Setting("close.on_state_change.removed", "close_removed", to: \.settings.closeRemoved, .flag),
        Setting("close.on_state_change.renamed", "close_renamed", to: \.settings.closeRenamed, .flag),
        Setting("close.reader.on_eof", "close_eof", to: \.settings.closeOnEOF, .flag),
        Setting("close.reader.after_interval", "close_timeout", to: \.settings.closeAfterInterval, .duration),
        Setting("clean_removed", to: \.settings.cleanRemoved, .flag),
        Setting("clean_inactive", to: \.settings.cleanInactive, .cleanInactive),
    ]

    private static let content: [Setting<InputDraft>] = [
        Setting("encoding", to: \.settings.encoding, .lowercaseText),
        Setting("line_terminator", to: \.settings.lineTerminator, .choice),
        Setting("message_max_bytes", "max_bytes", to: \.settings.messageMaxBytes, .size(1...(1 << 30))),
        Setting("include_lines", to: \.settings.lineFilters.includeLines, .texts),
        Setting("exclude_lines", to: \.settings.lineFilters.excludeLines, .texts),
        Setting("normalize", to: \.settings.normalize, .choice),
        Setting("parsers", example: true) { node, root, reader in
            reader.readParsers(node, &root.settings)
        },
    ]

    private static let logJSON: [Setting<InputDraft.LogJSONDraft>] =
        [Setting("keys_under_root", to: \.keysUnderRoot, .flag)]
        + ndjson.settings.filter { $0.keys != ["target"] }.map { $0.within("", \.ndjson) }

    /// `parsers: - ndjson`.
    static let ndjson = SettingTable<NdjsonSettings>([
        Setting("target", to: \.target, .text),
        Setting("overwrite_keys", to: \.overwriteKeys, .flag),
        Setting("expand_keys", to: \.expandKeys, .flag),
        Setting("add_error_key", to: \.addErrorKey, .flag),
        Setting("message_key", to: \.messageKey, .text),
        Setting("document_id", to: \.documentID, .text),
        Setting("ignore_decoding_error", to: \.ignoreDecodingError, .flag),
    ])
}

extension ValueKind<Duration?> {
    /// Zero, -1 and the like: never.
    static var cleanInactive: Self {
        Self { node, reader in
            guard let text = reader.text(node, expected: "a duration such as 72h, or -1 for never") else { return nil }
            if text.string.hasPrefix("-") { return .some(nil) }
            guard let duration = ValueKind<Duration>.duration.read(node, &reader) else { return nil }
            return .some(duration == .zero ? nil : duration)
        }
    }
}
