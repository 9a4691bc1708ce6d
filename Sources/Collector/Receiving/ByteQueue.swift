/// Bytes that come in at the end and are taken from the front.
struct ByteQueue {
    /// Capacity beyond this is given back when the queue is empty.
    private static let keptCapacity = 256 * 1024
    /// To append to.
    var bytes: [UInt8] = []
    private var start = 0

    var count: Int { bytes.count - start }
    var isEmpty: Bool { count == 0 }

    func byte(at offset: Int) -> UInt8? { offset < count ? bytes[start + offset] : nil }

    /// A big-endian number.
    func number(at offset: Int) -> UInt32? {
        guard offset + 4 <= count else { return nil }
        return bytes[(start + offset)..<(start + offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func append(_ more: UnsafeRawBufferPointer) { unsafe bytes.append(contentsOf: more) }

    mutating func drop(_ count: Int) { start += count }

    /// - Parameter range: offsets from the front.
    func withBytes<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(range.upperBound <= count)
        return try unsafe bytes.withUnsafeBufferPointer { (all) throws(Failure) in
            let part = unsafe all[(start + range.lowerBound)..<(start + range.upperBound)]
            return try unsafe body(UnsafeBufferPointer(rebasing: part))
        }
    }

    /// Gives back what was taken.
    mutating func compact() {
        if isEmpty {
            if bytes.capacity > ByteQueue.keptCapacity { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
        } else if start > bytes.count / 2 {
            bytes.removeSubrange(..<start)
        } else {
            return
        }
        start = 0
    }
}
