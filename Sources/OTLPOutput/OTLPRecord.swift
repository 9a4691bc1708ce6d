import EventFields
import RecordTools

/// One event as a log record, before it is written: which fact goes where.
///
/// | of the record | of the event |
/// |---|---|
/// | time | the line's own time; not known where the line has none |
/// | observed time | when the line was read |
/// | severity number, text | the level, by OpenTelemetry's scale (TRACE 1, DEBUG 5, INFO 9, WARN 13, ERROR 17, FATAL 21); as it is written |
/// | (a level that is a number) | pino's 30 gives the severity number alone and stays an attribute: servers show the text in the place of INFO |
/// | body | the message; a JSON line that has none, whole; nothing where a parsed event has none |
/// | trace id, span id, flags | where they are ids: 32 and 16 hexadecimal digits, not all zero; else they stay attributes |
/// | attributes | `log.record.uid` (the event id), `log.file.path`, `log.file.name`, `log.offset`, and every other value of the event |
/// | resource | `service.name`, `host.name`, and the fields that the settings name |
/// - Source: opentelemetry-proto, `logs/v1/logs.proto`; OpenTelemetry's semantic conventions for logs.
struct OTLPRecord {
    /// ns since 1970; nil: not known.
    let time: UInt64?
    let observed: UInt64
    /// 1, 5, 9, 13, 17, 21; nil: not known.
    let severity: UInt8?
    /// The leaf that the level came from; -1: none.
    let severityText: Int
    let hasTrace: Bool
    let hasSpan: Bool
    /// Of a `traceparent`.
    let flags: UInt8
    /// The leaf that trace, span and flags came from together; -1: none.
    let traceparent: Int
    /// Attributes that each record has of its own.
    let ownAttributes: Int

    init(_ reader: EventReader, _ names: ResourceNames) {
        time = reader.ownTime.flatMap { $0 > 0 ? UInt64($0) : nil }
        observed = UInt64(max(0, reader.readAt)) &* 1_000_000
        let level = reader.facts.severity
        severity = level == .unknown ? nil : level.rawValue * 4 - 3
        severityText = OTLPRecord.levelName(reader)
        hasTrace = unsafe HexDigits.isID(reader.text(.trace), count: 32)
        hasSpan = unsafe HexDigits.isID(reader.text(.span), count: 16)
        traceparent = OTLPRecord.findTraceparent(reader)
        flags = traceparent < 0 ? 0 : unsafe HexDigits.byte(reader.leaves[traceparent].text, at: 53)
        ownAttributes = (reader.facts[.eventID].isEmpty ? 0 : 1) + (reader.facts[.file].isEmpty ? 0 : 2)
    }

    /// Whether the value is a field of the record or of the resource, and so no attribute.
    func isElsewhere(_ number: Int, _ reader: EventReader, _ names: ResourceNames) -> Bool {
        let leaf = reader.leaves[number]
        guard let role = leaf.role else { return names.contains(leaf, reader) }
        if number == traceparent { return true }
        switch role {
        // What the shipper says is the time of reading, where the line has its own.
        case .time: return reader.isOrigin(number) || (!leaf.isInLine && OTLPRecord.isTimestamp(leaf, reader))
        case .trace: return hasTrace && reader.isOrigin(number)
        case .span: return hasSpan && reader.isOrigin(number)
        case .level: return number == severityText
        case .message: return reader.isOrigin(number) || isBodyAgain(leaf, reader)
        case .eventID, .host, .file: return reader.isOrigin(number)
        case .service: return reader.isOrigin(number) || names.contains(leaf, reader)
        case .parentSpan, .request: return false
        }
    }

    /// The leaf of a level that is a name; -1: none.
    private static func levelName(_ reader: EventReader) -> Int {
        let origin = Int(reader.origins[Int(EventRole.level.rawValue)])
        guard origin >= 0, reader.leaves[origin].kind == .string else { return -1 }
        return unsafe Severity.number(in: Span(_unsafeElements: reader.leaves[origin].text)) == nil ? origin : -1
    }

    /// `message_key` makes `message` of `msg` and leaves `msg` where it is: one is the body, and so is the other.
    private func isBodyAgain(_ leaf: EventReader.Leaf, _ reader: EventReader) -> Bool {
        guard unsafe EventReader.isSame(leaf.text, reader.text(.message)) else { return false }
        return unsafe !("error.message" as StaticString).withOwnUTF8 {
            unsafe EventReader.isSame(reader.path(leaf), $0)
        }
    }

    private static func isTimestamp(_ leaf: EventReader.Leaf, _ reader: EventReader) -> Bool {
        unsafe ("@timestamp" as StaticString).withOwnUTF8 { unsafe EventReader.isSame(reader.path(leaf), $0) }
    }

    /// The leaf `00-<trace>-<span>-<flags>` whose ids are those of the event.
    private static func findTraceparent(_ reader: EventReader) -> Int {
        for number in reader.leaves.indices where reader.leaves[number].role == .trace {
            let text = unsafe reader.leaves[number].text
            guard text.count >= 55, unsafe text[2] == 0x2d && text[35] == 0x2d && text[52] == 0x2d else {
                continue
            }
            let trace = unsafe UnsafeBufferPointer(rebasing: text[3..<35])
            let span = unsafe UnsafeBufferPointer(rebasing: text[36..<52])
            if unsafe EventReader.isSame(reader.text(.trace), trace) && HexDigits.isID(trace, count: 32)
                && EventReader.isSame(reader.text(.span), span) && HexDigits.isID(span, count: 16)
            {
                return number
            }
        }
        return -1
    }
}

/// Ids in hexadecimal digits.
enum HexDigits {
    /// Whether the text has so many digits, and one at least is not zero.
    static func isID(_ text: UnsafeBufferPointer<UInt8>, count: Int) -> Bool {
        guard text.count == count else { return false }
        var isZero = true
        for index in 0..<count {
            guard unsafe value(text[index]) < 16 else { return false }
            if unsafe text[index] != 0x30 { isZero = false }
        }
        return !isZero
    }

    /// The byte of two digits; 0 where they are none.
    static func byte(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt8 {
        let (high, low) = unsafe (value(text[index]), value(text[index + 1]))
        return high < 16 && low < 16 ? high << 4 | low : 0
    }

    private static func value(_ digit: UInt8) -> UInt8 {
        if digit &- 0x30 < 10 { return digit &- 0x30 }
        let letter = (digit | 0x20) &- 0x61
        return letter < 6 ? letter + 10 : 16
    }
}
