import ByteTools
package import EventModel
package import Publishing

/// Makes batches of given lines, as a harvester would have read them one after the other from one file.
package struct BatchFactory: Sendable {
    package let source: EventSource
    /// Where the next batch begins in the imagined file.
    package private(set) var offset: UInt64 = 0

    package init(path: String = "/var/log/app.log", template: EventTemplate = BatchFactory.template) {
        source = EventSource(fileID: 1, generation: 1, path: path, idKey: "test-1", template: template)
    }

    /// The least of an ECS event: `@timestamp`, `log.offset`, flags, `message`.
    package static let template = EventTemplate(plain: [
        .constant("{\"@timestamp\":\""), .time, .constant("\",\"log\":{\"offset\":"), .offset, .flags,
        .constant(",\"file\":{\"path\":\"/var/log/app.log\"}},\"message\":\""), .message,
        .constant("\",\"input\":{\"type\":\"filestream\"},\"agent\":{\"type\":\"needletail\"}}"),
    ])

    /// A batch of these lines; each ends with a line feed in the imagined file.
    package mutating func batch(_ lines: [[UInt8]]) -> Batch {
        let bytes = lines.reduce(0) { $0 + $1.count + 1 }
        let slab = Slab(capacity: bytes)
        var refs: [LineRef] = []
        var at = 0
        for line in lines {
            for (index, byte) in line.enumerated() { unsafe slab.base[at + index] = byte }
            unsafe slab.base[at + line.count] = 0x0a
            refs.append(LineRef(start: at, length: line.count))
            at += line.count + 1
        }
        var segment = Segment(
            source: source, readAt: 1_769_099_693_963, firstLine: 0, base: Int64(offset), start: offset)
        segment.lineCount = lines.count
        segment.end = offset + UInt64(bytes)
        segment.eventBytes = UInt64(bytes)
        offset = segment.end
        return Batch(slab: slab, lines: refs, segments: [segment])
    }

    package mutating func batch(_ lines: [String]) -> Batch { batch(lines.map { Array($0.utf8) }) }

    /// Lines that differ, so that their order can be told: `line 000007 xxx…`.
    /// - Parameter length: least bytes of a line.
    package static func numbered(_ numbers: Range<Int>, length: Int = 0) -> [String] {
        numbers.map { number in
            let digits = String(number)
            let line = "line " + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
            return line.utf8.count >= length
                ? line : line + " " + String(repeating: "x", count: length - line.count - 1)
        }
    }
}

extension Delivery {
    /// All of a batch, for the first time.
    package init(all batch: Batch) { self.init(batch: batch, events: .range(0..<batch.count)) }
}

/// Reads the few things that tests want to know of an event.
package enum EventText {
    /// The text of the member `message` of a JSON event, or nil when there is none.
    package static func message(of event: some StringProtocol) -> String? {
        let bytes = Array(event.utf8)
        guard let start = find(Array("\"message\":\"".utf8), in: bytes) else { return nil }
        var text: [UInt8] = []
        var at = start
        while at < bytes.count, bytes[at] != 0x22 {
            if bytes[at] == 0x5c, at + 1 < bytes.count {
                at += 1
                text.append(unescaped(bytes[at]))
            } else {
                text.append(bytes[at])
            }
            at += 1
        }
        return at < bytes.count ? String(decoding: text, as: UTF8.self) : nil
    }

    /// Index behind the first place where `needle` stands.
    private static func find(_ needle: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= needle.count else { return nil }
        for start in 0...(bytes.count - needle.count) where bytes[start..<(start + needle.count)].elementsEqual(needle)
        {
            return start + needle.count
        }
        return nil
    }

    private static func unescaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0d
        default: byte
        }
    }
}
