import LumberjackCodec
import Testing

struct LumberjackDecoderTests {
    struct Collector: LumberjackSink {
        var frames: [Frame] = []
        mutating func window(count: Int) { frames.append(.window(count)) }
        mutating func event(sequence: UInt32, _ bytes: Span<UInt8>) {
            let text = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
            frames.append(.event(Int(sequence), text))
        }
        mutating func acknowledgement(_ sequence: UInt32) { frames.append(.acknowledgement(Int(sequence))) }
    }

    private func decode(_ pieces: [[UInt8]], limits: LumberjackLimits = .init()) throws(LumberjackError) -> [Frame] {
        var decoder = LumberjackDecoder(limits: limits)
        var collector = Collector()
        for piece in pieces { try decoder.decode(piece, &collector) }
        return collector.frames
    }

    private func error(_ bytes: [UInt8], limits: LumberjackLimits = .init()) -> LumberjackError.Code? {
        do throws(LumberjackError) {
            _ = try decode([bytes], limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: 0...9) func `the reference client is understood, whole and byte by byte`(level: Int) throws {
        let bytes = try Golden.client(level: level)
        #expect(try decode([bytes]) == Golden.frames)
        #expect(try decode(bytes.map { [$0] }) == Golden.frames)
    }

    @Test(arguments: [0, 3]) func `a stream can be cut anywhere`(level: Int) throws {
        let bytes = try Golden.client(level: level)
        for cut in 0...bytes.count {
            #expect(try decode([Array(bytes[..<cut]), Array(bytes[cut...])]) == Golden.frames)
        }
    }

    @Test func `the reference server's acknowledgement is read, and ours is the same`() throws {
        let bytes = try Golden.bytes("server-ack.bin")
        #expect(try decode([bytes]) == [.acknowledgement(3)])
        #expect(LumberjackFrame.acknowledgement(3) == bytes)
    }

    static let malformed: [(String, [UInt8], LumberjackError.Code)] = [
        ("version 1", Array("1W".utf8), .version),
        ("HTTP", Array("GET / HTTP/1.1".utf8), .version),
        ("unknown frame", Array("2X".utf8), .frameType),
        ("event without a window", Array("2J".utf8) + [0, 0, 0, 1, 0, 0, 0, 0], .unexpectedEvent),
        ("huge window", Array("2W".utf8) + [255, 255, 255, 255], .windowTooLarge),
        (
            "huge event", Array("2W".utf8) + [0, 0, 0, 1] + Array("2J".utf8) + [0, 0, 0, 1, 255, 0, 0, 0],
            .eventTooLarge
        ),
        ("huge compressed frame", Array("2C".utf8) + [255, 0, 0, 0], .compressed),
        ("no zlib stream", Array("2C".utf8) + [0, 0, 0, 4, 1, 2, 3, 4], .compressed),
        ("empty compressed frame", Array("2C".utf8) + [0, 0, 0, 0], .compressed),
        (
            "window within a window", Array("2W".utf8) + [0, 0, 0, 1] + Array("2W".utf8) + [0, 0, 0, 1],
            .unexpectedWindow
        ),
    ]

    @Test(arguments: malformed) func `what is no Lumberjack is refused`(
        _ name: String, _ bytes: [UInt8], _ code: LumberjackError.Code
    ) {
        #expect(error(bytes) == code)
    }

    @Test func `a compressed frame may not grow beyond the limit`() throws {
        var limits = LumberjackLimits()
        limits.inflatedBytes = 100
        #expect(error(try Golden.client(level: 9), limits: limits) == .compressed)
    }

    @Test(arguments: UInt64(1)...20) func `damaged bytes never do more than an error`(seed: UInt64) throws {
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        for level in [0, 1, 9] {
            for _ in 0..<50 {
                var bytes = try Golden.client(level: level)
                for _ in 0...random(4) { bytes[random(bytes.count)] = UInt8(random(256)) }
                var events = 0
                do throws(LumberjackError) {
                    for case .event in try decode([bytes]) { events += 1 }
                } catch {
                    #expect(!error.message.isEmpty)
                }
                #expect(events <= 6)
            }
        }
    }
}
