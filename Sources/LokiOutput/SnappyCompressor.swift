/// Packs bytes in snappy's block format, which Loki reads where the body is protobuf.
///
/// Written here because the library that does it is C++: it would bring libstdc++ into an agent that is one file.
///
/// | part | bytes |
/// |---|---|
/// | head | varint of the count of unpacked bytes |
/// | literal | `(n - 1) << 2` for n up to 60, or `60…63 << 2` and n - 1 in one to four bytes, lowest first; then n bytes |
/// | copy of 4 to 11, less than 2048 back | `1 \| (n - 4) << 2 \| (offset >> 8) << 5`, `offset & 255` |
/// | copy of 1 to 64, less than 65536 back | `2 \| (n - 1) << 2`, offset in two bytes, lowest first |
/// - Shape: a table of 32 kB; made once per lane. Blocks of 64 kB are packed one by one, so that offsets fit.
/// - Source: https://github.com/google/snappy/blob/main/format_description.txt
@safe
struct SnappyCompressor {
    private static let blockSize = 65_536
    private static let tableBits: UInt32 = 14
    private var table = [UInt16](repeating: 0, count: 1 << 14)

    /// Room that `compress` needs.
    static func bound(_ count: Int) -> Int { 32 + count + count / 6 }

    /// - Precondition: `bound(input.count)` bytes at `output` can be written.
    /// - Returns: bytes written.
    mutating func compress(_ input: UnsafeRawBufferPointer, to output: UnsafeMutablePointer<UInt8>) -> Int {
        var out = 0
        var rest = UInt64(input.count)
        while rest >= 0x80 {
            unsafe output[out] = UInt8(truncatingIfNeeded: rest) | 0x80
            out += 1
            rest >>= 7
        }
        unsafe output[out] = UInt8(rest)
        out += 1
        guard let base = input.baseAddress else { return out }
        var at = 0
        while at < input.count {
            let count = min(SnappyCompressor.blockSize, input.count - at)
            unsafe out += block(base + at, count, output + out)
            at += count
        }
        return out
    }

    private mutating func block(_ input: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<UInt8>) -> Int {
        unsafe table.withUnsafeMutableBufferPointer { table in
            for index in table.indices { unsafe table[index] = 0 }
            var out = 0
            var literal = 0
            var at = 1
            // The last bytes are a literal, so that eight can be read wherever a match may begin.
            let end = count - 15
            var misses: UInt32 = 32
            while at < end {
                let word = unsafe input.loadUnaligned(fromByteOffset: at, as: UInt32.self)
                let slot = Int((word &* 0x1e35_a7bd) >> (32 - SnappyCompressor.tableBits))
                let candidate = unsafe Int(table[slot])
                unsafe table[slot] = UInt16(truncatingIfNeeded: at)
                guard unsafe candidate < at && input.loadUnaligned(fromByteOffset: candidate, as: UInt32.self) == word
                else {
                    // What does not repeat is gone through in larger and larger steps.
                    at += Int(misses >> 5)
                    misses += 1
                    continue
                }
                misses = 32
                var length = 4
                while at + length + 8 <= count {
                    let left = unsafe input.loadUnaligned(fromByteOffset: candidate + length, as: UInt64.self)
                    let right = unsafe input.loadUnaligned(fromByteOffset: at + length, as: UInt64.self)
                    let difference = UInt64(littleEndian: left ^ right)
                    if difference != 0 {
                        length += difference.trailingZeroBitCount / 8
                        break
                    }
                    length += 8
                }
                unsafe out += SnappyCompressor.literal(input + literal, at - literal, output + out)
                unsafe out += SnappyCompressor.copy(at - candidate, length, output + out)
                at += length
                literal = at
            }
            unsafe out += SnappyCompressor.literal(input + literal, count - literal, output + out)
            return out
        }
    }

    private static func literal(_ bytes: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<UInt8>) -> Int {
        guard count > 0 else { return 0 }
        var out = 1
        let size = count - 1
        if size < 60 {
            unsafe output[0] = UInt8(size << 2)
        } else if size < 256 {
            unsafe output[0] = 60 << 2
            unsafe output[1] = UInt8(size)
            out = 2
        } else {
            // A block has 65,536 bytes at most.
            unsafe output[0] = 61 << 2
            unsafe output[1] = UInt8(size & 255)
            unsafe output[2] = UInt8(size >> 8)
            out = 3
        }
        unsafe UnsafeMutableRawPointer(output + out).copyMemory(from: bytes, byteCount: count)
        return out + count
    }

    private static func copy(_ offset: Int, _ count: Int, _ output: UnsafeMutablePointer<UInt8>) -> Int {
        var out = 0
        var rest = count
        while rest > 0 {
            // Not less than four are left for the last one, which may then be short.
            let length = rest > 64 ? (rest < 68 ? 60 : 64) : rest
            if length >= 4, length <= 11, offset < 2048 {
                unsafe output[out] = UInt8(1 | (length - 4) << 2 | (offset >> 8) << 5)
                unsafe output[out + 1] = UInt8(offset & 255)
                out += 2
            } else {
                unsafe output[out] = UInt8(2 | (length - 1) << 2)
                unsafe output[out + 1] = UInt8(offset & 255)
                unsafe output[out + 2] = UInt8(offset >> 8)
                out += 3
            }
            rest -= length
        }
        return out
    }
}
