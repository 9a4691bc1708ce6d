package import ByteTools
import Synchronization

/// Turns the lines of a delivery into events, one after the other, into whatever buffer the output has.
///
/// - Shape: a few words; made per delivery, on the thread that sends it. No allocation per line on the fast path.
@safe
package struct EventEncoder {
    private let batch: Batch
    private let lines: [LineRef]
    private let slab: UnsafeMutablePointer<UInt8>
    private let counters: EventCounters?
    // Of the segment that was entered last, so that nothing is looked up per line.
    private var segmentIndex = -1
    private var segmentLines = 0..<0
    private var template: EventTemplate?
    private var constants: [UInt8] = []
    private var program: [EventTemplate.Instruction] = []
    private var fixedRoom = 0
    private var isSimple = false
    private var base: Int64 = 0
    private var hasPlaces = false
    private var time = TimeText(milliseconds: 0)
    private var idPrefix: [UInt8] = []

    /// - Parameter counters: nil on a retry, so that a line is counted once.
    package init(_ batch: Batch, counters: EventCounters? = nil) {
        self.batch = batch
        lines = batch.lines
        unsafe slab = batch.slab.base
        self.counters = counters
    }

    /// Writes the event of the line with this index of the batch.
    /// - Returns: false, and nothing written, when the cursor has not the room; come back with more.
    package mutating func encode(_ index: Int, to cursor: inout ByteCursor) -> Bool {
        if !segmentLines.contains(index) { enter(segment: batch.segmentIndex(ofLine: index)) }
        let line = lines[index]
        let bytes = unsafe UnsafeBufferPointer(start: slab + Int(line.start), count: line.length)
        let offset =
            hasPlaces
            ? batch.segments[segmentIndex].offset(of: line, at: index) : UInt64(bitPattern: base + Int64(line.start))
        if isSimple {
            guard cursor.room >= fixedRoom + JSONEscape.room(for: line.length) else { return false }
            let findings = unsafe run(program, Parts(time: time), bytes, line, offset, &cursor)
            if !findings.isEmpty { countInvalid() }
            return true
        }
        guard let template else { return false }
        return unsafe encodeParsed(template, bytes, line, offset, &cursor)
    }

    /// The id of the event of this line.
    package mutating func eventID(_ index: Int) -> String {
        if !segmentLines.contains(index) { enter(segment: batch.segmentIndex(ofLine: index)) }
        let segment = batch.segments[segmentIndex]
        return segment.source.eventID(offset: segment.offset(of: batch.lines[index], at: index))
    }

    /// Writes the same id as bytes; nothing is allocated.
    /// - Returns: false, and nothing written, when the cursor has not the room: 25 bytes more than the source's `idKey`.
    package mutating func writeEventID(_ index: Int, to cursor: inout ByteCursor) -> Bool {
        if !segmentLines.contains(index) { enter(segment: batch.segmentIndex(ofLine: index)) }
        guard cursor.room >= idPrefix.count + DecimalDigits.room else { return false }
        cursor.put(idPrefix)
        let line = lines[index]
        cursor.putDecimal(
            hasPlaces
                ? batch.segments[segmentIndex].offset(of: line, at: index)
                : UInt64(bitPattern: base + Int64(line.start)))
        return true
    }

    private mutating func enter(segment index: Int) {
        let segment = batch.segments[index]
        segmentIndex = index
        segmentLines = segment.lineRange
        template = segment.source.template
        constants = segment.source.template.constants
        program = segment.source.template.plain
        fixedRoom = segment.source.template.fixedRoom
        isSimple = segment.source.template.isSimple
        base = segment.base
        hasPlaces = !segment.places.isEmpty
        time = TimeText(milliseconds: segment.readAt)
        idPrefix = segment.source.idPrefix
    }

    /// What an event has besides its line: members of the line's object, in one piece or around one that is left out.
    @safe
    private struct Parts {
        var time: TimeText
        var members = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var more = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        /// What the parser is to write the members by.
        var rewrite: UnsafePointer<LineRewrite>?
        var error = ""

        init(time: TimeText) { self.time = time }
    }

    @inline(__always)
    private func run(
        _ program: [EventTemplate.Instruction], _ parts: Parts, _ bytes: UnsafeBufferPointer<UInt8>, _ line: LineRef,
        _ offset: UInt64, _ cursor: inout ByteCursor
    ) -> EscapeFindings {
        unsafe constants.withUnsafeBufferPointer { constants in
            unsafe program.withUnsafeBufferPointer { program in
                unsafe run(
                    program, constants.baseAddress!, parts, bytes, line, DecimalDigits(offset), &cursor)
            }
        }
    }

    @inline(__always)
    private func run(
        _ program: UnsafeBufferPointer<EventTemplate.Instruction>, _ constants: UnsafePointer<UInt8>, _ parts: Parts,
        _ bytes: UnsafeBufferPointer<UInt8>, _ line: LineRef, _ offset: DecimalDigits, _ cursor: inout ByteCursor
    ) -> EscapeFindings {
        var findings: EscapeFindings = []
        for index in 0..<program.count {
            let step = unsafe program[index]
            let length = Int(step.length)
            if length <= EventEncoder.shortConstant {
                unsafe cursor.put(
                    constants + Int(step.start), copying: EventEncoder.shortConstant, keeping: length)
            } else {
                unsafe cursor.put(constants + Int(step.start), count: length)
            }
            switch step.kind {
            case .time: parts.time.write(to: &cursor)
            case .offset: offset.write(to: &cursor)
            case .message:
                guard let start = bytes.baseAddress else { continue }
                findings = unsafe JSONEscape.write(start, count: bytes.count, to: &cursor)
            case .rawMessage: unsafe cursor.put(bytes)
            case .flags:
                if line.isTruncated || !findings.isEmpty { writeFlags(line, findings, &cursor) }
            case .members:
                if let rewrite = unsafe parts.rewrite {
                    unsafe template?.parser?.writeMembers(of: rewrite, to: &cursor)
                    continue
                }
                guard unsafe parts.members.count + parts.more.count > 0 else { continue }
                cursor.put(0x2c)
                unsafe cursor.put(parts.members)
                unsafe cursor.put(parts.more)
            case .bareMembers: unsafe cursor.put(parts.members)
            case .logMembers:
                guard let rewrite = unsafe parts.rewrite else { continue }
                unsafe template?.parser?.writeLogMembers(of: rewrite, to: &cursor)
            case .parseError: if !parts.error.isEmpty { writeError(parts.error, &cursor) }
            case .nothing: break
            }
        }
        return findings
    }

    /// Constants up to this length are copied as if they had it: two vectors, and no branch on the length.
    private static let shortConstant = 32

    @inline(never)
    private func countInvalid() { counters?.invalidUTF8.add(1, ordering: .relaxed) }

    @inline(never)
    private func writeFlags(_ line: LineRef, _ findings: EscapeFindings, _ cursor: inout ByteCursor) {
        let invalid = findings.contains(.invalidUTF8)
        cursor.put(",\"flags\":[")
        if line.isTruncated { cursor.put("\"truncated\"") }
        if line.isTruncated, invalid { cursor.put(",") }
        if invalid { cursor.put("\"invalid_utf8\"") }
        cursor.put("]")
    }

    @inline(never)
    private func writeError(_ error: String, _ cursor: inout ByteCursor) {
        cursor.put(",\"error\":{\"message\":")
        cursor.put(JSONEscape.quoted(String(error.prefix(120))))
        cursor.put(",\"type\":\"json\"}")
    }
}

/// The way of lines that are parsed, or of events that are rendered.
extension EventEncoder {
    /// What is counted of a line, once its event has found its place in the buffer.
    private struct Findings {
        var isUndecodable = false
        var escapes: EscapeFindings = []
    }

    private func encodeParsed(
        _ template: EventTemplate, _ bytes: UnsafeBufferPointer<UInt8>, _ line: LineRef, _ offset: UInt64,
        _ cursor: inout ByteCursor
    ) -> Bool {
        let need = template.fixedRoom + 1024 + JSONEscape.room(for: bytes.count)
        if !template.isRendered, cursor.room < need { return false }
        return unsafe withUnsafeTemporaryAllocation(of: LineRewrite.self, capacity: 1) {
            unsafe encodeParsed(template, bytes, line, offset, need: need, $0.baseAddress!, &cursor)
        }
    }

    @inline(__always)
    private func encodeParsed(
        _ template: EventTemplate, _ bytes: UnsafeBufferPointer<UInt8>, _ line: LineRef, _ offset: UInt64, need: Int,
        _ rewrite: UnsafeMutablePointer<LineRewrite>, _ cursor: inout ByteCursor
    ) -> Bool {
        var findings = Findings()
        var parsed = ParsedLine.failed(error: "")
        if let parser = template.parser {
            unsafe parsed = parser.examine(bytes, rewrite: rewrite)
            findings.isUndecodable = parsed.isFailed
        }
        if !template.isRendered, !parsed.asksForMerge {
            findings.escapes = unsafe write(parsed, rewrite, template, bytes, line, offset, &cursor)
        } else {
            let event = unsafe wholeEvent(template, parsed, rewrite, bytes, line, offset, need: need, &findings.escapes)
            guard cursor.room >= event.count else { return false }
            cursor.put(event)
        }
        if findings.isUndecodable { counters?.parseErrors.add(1, ordering: .relaxed) }
        if !findings.escapes.isEmpty { countInvalid() }
        return true
    }

    private func write(
        _ parsed: ParsedLine, _ rewrite: UnsafeMutablePointer<LineRewrite>, _ template: EventTemplate,
        _ bytes: UnsafeBufferPointer<UInt8>, _ line: LineRef, _ offset: UInt64, _ cursor: inout ByteCursor
    ) -> EscapeFindings {
        var parts = Parts(time: time)
        switch parsed {
        case .splice(let members): unsafe parts.members = members
        case .spliceAround(let members, let more, let time):
            unsafe parts.members = members
            unsafe parts.more = more
            if let time { parts.time = TimeText(milliseconds: time) }
        case .rewrite(let time):
            unsafe parts.rewrite = UnsafePointer(rewrite)
            if let time { parts.time = TimeText(milliseconds: time) }
        case .merge: break
        case .text: return unsafe run(template.plain, parts, bytes, line, offset, &cursor)
        case .failed(let error):
            parts.error = error
            return unsafe run(template.plain, parts, bytes, line, offset, &cursor)
        }
        return unsafe run(template.parsed, parts, bytes, line, offset, &cursor)
    }

    /// The event in memory of its own: merged and rendered as the template asks.
    private func wholeEvent(
        _ template: EventTemplate, _ parsed: ParsedLine, _ rewrite: UnsafeMutablePointer<LineRewrite>,
        _ bytes: UnsafeBufferPointer<UInt8>, _ line: LineRef, _ offset: UInt64, need: Int,
        _ findings: inout EscapeFindings
    ) -> [UInt8] {
        var event = unsafe [UInt8](unsafeUninitializedCapacity: need) { buffer, count in
            var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(buffer))
            let room = cursor.room
            findings = unsafe write(parsed, rewrite, template, bytes, line, offset, &cursor)
            count = room - cursor.room
        }
        if parsed.asksForMerge, let parser = template.parser { event = unsafe parser.merge(bytes, into: event) }
        return unsafe template.renderer?.render(event: event, line: bytes) ?? event
    }
}

extension ParsedLine {
    fileprivate var isFailed: Bool { if case .failed = self { true } else { false } }
    fileprivate var asksForMerge: Bool { if case .merge = self { true } else { false } }
}
