package import ByteTools
import Glibc

/// Bytes one behind the other, in memory that grows to its largest use and is used again.
///
/// - Shape: one block of memory; what was written may move with the next write, so places in it are counted from its
///   start.
/// - Ownership: one thread at a time.
@safe
package final class ByteArena {
    /// Bytes behind the capacity that may be read, which kernels do.
    static let padding = 64
    /// More than this is given back by `clear`.
    static let kept = 16 << 20

    /// The first byte; valid until the next write.
    package private(set) var base: UnsafeMutablePointer<UInt8>
    package private(set) var capacity: Int
    package private(set) var count = 0

    package init(capacity: Int = 4096) {
        unsafe base = .allocate(capacity: capacity + ByteArena.padding)
        self.capacity = capacity
    }

    deinit { unsafe base.deallocate() }

    package func clear() {
        count = 0
        guard capacity > ByteArena.kept else { return }
        unsafe base.deallocate()
        capacity = 4096
        unsafe base = .allocate(capacity: capacity + ByteArena.padding)
    }

    /// Forgets what is behind the first `count` bytes.
    package func drop(behind count: Int) {
        precondition(count <= self.count)
        self.count = count
    }

    /// Makes sure that `more` bytes can be written.
    @inline(__always)
    package func reserve(_ more: Int) {
        if capacity - count < more { grow(more) }
    }

    @inline(never)
    private func grow(_ more: Int) {
        let wanted = max(2 * capacity, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted + ByteArena.padding)
        unsafe memcpy(larger, base, count)
        unsafe base.deallocate()
        unsafe base = larger
        capacity = wanted
    }

    // MARK: Writing

    @inline(__always)
    package func put(_ byte: UInt8) {
        reserve(1)
        unsafe base[count] = byte
        count += 1
    }

    package func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count)
        unsafe memcpy(base + count, start, bytes.count)
        count += bytes.count
    }

    package func put(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBufferPointer { unsafe put($0) } }

    package func put(_ text: StaticString) {
        unsafe put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends a part of another arena, or of this one.
    package func put(_ other: ByteArena, _ range: Range<Int>) {
        precondition(range.upperBound <= other.count)
        reserve(range.count)
        unsafe memcpy(base + count, other.base + range.lowerBound, range.count)
        count += range.count
    }

    /// Writes through a cursor with `room` bytes.
    /// - Returns: what `body` returns.
    package func write<Result>(room: Int, _ body: (inout ByteCursor) -> Result) -> Result {
        reserve(room)
        var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(start: base + count, count: room))
        let result = body(&cursor)
        count += room - cursor.room
        return result
    }

    /// The decimal digits of a number.
    package func put(decimal value: Int64) {
        if value < 0 { put(0x2d) }
        write(room: DecimalDigits.room) { DecimalDigits(value.magnitude).write(to: &$0) }
    }

    /// The bytes of a range, until the next write.
    package func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        precondition(range.upperBound <= count)
        return unsafe UnsafeBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    /// A copy, for callers that are in no hurry.
    package var copy: [UInt8] { unsafe Array(bytes(0..<count)) }
}
