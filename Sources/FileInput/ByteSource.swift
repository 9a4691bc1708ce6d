import CZlib
import Glibc

/// Bytes that come one after the other and cannot be asked for again at an offset.
package protocol ByteSource: AnyObject {
    /// To wait for; nil when there is always something, up to the end.
    var descriptor: Int32? { get }
    /// - Returns: the bytes read, at most `count`; 0 at the end, nil when nothing has come yet.
    /// - Throws: `StreamError` when the rest cannot be had.
    func read(into buffer: UnsafeMutablePointer<UInt8>, count: Int) throws(StreamError) -> Int?
}

/// A stream broke off.
package struct StreamError: Error, CustomStringConvertible {
    package let path: String
    package let cause: String
    package var description: String { "\(path): \(cause)" }
}

/// A pipe, a terminal, or whatever else a descriptor stands for. It is not closed at the end.
package final class DescriptorSource: ByteSource {
    private let number: Int32

    package init(_ number: Int32) { self.number = number }

    package var descriptor: Int32? { number }

    package func read(into buffer: UnsafeMutablePointer<UInt8>, count: Int) throws(StreamError) -> Int? {
        let got = unsafe Glibc.read(number, buffer, count)
        if got >= 0 { return got }
        let error = errno
        if error == EAGAIN || error == EINTR { return nil }
        throw unsafe StreamError(path: "-", cause: String(cString: strerror(error)))
    }
}

/// A gzip file, decompressed as it is read; members that follow each other are one stream (RFC 1952, section 2.2).
@safe
package final class GzipSource: ByteSource {
    private let path: String
    private let file: gzFile

    package init(path: String) throws(StreamError) {
        self.path = path
        guard let file = unsafe gzopen(path, "rbe") else {
            throw unsafe StreamError(path: path, cause: String(cString: strerror(errno)))
        }
        unsafe gzbuffer(file, 128 * 1024)
        unsafe self.file = file
    }

    deinit { unsafe gzclose(file) }

    package var descriptor: Int32? { nil }

    package func read(into buffer: UnsafeMutablePointer<UInt8>, count: Int) throws(StreamError) -> Int? {
        let got = unsafe gzread(file, buffer, UInt32(min(count, 1 << 20)))
        var number: Int32 = 0
        if got > 0 { return Int(got) }
        let text = unsafe gzerror(file, &number)
        if got == 0, number == Z_OK || number == Z_STREAM_END { return 0 }
        throw unsafe StreamError(path: path, cause: text.map { unsafe String(cString: $0) } ?? "broken gzip data")
    }

    /// Reads over what an earlier run has settled.
    package func skip(_ bytes: UInt64) throws(StreamError) {
        guard bytes > 0 else { return }
        let size = 64 * 1024
        let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
        defer { unsafe scratch.deallocate() }
        var left = bytes
        while left > 0 {
            let got = try unsafe read(into: scratch, count: Int(min(left, UInt64(size)))) ?? 0
            if got == 0 { return }
            left -= UInt64(got)
        }
    }
}
