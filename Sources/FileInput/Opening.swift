/// Hash of a file's first bytes, of those that have been read: no append changes them. When they have changed, the
/// file was truncated and written anew, however much of it looks as before in front of the position.
///
/// - Units: `length` in bytes (at most `maximum`); `hash` is FNV-1a, 64 bit, which grows with the file.
struct Opening: Equatable {
    static let maximum = 1024
    static let none = Opening()

    private var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    private(set) var length = 0

    /// Takes bytes that were read at `offset`, those of them that follow on what it has.
    mutating func extend(at offset: UInt64, _ bytes: UnsafePointer<UInt8>, count: Int) {
        guard offset == UInt64(length) else { return }
        let taken = min(count, Opening.maximum - length)
        for index in 0..<max(0, taken) { unsafe add(bytes[index]) }
    }

    /// Takes the first `end` bytes of the file from its head.
    mutating func extend(from head: [UInt8], end: UInt64) {
        let last = min(head.count, Int(min(end, UInt64(Opening.maximum))))
        while length < last { add(head[length]) }
    }

    /// How long it can be when everything up to a position has been read.
    static func length(at position: UInt64) -> Int { Int(min(position, UInt64(maximum))) }

    func begins(_ head: [UInt8]) -> Bool {
        unsafe head.withUnsafeBufferPointer { bytes in
            guard bytes.count >= length, let first = bytes.baseAddress else { return length == 0 }
            return unsafe isHash(of: first)
        }
    }

    /// Whether the file begins so; costs one small read.
    func begins(descriptor: Int32) throws(Syscall.Failure) -> Bool {
        let length = self.length
        if length == 0 { return true }
        let result = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) {
            bytes -> Result<Bool, Syscall.Failure> in
            do throws(Syscall.Failure) {
                let got = try unsafe Syscall.read(descriptor, into: bytes.baseAddress!, count: length, at: 0)
                return unsafe .success(got == length && isHash(of: bytes.baseAddress!))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func isHash(of bytes: UnsafePointer<UInt8>) -> Bool {
        var other = Opening()
        unsafe other.extend(at: 0, bytes, count: length)
        return other == self
    }

    private mutating func add(_ byte: UInt8) {
        hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        length += 1
    }
}
