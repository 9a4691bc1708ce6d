import ByteTools
import EventModel

/// Writes dead letters as NDJSON.
///
/// `{"time":…,"pipeline":…,"file":…,"offset":…,"event_id":…,"attempts":…,"reason":…,"answer":…,"line":…}`
/// `time` is when the letter was kept; `offset` is where the line begins in its file. `line` is the raw line; where
/// that is no UTF-8, `line` shows the bad bytes as `\xNN`, and `line_hex` has all bytes exactly.
struct DeadLetterText {
    private(set) var bytes: [UInt8] = []
    private let time: TimeText
    private let pipeline: [UInt8]

    /// - Parameter now: ms since 1970, UTC.
    init(pipeline: String, now: Int64) {
        time = TimeText(milliseconds: now)
        self.pipeline = JSONEscape.quoted(pipeline)
    }

    mutating func append(_ letter: DeadLetter) {
        let batch = letter.batch
        let segment = batch.segments[batch.segmentIndex(ofLine: letter.event)]
        let offset = segment.offset(of: batch.lines[letter.event], at: letter.event)
        let line = batch.bytes(at: letter.event)
        bytes += "{\"time\":\"\(time.text)\"".utf8
        put("pipeline", pipeline)
        put("file", JSONEscape.quoted(segment.source.path))
        put("offset", Array(String(offset).utf8))
        put("event_id", JSONEscape.quoted(segment.source.eventID(offset: offset)))
        put("attempts", Array(String(letter.attempts).utf8))
        put("reason", JSONEscape.quoted(letter.rejection.reason))
        put("answer", JSONEscape.quoted(letter.rejection.answer))
        put("line", JSONEscape.quoted(bytes: line))
        if String(validating: line, as: UTF8.self) == nil { put("line_hex", DeadLetterText.hexadecimal(line)) }
        bytes += "}\n".utf8
    }

    private mutating func put(_ name: String, _ value: [UInt8]) {
        bytes += ",\"\(name)\":".utf8
        bytes += value
    }

    private static func hexadecimal(_ line: [UInt8]) -> [UInt8] {
        var text: [UInt8] = [0x22]
        text.reserveCapacity(2 * line.count + 2)
        for byte in line {
            text.append(JSONEscape.hexDigit(byte >> 4))
            text.append(JSONEscape.hexDigit(byte & 15))
        }
        text.append(0x22)
        return text
    }
}
