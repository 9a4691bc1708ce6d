import CZlib

/// Inflates a stream piece by piece, so that what comes out can be bounded before memory is taken.
@safe
final class InflateStream {
    /// What is in front of the compressed bytes.
    enum Format: Int32 {
        /// RFC 1950.
        case zlib = 15
        /// RFC 1952, or RFC 1950: zlib finds out.
        case gzipOrZlib = 47
    }

    struct Failure: Error {}

    /// Bytes that come out of one step at most.
    static let pieceBytes = 64 * 1024
    private let stream: UnsafeMutablePointer<z_stream>
    private let piece: UnsafeMutableBufferPointer<UInt8>
    /// The end of the compressed stream was reached.
    private(set) var isAtEnd = false

    init(_ format: Format) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        unsafe piece = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: InflateStream.pieceBytes)
        let size = unsafe CInt(MemoryLayout<z_stream>.size)
        let status = unsafe inflateInit2_(stream, format.rawValue, ZLIB_VERSION, size)
        precondition(status == Z_OK, "zlib has no memory")
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
        unsafe piece.deallocate()
    }

    /// To begin with another stream.
    func reset() {
        unsafe inflateReset(stream)
        isAtEnd = false
    }

    /// Inflates some of `input`, and appends what comes out.
    /// - Returns: bytes taken; with none taken and none made, more input is needed.
    func step(_ input: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) throws(Failure) -> (taken: Int, made: Int)
    {
        guard !isAtEnd else { return (0, 0) }
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.pointee.avail_in = UInt32(clamping: input.count)
        unsafe stream.pointee.next_out = piece.baseAddress
        unsafe stream.pointee.avail_out = UInt32(piece.count)
        let offered = unsafe stream.pointee.avail_in
        let status = unsafe inflate(stream, Z_NO_FLUSH)
        let taken = unsafe Int(offered - stream.pointee.avail_in)
        let made = unsafe piece.count - Int(stream.pointee.avail_out)
        unsafe output.append(contentsOf: piece[..<made])
        switch status {
        case Z_STREAM_END: isAtEnd = true
        case Z_OK, Z_BUF_ERROR: break
        default: throw Failure()
        }
        return (taken, made)
    }
}
