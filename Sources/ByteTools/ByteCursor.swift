import Glibc

/// A place to write bytes to, with its end: the output side of the encoders.
///
/// Callers make sure of the room (`room`) once per event and then write without checks; a debug build checks each.
@safe
public struct ByteCursor {
    public private(set) var next: UnsafeMutablePointer<UInt8>
    public let end: UnsafeMutablePointer<UInt8>

    @inlinable
    public init(_ buffer: UnsafeMutableRawBufferPointer) {
        let base = unsafe buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
        unsafe self.init(next: base, end: base + buffer.count)
    }

    @usableFromInline
    init(next: UnsafeMutablePointer<UInt8>, end: UnsafeMutablePointer<UInt8>) {
        unsafe self.next = next
        unsafe self.end = end
    }

    /// Bytes that can still be written.
    @inlinable
    public var room: Int { unsafe end - next }

    /// Moves on over bytes that a C kernel wrote at `next`.
    public mutating func advance(_ count: Int) {
        assert(count <= room)
        unsafe next += count
    }

    public mutating func put(_ byte: UInt8) {
        assert(room >= 1)
        unsafe next.pointee = byte
        unsafe next += 1
    }

    @inline(__always)
    public mutating func put(_ bytes: UnsafePointer<UInt8>, count: Int) {
        assert(room >= count)
        unsafe memcpy(next, bytes, count)
        unsafe next += count
    }

    /// Copies a fixed number of bytes, which is cheaper than a few, and moves on over those that count.
    @inline(__always)
    public mutating func put(_ bytes: UnsafePointer<UInt8>, copying: Int, keeping: Int) {
        assert(room >= copying && keeping <= copying)
        unsafe memcpy(next, bytes, copying)
        unsafe next += keeping
    }

    public mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return }
        unsafe put(base, count: bytes.count)
    }

    public mutating func put(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBufferPointer { unsafe put($0) }
    }

    public mutating func put(_ text: StaticString) {
        unsafe put(text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// Eight bytes in memory order, of which the first `keeping` count.
    @inline(__always)
    public mutating func put(word: UInt64, keeping: Int) {
        assert(room >= 8 && keeping <= 8)
        unsafe UnsafeMutableRawPointer(next).storeBytes(of: word.littleEndian, as: UInt64.self)
        unsafe next += keeping
    }

    /// A big-endian 32-bit number, as in Lumberjack frames.
    public mutating func putBigEndian(_ value: UInt32) {
        assert(room >= 4)
        unsafe UnsafeMutableRawPointer(next).storeBytes(of: value.bigEndian, as: UInt32.self)
        unsafe next += 4
    }
}
