import ByteTools
import EventFields
import HTTPTransport
import NIOCore
import Publishing
import RecordTools

/// Writes the events of a delivery into push requests, in memory that is used again.
///
/// An entry's time is the line's own, or when it was read; lines that were read at once then differ by a nanosecond each,
/// since Loki keeps a line once that comes twice with the same time, and since its order is that of times.
///
/// Of a push of several streams Loki may drop entries that are too late and yet answer 204: it reports what became of the
/// last stream. So entries that may be too late go in a push of their stream alone, whose answer can be believed.
final class LokiBody: HTTPBody {
    let settings: LokiSettings
    let reader = EventReader()
    let groups = RecordGroups()
    private let labels: StreamLabels
    private let lines: LineLimit
    private let compressor: GzipCompressor?
    private var snappy = SnappyCompressor()
    private let lineText = ByteArena()
    private var plain = ByteBuffer()
    private var packed = ByteBuffer()
    private let clock = ContinuousClock()
    /// Bytes of each line that was sent in the last body, in order.
    private(set) var lineSizes: [Int] = []
    /// Time of each of them, in ns since 1970.
    private(set) var lineTimes: [Int64] = []

    private static let groupOverhead = 64

    init(_ settings: LokiSettings, labels: StreamLabels, lines: LineLimit) throws {
        self.settings = settings
        self.labels = labels
        self.lines = lines
        let level = settings.client.compressionLevel
        compressor = settings.encoding == .json && level > 0 ? try GzipCompressor(level: level) : nil
    }

    var plainBytes: Int { plain.readableBytes }

    func build(_ events: inout DeliveryEncoder, _ range: Range<Int>, limit: Int) -> HTTPBodyPart {
        groups.clear()
        lineSizes.removeAll(keepingCapacity: true)
        lineTimes.removeAll(keepingCapacity: true)
        labels.begin(at: clock.now)
        var refused: [HTTPBodyPart.Refusal] = []
        var hasLate = false
        let isJSON = settings.encoding == .json
        var at = range.lowerBound
        while at < range.upperBound {
            reader.read(&events, at)
            let size = putLine()
            if size > lines.bytes, settings.longLines == .deadLetter {
                refused.append(.init(position: at, rejection: LokiBody.tooLarge(size, lines.bytes)))
                at += 1
                continue
            }
            let cut = unsafe UTF8Cut.length(lineText.bytes(0..<size), limit: lines.bytes)
            let (key, start) = (groups.keys.count, groups.records.count)
            labels.write(reader, asJSON: isJSON, to: groups.keys)
            if isJSON { putJSONEntry(lineText, cut) } else { putEntry(lineText, cut) }
            let time = time
            hasLate = hasLate || labels.isLate(time)
            let isTaken = groups.take(
                keyFrom: key, recordFrom: start, limit: limit, overhead: LokiBody.groupOverhead, alone: hasLate)
            guard isTaken else { break }
            // Loki takes nothing of the future but ten minutes; a wrong clock does not make all others late.
            labels.note(min(time, reader.readAt &* 1_000_000))
            lineSizes.append(cut)
            lineTimes.append(time)
            at += 1
        }
        plain.clear()
        if isJSON { putJSONRequest(to: &plain) } else { putRequest(to: &plain) }
        return HTTPBodyPart(taken: at - range.lowerBound, refused: refused)
    }

    func wireBytes() -> ByteBuffer {
        if settings.encoding == .json {
            guard let compressor else { return plain }
            compressor.compress(plain, into: &packed)
            return packed
        }
        packed.clear()
        let bound = SnappyCompressor.bound(plain.readableBytes)
        unsafe packed.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { space in
            unsafe plain.withUnsafeReadableBytes { input in
                unsafe snappy.compress(input, to: space.baseAddress!.assumingMemoryBound(to: UInt8.self))
            }
        }
        return packed
    }

    /// ns since 1970.
    var time: Int64 {
        reader.ownTime ?? (reader.readAt &* 1_000_000 &+ Int64(reader.numberInSegment % 1_000_000))
    }

    /// Puts the line of the event into `lineText`; returns its bytes.
    private func putLine() -> Int {
        lineText.clear()
        switch settings.line {
        case .raw: unsafe UTF8Text.put(reader.line, to: lineText)
        case .json: unsafe lineText.put(reader.json.bytes(0..<reader.json.count))
        case .message:
            let message = unsafe reader.text(.message)
            if message.count > 0 {
                unsafe lineText.put(message)
            } else {
                unsafe UTF8Text.put(reader.line, to: lineText)
            }
        }
        return lineText.count
    }

    private static func tooLarge(_ size: Int, _ limit: Int) -> Reply.Rejection {
        // The same words for all lines, so that a thousand of them make one reason.
        Reply.Rejection(reason: "line_too_large", answer: "the server takes lines of \(limit) bytes at most")
    }

    /// Calls `body` for each name and text that goes beside the line.
    func forEachMetadata(_ body: (StaticString, UnsafeBufferPointer<UInt8>) -> Void) {
        for item in settings.structuredMetadata {
            switch item {
            case .traceID: unsafe body("trace_id", reader.text(.trace))
            case .spanID: unsafe body("span_id", reader.text(.span))
            case .level:
                guard reader.facts.severity != .unknown else { continue }
                unsafe reader.facts.severity.constantName.withOwnUTF8 { unsafe body("level", $0) }
            case .eventID: unsafe body("event_id", reader.text(.eventID))
            case .filename: unsafe body("filename", reader.text(.file))
            case .offset:
                for leaf in reader.leaves where !leaf.isInLine && LokiBody.isOffset(reader, leaf) {
                    unsafe body("offset", leaf.text)
                    break
                }
            }
        }
    }

    private static let offsetHash = WordHash.of(Array("log.offset".utf8).span)

    private static func isOffset(_ reader: EventReader, _ leaf: EventReader.Leaf) -> Bool {
        unsafe leaf.hash == offsetHash
            && ("log.offset" as StaticString).withOwnUTF8 { unsafe EventReader.isSame(reader.path(leaf), $0) }
    }
}
