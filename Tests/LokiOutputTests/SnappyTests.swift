import TestSupport
import Testing

@testable import LokiOutput

@Suite struct SnappyTests {
    private static func pack(_ bytes: [UInt8]) -> [UInt8] {
        var compressor = SnappyCompressor()
        var out = [UInt8](repeating: 0, count: SnappyCompressor.bound(bytes.count))
        let count = unsafe out.withUnsafeMutableBufferPointer { target in
            unsafe bytes.withUnsafeBytes { unsafe compressor.compress($0, to: target.baseAddress!) }
        }
        return Array(out[..<count])
    }

    @Test(arguments: 0..<40) func `what is packed is unpacked again`(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var bytes: [UInt8] = []
        let size = [0, 1, 14, 15, 16, 60, 61, 300, 65_535, 65_536, 65_537, 200_000][seed % 12]
        while bytes.count < size {
            if generator.below(2) == 0 || bytes.count < 8 {
                bytes += (0..<(1 + generator.below(90))).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            } else {
                let start = generator.below(bytes.count - 4)
                for _ in 0..<(4 + generator.below(200)) { bytes.append(bytes[start]) }
                bytes += bytes[start..<min(bytes.count, start + 4 + generator.below(150))]
            }
        }
        bytes = Array(bytes.prefix(size))
        let packed = Self.pack(bytes)
        #expect(packed.count <= SnappyCompressor.bound(bytes.count))
        #expect(Unsnappy.unpack(packed) == bytes)
    }

    @Test func `what repeats becomes small`() {
        let line = Array("2026-01-22T16:34:53Z level=info msg=\"request done\" path=/api/v1/orders status=200\n".utf8)
        let text = (0..<1000).flatMap { _ in line }
        let packed = Self.pack(text)
        #expect(Unsnappy.unpack(packed) == text)
        #expect(packed.count < text.count / 15)
    }

    @Test func `the bytes are those of the format's description`() {
        #expect(Self.pack([]) == [0])
        #expect(Self.pack(Array("Wiki".utf8)) == [4, 3 << 2] + Array("Wiki".utf8))
    }
}
