import ByteTools
import CShim
package import EventModel

/// `parsers: - ndjson`: each line is one JSON object, and its members become fields of the event.
///
/// The line is validated as RFC 8259 has it, in one pass and without building anything, and then copied into the event
/// as it stands. What cannot simply be copied goes the slow way (`merge`): a key of the event's own, a key twice (the
/// last counts, as in Go's decoder; Elasticsearch would refuse the event), a key with escapes, an escaped surrogate
/// without its other half (U+FFFD takes its place), a dot in a key with `expand_keys`, `document_id`, and every line
/// with a `message_key` that is not already `message`. A time of the line's own under `@timestamp`, as ECS loggers write
/// it, is cut out, and takes the place of the event's with `overwrite_keys`.
///
/// With `normalize: ecs` the names that libraries give to time, level, message and the like become those of ECS on the
/// way (`ECSRewriter`, and `ECSTree` on the slow way).
///
/// - Limits: 128 levels of nesting. Numbers are copied as text, however large. Keys that are twice inside a nested
///   object are left as they are where the line is copied. `null` stays, as with `keep_null: true`.
/// - Source: filestream's `ndjson` parser of Filebeat 9.
@safe
package final class NdjsonParser: LineParser, @unchecked Sendable {
    // Safety: the key table is written in `init` only.
    let table: OpaquePointer
    let settings: NdjsonSettings
    let keys: EventKeys
    /// Every valid line goes the slow way.
    private let alwaysMerges: Bool
    /// `message` must be there and a text, or `error.message` says that it is not.
    private let checksMessage: Bool
    /// Renames the members of the line, if that is asked for.
    let rewriter: ECSRewriter?

    /// - Parameter keys: what the event has at its top level besides the line's own (`EventShape.keys`).
    package init(_ settings: NdjsonSettings, keys: EventKeys) {
        self.settings = settings
        self.keys = keys
        unsafe table = nt_json_keys_new()
        let isRoot = settings.target.isEmpty
        let target = settings.target.split(separator: ".").first.map(String.init) ?? ""
        let isMessage = isRoot && settings.messageKey == "message"
        alwaysMerges = (!settings.messageKey.isEmpty && !isMessage) || keys.all.contains(target)
        checksMessage = isMessage && settings.addErrorKey
        let rewrites = isRoot && settings.normalize == .ecs
        let names = ECSNames(keys, messageKey: settings.messageKey)
        let checkedKey = settings.addErrorKey && !settings.messageKey.isEmpty ? settings.messageKey : nil
        rewriter = rewrites ? ECSRewriter(names: names, checkedMessageKey: checkedKey) : nil
        var reserved = isRoot ? keys.all : []
        var idKeys: [String] = []
        if !settings.documentID.isEmpty {
            idKeys = [settings.documentID] + settings.documentID.split(separator: ".").prefix(1).map(String.init)
        }
        reserved += idKeys
        if settings.expandKeys { unsafe nt_json_keys_no_dots(table) }
        if rewrites {
            // The rewriter knows which keys of the event's own it must not copy.
            reserved.removeAll { names.marks[Array($0.utf8)] != nil && !idKeys.contains($0) }
            for var name in Set(reserved) {
                name.withUTF8 { unsafe nt_json_keys_reserve(table, $0.baseAddress, $0.count) }
            }
            for (mark, var name) in names.names.enumerated() where !reserved.contains(name) {
                name.withUTF8 { unsafe nt_json_keys_mark(table, $0.baseAddress, $0.count, UInt16(mark)) }
            }
            return
        }
        let cutsTime = isRoot && !settings.documentID.hasPrefix("@timestamp")
        for var name in Set(reserved) where name != settings.messageKey {
            if cutsTime, name == "@timestamp" {
                name.withUTF8 { unsafe nt_json_keys_cut(table, $0.baseAddress, $0.count) }
            } else {
                name.withUTF8 { unsafe nt_json_keys_reserve(table, $0.baseAddress, $0.count) }
            }
        }
        var message = settings.messageKey
        if !message.isEmpty {
            message.withUTF8 { unsafe nt_json_keys_watch(table, $0.baseAddress, $0.count) }
        }
    }

    deinit { unsafe nt_json_keys_free(table) }

    /// - Precondition: 64 bytes behind the line are readable (`Slab.padding`).
    package func examine(_ line: UnsafeBufferPointer<UInt8>) -> ParsedLine {
        if rewriter != nil {
            return unsafe withUnsafeTemporaryAllocation(of: LineRewrite.self, capacity: 1) {
                unsafe examine(line, rewrite: $0.baseAddress!)
            }
        }
        let result = unsafe inspect(line)
        if result.status == NT_JSON_PLAIN.rawValue {
            if alwaysMerges { return .merge }
            if checksMessage, unsafe !isText(result, line) { return .merge }
            if result.cut_end > 0 { return unsafe around(result, line) }
            return unsafe .splice(UnsafeBufferPointer(rebasing: line[Int(result.start)..<Int(result.end)]))
        }
        if result.status == NT_JSON_MERGE.rawValue { return .merge }
        return .failed(error: settings.addErrorKey ? NdjsonParser.explain(result) : "")
    }

    /// The members in front of the line's own time and those behind it.
    private func around(_ result: nt_json_result, _ line: UnsafeBufferPointer<UInt8>) -> ParsedLine {
        var time: Int64?
        if settings.overwriteKeys {
            let value = unsafe line[Int(result.cut_start)..<Int(result.cut_end)]
            guard unsafe value.count > 2 && value.first == 0x22,
                let own = unsafe TimeText.milliseconds(
                    of: UnsafeBufferPointer(rebasing: value.dropFirst().dropLast()).span),
                TimeText.range.contains(own)
            else { return .merge }
            time = own
        }
        var end = Int(result.cut_key)
        var next = Int(result.cut_end)
        while unsafe next < result.end && NdjsonParser.isBlank(line[next]) { next += 1 }
        if next < result.end {
            // The comma behind it goes with it.
            next += 1
        } else {
            while unsafe end > result.start && NdjsonParser.isBlank(line[end - 1]) { end -= 1 }
            // It was the last: the comma in front of it goes with it, if there is one.
            if end > result.start { end -= 1 }
        }
        return unsafe .spliceAround(
            UnsafeBufferPointer(rebasing: line[Int(result.start)..<end]),
            UnsafeBufferPointer(rebasing: line[next..<Int(result.end)]), time: time)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }

    /// What line filters look at: the text of `message_key` where the line has one, nothing where it has none, and the
    /// line itself when there is no `message_key` or the line is no JSON object.
    /// - Precondition: as for `examine`.
    package func withMessageText<Result>(
        _ line: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        if settings.messageKey.isEmpty { return try unsafe body(line) }
        let result = unsafe inspect(line)
        if result.status == NT_JSON_PLAIN.rawValue, rewriter == nil {
            guard unsafe isText(result, line) else { return try unsafe body(UnsafeBufferPointer(start: nil, count: 0)) }
            let text = unsafe UnsafeBufferPointer(
                rebasing: line[Int(result.watched_start + 1)..<Int(result.watched_end - 1)]
            )
            if unsafe !text.contains(0x5c) { return try unsafe body(text) }
        } else if result.status > NT_JSON_MERGE.rawValue {
            return try unsafe body(line)
        }
        let text = unsafe JSONTree(line)?.object?[settings.messageKey]?.text ?? []
        return try unsafe text.withUnsafeBufferPointer { try unsafe body($0) }
    }

    private func inspect(_ line: UnsafeBufferPointer<UInt8>) -> nt_json_result {
        var result = nt_json_result()
        guard let base = line.baseAddress else {
            result.status = NT_JSON_NO_OBJECT.rawValue
            return result
        }
        unsafe nt_json_examine(base, line.count, table, &result)
        return result
    }

    private func isText(_ result: nt_json_result, _ line: UnsafeBufferPointer<UInt8>) -> Bool {
        unsafe result.watched_end > result.watched_start && line[Int(result.watched_start)] == 0x22
    }

    static func explain(_ result: nt_json_result) -> String {
        let what =
            switch nt_json_status(result.status) {
            case NT_JSON_NO_OBJECT: "the line is no object"
            case NT_JSON_END: "the line ends too early"
            case NT_JSON_EXPECTED_KEY: "expected a key"
            case NT_JSON_EXPECTED_COLON: "expected a colon"
            case NT_JSON_EXPECTED_VALUE: "expected a value"
            case NT_JSON_EXPECTED_COMMA: "expected a comma or the end of the object or array"
            case NT_JSON_CONTROL: "control character in a string"
            case NT_JSON_UTF8: "bytes that are no UTF-8"
            case NT_JSON_ESCAPE: "unknown escape in a string"
            case NT_JSON_NUMBER: "malformed number"
            case NT_JSON_DEEP: "nested too deep"
            default: "something follows the object"
            }
        return "Error decoding JSON: \(what), at byte \(result.at)"
    }
}
