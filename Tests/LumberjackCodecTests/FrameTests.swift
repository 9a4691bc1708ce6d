import ByteTools
import CZlib
import LumberjackCodec
import Testing

struct FrameTests {
    @Test func `event frames are written as the reference client writes them`() throws {
        let expected = try Golden.client(level: 0)
        let written = unsafe [UInt8](unsafeUninitializedCapacity: 1024) { buffer, count in
            var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(buffer))
            let room = cursor.room
            for frame in Golden.frames {
                switch frame {
                case .window(let count): LumberjackFrame.putWindow(count: count, to: &cursor)
                case .event(let sequence, let text):
                    LumberjackFrame.putEventHeader(sequence: sequence, length: text.utf8.count, to: &cursor)
                    cursor.put(Array(text.utf8))
                case .acknowledgement: break
                }
            }
            count = room - cursor.room
        }
        #expect(written == expected)
    }

    @Test(arguments: 1...9) func `zlib reads what we compress`(level: Int) throws {
        let text = Array(String(repeating: "{\"message\":\"a line like all the others\"}", count: 500).utf8)
        let compressor = FrameCompressor(level: level)
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: compressor.bound(text.count)) { buffer, count in
            count = unsafe text.withUnsafeBytes { input in
                unsafe compressor.compress(input, into: UnsafeMutableRawBufferPointer(buffer)) ?? 0
            }
        }
        #expect(!packed.isEmpty && packed.count < text.count / 20)
        var length = UInt(text.count)
        let unpacked = unsafe [UInt8](unsafeUninitializedCapacity: text.count) { buffer, count in
            let status = unsafe uncompress(buffer.baseAddress, &length, packed, UInt(packed.count))
            count = status == Z_OK ? Int(length) : 0
        }
        #expect(unpacked == text)
    }

    @Test func `a buffer that is too small is told`() {
        let noise = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let compressor = FrameCompressor(level: 3)
        _ = unsafe [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            let written = unsafe noise.withUnsafeBytes { input in
                unsafe compressor.compress(input, into: UnsafeMutableRawBufferPointer(buffer))
            }
            #expect(written == nil)
            count = 0
        }
    }
}
