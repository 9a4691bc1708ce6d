import ByteTools
import EventModel

/// One log record while it is read, in the pieces that its event is made of.
///
/// The event that comes of it:
/// `{"@timestamp":"2026-11-23T08:44:12.123456789Z","severity_text":"INFO","severity_number":9,"message":"…",
/// "trace_id":"<32 hex>","span_id":"<16 hex>","trace_flags":1,"event_name":"…","attributes":{…},"scope":{…},
/// "service.name":"…"}` with each attribute of the resource under its own name, and without what the record lacks. A body
/// that is no string becomes `message` as its JSON text.
/// - Source: opentelemetry-proto, `logs/v1/logs.proto`; OpenTelemetry's names of fields.
struct OTLPRecord {
    /// ns since 1970; 0: unknown.
    var time: UInt64 = 0
    var observed: UInt64 = 0
    var severityNumber: Int64 = 0
    var severityText: [UInt8] = []
    /// The body as JSON.
    var body: [UInt8] = []
    /// Members of an object: `"key":value,"key":value`.
    var attributes: [UInt8] = []
    /// Hexadecimal digits.
    var traceID: [UInt8] = []
    var spanID: [UInt8] = []
    var flags: UInt64 = 0
    var eventName: [UInt8] = []

    /// - Parameters:
    ///   - resource: members of the event.
    ///   - scope: members of `scope`.
    func write(resource: [UInt8], scope: [UInt8], to out: inout [UInt8]) {
        // Taken out of `out` while it grows, so that it is not copied.
        var json = JSONMembers(exchange(&out, with: []))
        let when = time != 0 ? time : observed
        if when != 0, when <= UInt64(Int64.max) { json.put("@timestamp", text: OTLPTime.text(Int64(when))) }
        if !severityText.isEmpty { json.put("severity_text", text: severityText) }
        if severityNumber != 0 { json.put("severity_number", raw: Array(String(severityNumber).utf8)) }
        if let first = body.first {
            if first == UInt8(ascii: "\"") { json.put("message", raw: body) } else { json.put("message", text: body) }
        }
        if !traceID.isEmpty { json.put("trace_id", text: traceID) }
        if !spanID.isEmpty { json.put("span_id", text: spanID) }
        if flags & 0xff != 0 { json.put("trace_flags", raw: Array(String(flags & 0xff).utf8)) }
        if !eventName.isEmpty { json.put("event_name", text: eventName) }
        if !attributes.isEmpty { json.put("attributes", raw: [0x7b] + attributes + [0x7d]) }
        if !scope.isEmpty { json.put("scope", raw: [0x7b] + scope + [0x7d]) }
        json.put(members: resource)
        out = json.finish()
    }

    /// The name under which an attribute of the resource stands in the event; those of the record's own come first.
    static func resourceName(_ key: [UInt8]) -> [UInt8] {
        let own = [
            "@timestamp", "severity_text", "severity_number", "message", "trace_id", "span_id", "trace_flags",
            "event_name", "attributes", "scope",
        ]
        return own.contains { $0.utf8.elementsEqual(key) } ? Array("resource.".utf8) + key : key
    }

    /// Trace and span ids of zeros, or of a wrong length, are none (W3C Trace Context).
    static func id(_ bytes: ArraySlice<UInt8>, count: Int) -> [UInt8] {
        guard bytes.count == count, bytes.contains(where: { $0 != 0 }) else { return [] }
        return bytes.flatMap { [JSONEscape.hexDigit($0 >> 4), JSONEscape.hexDigit($0 & 15)] }
    }

    /// The same for ids that come as hexadecimal digits.
    static func id(digits: [UInt8], count: Int) -> [UInt8] {
        let lower = digits.map { (0x41...0x46).contains($0) ? $0 + 32 : $0 }
        let areDigits = lower.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard lower.count == 2 * count, areDigits, lower.contains(where: { $0 != 0x30 }) else { return [] }
        return lower
    }
}

private func exchange(_ place: inout [UInt8], with new: [UInt8]) -> [UInt8] {
    let old = place
    place = new
    return old
}

/// Appends the members of one object.
struct JSONMembers {
    private var bytes: [UInt8]
    private var isFirst = true

    init(_ bytes: consuming [UInt8]) {
        self.bytes = bytes
        self.bytes.append(UInt8(ascii: "{"))
    }

    mutating func put(_ name: StaticString, raw: [UInt8]) {
        key(name)
        bytes += raw
    }

    mutating func put(_ name: StaticString, text: [UInt8]) {
        key(name)
        bytes.appendQuoted(text[...])
    }

    mutating func put(members: [UInt8]) {
        guard !members.isEmpty else { return }
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes += members
    }

    private mutating func key(_ name: StaticString) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.append(UInt8(ascii: "\""))
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    consuming func finish() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}

extension [UInt8] {
    /// Appends a text as a JSON string.
    mutating func appendQuoted(_ text: ArraySlice<UInt8>) {
        guard text.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }) else {
            self += JSONEscape.quoted(bytes: Array(text))
            return
        }
        append(UInt8(ascii: "\""))
        self += text
        append(UInt8(ascii: "\""))
    }

    /// Appends a member to a list of members; its value must follow.
    mutating func appendKey(_ key: ArraySlice<UInt8>) {
        if !isEmpty, last != UInt8(ascii: "{") { append(UInt8(ascii: ",")) }
        appendQuoted(key)
        append(UInt8(ascii: ":"))
    }

    /// JSON has no number for what is not finite.
    mutating func appendNumber(_ value: Double) {
        self += Array(value.isFinite ? "\(value)".utf8 : "\"\(value)\"".utf8)
    }
}

/// Times as OTLP has them.
enum OTLPTime {
    /// RFC 3339, UTC, with nine digits of a second.
    static func text(_ nanoseconds: Int64) -> [UInt8] {
        let text = Array(TimeText(milliseconds: nanoseconds / 1_000_000).text.utf8)
        var rest = nanoseconds % 1_000_000
        var digits: [UInt8] = []
        for _ in 0..<6 {
            digits.insert(UInt8(rest % 10) + 0x30, at: 0)
            rest /= 10
        }
        return text.dropLast() + digits + [UInt8(ascii: "Z")]
    }
}
