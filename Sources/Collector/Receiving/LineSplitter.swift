import Glibc

/// The lines of a body, without line feeds and the carriage returns in front of them.
struct LineSplitter {
    private let bytes: [UInt8]
    private let end: Int
    private var at = 0

    /// - Parameter end: where the lines end; padding may follow.
    init(_ bytes: [UInt8], end: Int) {
        self.bytes = bytes
        self.end = end
    }

    mutating func next() -> Range<Int>? {
        guard at < end else { return nil }
        let start = at
        let length = unsafe bytes.withUnsafeBufferPointer { buffer in
            let base = unsafe buffer.baseAddress! + start
            guard let found = unsafe memchr(base, 0x0a, end - start) else { return end - start }
            return unsafe found.assumingMemoryBound(to: UInt8.self) - UnsafeMutablePointer(mutating: base)
        }
        at = start + length + 1
        let hasReturn = length > 0 && bytes[start + length - 1] == 0x0d
        return start..<(start + length - (hasReturn ? 1 : 0))
    }

    /// The next line that is not blank.
    mutating func nextFilled() -> Range<Int>? {
        while let line = next() {
            if !bytes[line].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return line }
        }
        return nil
    }
}
