import LumberjackCodec
import Testing

@testable import Collector

struct LumberjackReaderTests {
    private static let stream =
        Frames.window(["{\"a\":1}", "{\"a\":2}"]) + Frames.window(["{\"a\":3}"], compress: true)
        + Frames.window([]) + Frames.window((4...300).map { "{\"a\":\($0)}" }, compress: true)

    private func texts(_ batches: [LumberjackBatch]) -> [String] { batches.flatMap(\.events.texts) }

    @Test func `windows are read whole, compressed or not`() throws {
        var reader = LumberjackReader(eventLimit: 1000)
        let batches = try reader.readAll(LumberjackReaderTests.stream)
        #expect(texts(batches) == (1...300).map { "{\"a\":\($0)}" })
        #expect(batches.flatMap(\.acknowledgements) == [2, 1, 0, 297])
        #expect(!reader.isBusy && reader.heldBytes == 0)
    }

    @Test func `the stream may be cut anywhere`() throws {
        for cut in 0...LumberjackReaderTests.stream.count {
            var reader = LumberjackReader(eventLimit: 1000)
            var batches = try reader.readAll(Array(LumberjackReaderTests.stream[..<cut]))
            batches += try reader.readAll(Array(LumberjackReaderTests.stream[cut...]))
            #expect(texts(batches) == (1...300).map { "{\"a\":\($0)}" }, "cut at \(cut)")
        }
    }

    @Test func `the stream may come byte by byte`() throws {
        var reader = LumberjackReader(eventLimit: 1000)
        var seen: [String] = []
        for byte in LumberjackReaderTests.stream { seen += texts(try reader.readAll([byte])) }
        #expect(seen == (1...300).map { "{\"a\":\($0)}" })
    }

    @Test func `a full batch stops the reader, and a compressed frame goes on behind it`() throws {
        let line = "{\"message\":\"" + String(repeating: "x", count: 1000) + "\"}"
        let events = Array(repeating: line, count: 10_000)
        var reader = LumberjackReader(eventLimit: 2000)
        let batches = try reader.readAll(Frames.window(events, compress: true))
        #expect(batches.count > 4)
        #expect(batches.allSatisfy { $0.events.byteCount < LumberjackBatch.fullBytes + 2000 })
        #expect(texts(batches) == events)
        #expect(batches.last?.acknowledgements == [10_000])
        #expect(batches.first?.acknowledgements == [UInt32(batches[0].events.count)])
    }

    @Test func `what a small frame grows to is not held at once`() throws {
        let events = Array(repeating: String(repeating: " ", count: 100_000), count: 300)
        let frame = Frames.window(events, compress: true)
        #expect(frame.count < 100_000)
        var reader = LumberjackReader(eventLimit: 100_000)
        unsafe frame.withUnsafeBytes { unsafe reader.append($0) }
        var read = 0
        while true {
            var batch = LumberjackBatch()
            let stop = try reader.read(into: &batch)
            #expect(reader.heldBytes < 1 << 20)
            read += batch.events.count
            if stop == .needsInput { break }
        }
        #expect(read == 300)
    }

    static let malformed: [(String, [UInt8], LumberjackError.Code)] = [
        ("version 1", [0x31, 0x57, 0, 0, 0, 1], .version),
        ("HTTP", Array("GET / HTTP/1.1\r\n".utf8), .version),
        ("a frame of no known type", [0x32, 0x58], .frameType),
        ("an acknowledgement", [0x32, 0x41, 0, 0, 0, 1], .frameType),
        ("an event without a window", Frames.event(1, "{}"), .unexpectedEvent),
        ("one event too many", Frames.window(["{}"]) + Frames.event(2, "{}"), .unexpectedEvent),
        ("a window inside a window", Frames.window(2) + Frames.event(1, "{}") + Frames.window(1), .unexpectedWindow),
        ("a window of four billion", [0x32, 0x57, 0xff, 0xff, 0xff, 0xff], .windowTooLarge),
        (
            "an event of four billion bytes", Frames.window(1) + [0x32, 0x4a, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff],
            .eventTooLarge
        ),
        (
            "an event over the limit", Frames.window(["{\"a\":\"" + String(repeating: "x", count: 100) + "\"}"]),
            .eventTooLarge
        ),
        (
            "the same in a compressed frame",
            Frames.window(["{\"a\":\"" + String(repeating: "x", count: 100) + "\"}"], compress: true), .eventTooLarge
        ),
        (
            "a compressed frame of four billion bytes", Frames.window(1) + [0x32, 0x43, 0xff, 0xff, 0xff, 0xff],
            .compressed
        ),
        ("an empty compressed frame", Frames.window(1) + [0x32, 0x43, 0, 0, 0, 0], .compressed),
        ("a compressed frame that is no zlib", Frames.window(1) + [0x32, 0x43, 0, 0, 0, 4, 1, 2, 3, 4], .compressed),
        (
            "a compressed frame inside a compressed frame",
            Frames.window(1) + Frames.compressed(Frames.compressed(Frames.event(1, "{}"))), .frameType
        ),
        (
            "half an event in a compressed frame",
            Frames.window(1) + Frames.compressed(Array(Frames.event(1, "{}").dropLast())) + Frames.window(1),
            .compressed
        ),
        ("a cut zlib stream", LumberjackReaderTests.cutFrame, .compressed),
        ("bytes behind the zlib stream", LumberjackReaderTests.longFrame, .compressed),
    ]

    /// The length says that the frame ends in the middle of its stream.
    private static let cutFrame: [UInt8] = {
        let frame = Frames.compressed(Frames.event(1, "{\"a\":\"some text\"}"))
        return Frames.window(1) + [0x32, 0x43] + Frames.number(frame.count - 6 - 5) + frame[6...].dropLast(5)
            + Frames.window(1)
    }()

    private static let longFrame: [UInt8] = {
        let frame = Frames.compressed(Frames.event(1, "{}"))
        return Frames.window(1) + [0x32, 0x43] + Frames.number(frame.count - 6 + 2) + frame[6...] + [1, 2]
    }()

    @Test(arguments: malformed.indices) func `nonsense is an error and not a crash`(row: Int) {
        let (name, bytes, code) = LumberjackReaderTests.malformed[row]
        var reader = LumberjackReader(eventLimit: 50)
        let error = #expect(throws: LumberjackError.self, "\(name)") { try reader.readAll(bytes) }
        #expect(error?.code == code, "\(name): \(error as Any)")
    }

    @Test(arguments: 0..<200) func `random changes never crash the reader`(seed: Int) {
        var generator = SeededBytes(seed: UInt64(seed))
        var bytes = LumberjackReaderTests.stream
        for _ in 0..<(1 + seed % 5) {
            bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
        }
        var reader = LumberjackReader(eventLimit: 1000)
        let batches = (try? reader.readAll(bytes)) ?? []
        #expect(texts(batches).count <= 1 << 20)
        #expect(reader.heldBytes <= bytes.count + 2000 + InflateStream.pieceBytes)
    }
}

/// SplitMix64.
struct SeededBytes: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
