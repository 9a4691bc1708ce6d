/// A 64-bit hash of short byte strings: the same on every host and in every version, since the store keeps it.
///
/// - Source: eight bytes at a time into the high and low half of a 128-bit product, as in wyhash and its kin.
/// - Not for secrets: who writes the logs can make two words collide, and gains a row that is looked at in vain.
package enum WordHash {
    /// - Precondition: `count` bytes at `bytes` are readable.
    @inlinable
    package static func of(_ bytes: UnsafePointer<UInt8>, count: Int) -> UInt64 {
        var hash: UInt64 = 0x9e37_79b9_7f4a_7c15 ^ UInt64(truncatingIfNeeded: count)
        var at = 0
        while count &- at >= 8 {
            let chunk = unsafe UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt64.self)
            hash = mix(hash ^ UInt64(littleEndian: chunk))
            at &+= 8
        }
        var tail: UInt64 = 0
        var shift: UInt64 = 0
        while at < count {
            tail |= unsafe UInt64(bytes[at]) &<< shift
            shift &+= 8
            at &+= 1
        }
        return mix(hash ^ tail)
    }

    @inlinable
    package static func of(_ bytes: Span<UInt8>) -> UInt64 {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return mix(0x9e37_79b9_7f4a_7c15) }
            return unsafe of(base, count: buffer.count)
        }
    }

    @inlinable
    static func mix(_ value: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
        return high ^ low
    }
}
