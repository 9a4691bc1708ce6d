import ByteTools
import EventModel
import Synchronization
import Testing

@Suite struct EventEncoderTests {
    @Test func `each line has its own offset and id`() throws {
        let batch = batch(
            [Array("one".utf8), [], Array("three".utf8)], template: try shape().template(for: file), at: 4_294_967_290
        )
        let events = encode(batch)
        #expect(events[0].contains(#""_id":"3f2a-4294967290"},"message":"one","log":{"offset":4294967290,"#))
        #expect(events[1].contains(#""_id":"3f2a-4294967294"},"message":"","log":{"offset":4294967294,"#))
        #expect(events[2].contains(#""_id":"3f2a-4294967295"},"message":"three","log":{"offset":4294967295,"#))
        var encoder = EventEncoder(batch)
        #expect(encoder.eventID(2) == "k-4294967295")
        #expect(encoder.eventID(0) == "k-4294967290")
    }

    @Test func `flags say what was done to a line, and bad bytes are counted`() throws {
        let counters = EventCounters()
        let template = try shape().template(for: file)
        let bad = encode(batch([[0x61, 0xff]], template: template), counters: counters)[0]
        #expect(bad.contains(#""message":"a\\xff","log":{"offset":0,"flags":["invalid_utf8"],"file":"#))
        #expect(counters.invalidUTF8.load(ordering: .relaxed) == 1)
        let cut = encode(batch([[0x61]], template: template, truncated: true), counters: counters)[0]
        #expect(cut.contains(#""log":{"offset":0,"flags":["truncated"],"file":"#))
        let both = encode(batch([[0x80]], template: template, truncated: true), counters: counters)[0]
        #expect(both.contains(#""flags":["truncated","invalid_utf8"]"#))
        #expect(counters.invalidUTF8.load(ordering: .relaxed) == 2)
    }

    @Test func `without room nothing is written`() throws {
        let batch = batch([[UInt8](repeating: 0x22, count: 300)], template: try shape().template(for: file))
        var encoder = EventEncoder(batch)
        var refused = 0
        var accepted = 0
        for room in stride(from: 0, through: 4000, by: 7) {
            var memory = [UInt8](repeating: 0xee, count: room + 1)
            let (written, used) = unsafe memory.withUnsafeMutableBytes { buffer in
                var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(rebasing: buffer[..<room]))
                let written = encoder.encode(0, to: &cursor)
                return (written, room - cursor.room)
            }
            if written {
                accepted += 1
                #expect(used > 600)
            } else {
                refused += 1
                #expect(used == 0)
                #expect(memory.allSatisfy { $0 == 0xee })
            }
            #expect(memory[room] == 0xee)
        }
        #expect(refused > 0 && accepted > 0)
    }

    @Test func `lines find their segment`() throws {
        let template = try shape().template(for: file)
        let slab = Slab(capacity: 64)
        unsafe slab.base.initialize(repeating: 0x61, count: 64)
        var segments: [Segment] = []
        for (index, count) in [2, 0, 1].enumerated() {
            let source = EventSource(
                fileID: Int64(index), generation: 0, path: "", idKey: "k\(index)", template: template
            )
            var segment = Segment(
                source: source, readAt: 0, firstLine: index == 0 ? 0 : 2, base: Int64(100 * index), start: 0
            )
            segment.lineCount = count
            segments.append(segment)
        }
        let lines = [0, 2, 4].map { LineRef(start: $0, length: 1) }
        let batch = Batch(slab: slab, lines: lines, segments: segments)
        var encoder = EventEncoder(batch)
        #expect((0..<3).map { encoder.eventID($0) } == ["k0-0", "k0-2", "k2-204"])
    }

    @Test func `an id is written as it reads, or not at all without room`() throws {
        let source = EventSource(
            fileID: 1, generation: 0, path: "", idKey: "key", template: try shape().template(for: file)
        )
        let slab = Slab(capacity: 64)
        unsafe slab.base.initialize(repeating: 0x61, count: 64)
        var plain = Segment(source: source, readAt: 0, firstLine: 0, base: 4_294_967_290, start: 0)
        plain.lineCount = 2
        var recoded = Segment(source: source, readAt: 0, firstLine: 2, base: 0, start: 0)
        recoded.lineCount = 1
        recoded.places = [.init(offset: .max, bytes: 8)]
        let lines = [0, 9, 20].map { LineRef(start: $0, length: 1) }
        let batch = Batch(slab: slab, lines: lines, segments: [plain, recoded])
        var encoder = EventEncoder(batch)
        for index in [2, 0, 1] {
            var memory = [UInt8](repeating: 0xee, count: 64)
            let (refused, written, count) = unsafe memory.withUnsafeMutableBytes { buffer in
                var small = unsafe ByteCursor(UnsafeMutableRawBufferPointer(rebasing: buffer[..<27]))
                let refused = !encoder.writeEventID(index, to: &small) && small.room == 27
                var cursor = unsafe ByteCursor(buffer)
                return (refused, encoder.writeEventID(index, to: &cursor), 64 - cursor.room)
            }
            #expect(refused && written)
            #expect(String(decoding: memory[..<count], as: UTF8.self) == encoder.eventID(index))
        }
    }

    @Test func `the place of a recoded line is where its bytes are in the file`() throws {
        let source = EventSource(
            fileID: 1, generation: 0, path: "", idKey: "k", template: try shape().template(for: file)
        )
        var segment = Segment(source: source, readAt: 0, firstLine: 0, base: 0, start: 10)
        segment.lineCount = 1
        segment.places = [.init(offset: 10, bytes: 8)]
        let line = LineRef(start: 0, length: 3)
        #expect(segment.offset(of: line, at: 0) == 10)
        #expect(segment.bytes(of: line, at: 0) == 8)
    }
}
