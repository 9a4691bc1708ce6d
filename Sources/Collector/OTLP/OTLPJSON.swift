/// Reads `ExportLogsServiceRequest` from OTLP's JSON into the same events as from protobuf.
///
/// Names in lowerCamelCase; those of the .proto files are taken, too. 64-bit numbers come as strings or numbers, ids as
/// hexadecimal digits, bytes as Base64.
/// - Errors: `RequestFailure` when it is no JSON object; what does not fit is left out, as in protobuf.
package struct OTLPJSON {
    private let limits: OTLPLimits
    private var batch = EventBatch()
    private var failure: RequestFailure?

    package static func events(_ body: [UInt8], _ limits: OTLPLimits) throws(RequestFailure) -> EventBatch {
        let end = body.count
        var bytes = body
        EventCheck.pad(&bytes)
        if let problem = EventCheck.problem(bytes, 0..<end) {
            throw .badRequest("the body is no JSON object: \(problem)")
        }
        var reading = OTLPJSON(limits: limits)
        var reader = JSONReader(bytes, range: 0..<end)
        reading.list(&reader, "resourceLogs", "resource_logs") { $0.resourceLogs(&$1) }
        if let failure = reading.failure { throw failure }
        return reading.batch
    }

    private init(limits: OTLPLimits) { self.limits = limits }

    /// Calls `body` for each element of a list in the object here.
    private mutating func list(
        _ reader: inout JSONReader, _ name: String, _ other: String,
        _ body: (inout OTLPJSON, inout JSONReader) -> Void
    ) {
        reader.members { key, value in
            guard key == name || key == other, value.kind == .array else { return }
            value.elements { body(&self, &$0) }
        }
    }

    private mutating func resourceLogs(_ reader: inout JSONReader) {
        guard failure == nil else { return }
        // The resource may stand behind its records.
        var ahead = reader
        var resource: [UInt8] = []
        ahead.members { key, value in
            guard key == "resource", value.kind == .object else { return }
            value.members { key, value in
                if key == "attributes" { OTLPJSON.pairs(&value, to: &resource, depth: 0, OTLPRecord.resourceName) }
            }
        }
        let members = resource
        list(&reader, "scopeLogs", "scope_logs") { $0.scopeLogs(&$1, members) }
    }

    private mutating func scopeLogs(_ reader: inout JSONReader, _ resource: [UInt8]) {
        var ahead = reader
        var scope: [UInt8] = []
        ahead.members { key, value in
            guard key == "scope", value.kind == .object else { return }
            value.members { key, value in
                switch (key, value.kind) {
                case ("name", .string), ("version", .string):
                    let text = value.stringBytes()
                    guard !text.isEmpty else { return }
                    scope.appendKey(Array(key.utf8)[...])
                    scope.appendQuoted(text[...])
                case ("attributes", .array):
                    var attributes: [UInt8] = []
                    OTLPJSON.pairs(&value, to: &attributes, depth: 0) { $0 }
                    guard !attributes.isEmpty else { return }
                    scope.appendKey(Array("attributes".utf8)[...])
                    scope += [0x7b] + attributes + [0x7d]
                default: break
                }
            }
        }
        let members = scope
        list(&reader, "logRecords", "log_records") { $0.record(&$1, resource, members) }
    }

    private mutating func record(_ reader: inout JSONReader, _ resource: [UInt8], _ scope: [UInt8]) {
        guard failure == nil else { return }
        var record = OTLPRecord()
        reader.members { key, value in
            switch key {
            case "timeUnixNano", "time_unix_nano": record.time = OTLPJSON.number(&value).flatMap { UInt64($0) } ?? 0
            case "observedTimeUnixNano", "observed_time_unix_nano":
                record.observed = OTLPJSON.number(&value).flatMap { UInt64($0) } ?? 0
            case "severityNumber", "severity_number":
                record.severityNumber = OTLPJSON.number(&value).flatMap { Int64($0) } ?? 0
            case "severityText", "severity_text": if value.kind == .string { record.severityText = value.stringBytes() }
            case "eventName", "event_name": if value.kind == .string { record.eventName = value.stringBytes() }
            case "flags": record.flags = OTLPJSON.number(&value).flatMap { UInt64($0) } ?? 0
            case "traceId", "trace_id": record.traceID = OTLPRecord.id(digits: value.stringBytes(), count: 16)
            case "spanId", "span_id": record.spanID = OTLPRecord.id(digits: value.stringBytes(), count: 8)
            case "body":
                guard value.kind == .object else { return }
                record.body = []
                OTLPJSON.value(&value, to: &record.body, depth: 0)
            case "attributes": OTLPJSON.pairs(&value, to: &record.attributes, depth: 0) { $0 }
            default: break
            }
        }
        do throws(RequestFailure) {
            try limits.check(batch)
        } catch {
            failure = error
            return
        }
        batch.append { record.write(resource: resource, scope: scope, to: &$0) }
    }

    /// The digits of a number, which may stand in quotes.
    private static func number(_ reader: inout JSONReader) -> String? {
        guard reader.kind == .string || reader.kind == .number else { return nil }
        return reader.string()
    }

    /// A list of KeyValues as members of an object.
    private static func pairs(
        _ reader: inout JSONReader, to out: inout [UInt8], depth: Int, _ naming: ([UInt8]) -> [UInt8]
    ) {
        var members = out
        reader.elements { pair in
            var key: [UInt8] = []
            var value = Array("null".utf8)
            pair.members { name, inner in
                if name == "key" { key = inner.stringBytes() }
                if name == "value", inner.kind == .object {
                    value = []
                    OTLPJSON.value(&inner, to: &value, depth: depth)
                }
            }
            members.appendKey(naming(key)[...])
            members += value
        }
        out = members
    }

    /// An AnyValue as JSON; null when it holds nothing. The validator has bounded the depth.
    private static func value(_ reader: inout JSONReader, to out: inout [UInt8], depth: Int) {
        var json: [UInt8] = []
        reader.members { name, value in
            json = []
            switch (name, value.kind) {
            case ("stringValue", .string), ("string_value", .string), ("bytesValue", .string), ("bytes_value", .string):
                json.appendQuoted(value.stringBytes()[...])
            case ("boolValue", .true), ("bool_value", .true): json = Array("true".utf8)
            case ("boolValue", .false), ("bool_value", .false): json = Array("false".utf8)
            case ("intValue", _), ("int_value", _):
                json = Array(number(&value).flatMap { Int64($0) }.map { String($0) }?.utf8 ?? "null".utf8)
            case ("doubleValue", .number), ("double_value", .number): json = Array(value.rawBytes())
            case ("doubleValue", .string), ("double_value", .string):
                let text = value.stringBytes()
                json.appendQuoted(text[...])
            case ("arrayValue", .object), ("array_value", .object):
                json = [UInt8(ascii: "[")] + list(&value, depth) + [UInt8(ascii: "]")]
            case ("kvlistValue", .object), ("kvlist_value", .object):
                value.members { key, pairs in
                    var members: [UInt8] = []
                    if key == "values" { OTLPJSON.pairs(&pairs, to: &members, depth: depth + 1) { $0 } }
                    json = [0x7b] + members + [0x7d]
                }
            default: break
            }
        }
        out += json.isEmpty ? Array("null".utf8) : json
    }

    private static func list(_ reader: inout JSONReader, _ depth: Int) -> [UInt8] {
        var json: [UInt8] = []
        reader.members { key, values in
            guard key == "values" else { return }
            values.elements { element in
                if !json.isEmpty { json.append(UInt8(ascii: ",")) }
                value(&element, to: &json, depth: depth + 1)
            }
        }
        return json
    }
}
