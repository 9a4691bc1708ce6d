/// SipHash-2-4 with 128 bits of output.
///
/// - Source: Aumasson and Bernstein, https://github.com/veorq/SipHash; the first two of its test vectors for 128 bits
///   are in the tests.
enum SipHash {
    struct Key: Sendable, Equatable {
        let first: UInt64
        let second: UInt64

        init(first: UInt64, second: UInt64) {
            self.first = first
            self.second = second
        }

        /// nil unless there are 16 bytes.
        init?(bytes: [UInt8]) {
            guard bytes.count == 16 else { return nil }
            first = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
            second = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
        }

        var bytes: [UInt8] { SipHash.bytes(first, second) }

        static func random() -> Key { Key(first: .random(in: .min ... .max), second: .random(in: .min ... .max)) }
    }

    private struct State {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        init(_ key: Key) {
            v0 = key.first ^ 0x736f_6d65_7073_6575
            v1 = key.second ^ 0x646f_7261_6e64_6f6d ^ 0xee
            v2 = key.first ^ 0x6c79_6765_6e65_7261
            v3 = key.second ^ 0x7465_6462_7974_6573
        }

        mutating func round() {
            v0 &+= v1
            v1 = (v1 << 13 | v1 >> 51) ^ v0
            v0 = v0 << 32 | v0 >> 32
            v2 &+= v3
            v3 = (v3 << 16 | v3 >> 48) ^ v2
            v0 &+= v3
            v3 = (v3 << 21 | v3 >> 43) ^ v0
            v2 &+= v1
            v1 = (v1 << 17 | v1 >> 47) ^ v2
            v2 = v2 << 32 | v2 >> 32
        }

        mutating func add(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        mutating func finish() -> UInt64 {
            for _ in 0..<4 { round() }
            return v0 ^ v1 ^ v2 ^ v3
        }
    }

    static func hash128(_ bytes: UnsafeBufferPointer<UInt8>, key: Key) -> (UInt64, UInt64) {
        var state = State(key)
        var at = 0
        while at + 8 <= bytes.count {
            state.add(unsafe word(bytes, at, 8))
            at += 8
        }
        state.add(unsafe word(bytes, at, bytes.count - at) | UInt64(truncatingIfNeeded: bytes.count) << 56)
        state.v2 ^= 0xee
        let first = state.finish()
        state.v1 ^= 0xdd
        return (first, state.finish())
    }

    /// 16 bytes, big-endian.
    static func bytes(_ first: UInt64, _ second: UInt64) -> [UInt8] {
        [first, second].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }

    /// So many bytes from there, little endian.
    private static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ count: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in 0..<count { word |= unsafe UInt64(bytes[at + index]) << UInt64(8 * index) }
        return word
    }
}
