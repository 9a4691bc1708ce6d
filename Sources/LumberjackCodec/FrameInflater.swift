import CZlib

/// Inflates the inside of a compressed frame piece by piece, so that a small frame cannot grow into a large memory.
struct FrameInflater {
    private static let pieceBytes = 64 * 1024
    /// Most bytes that come out of one frame.
    let limit: Int

    func inflate(
        _ frame: Span<UInt8>, _ take: ([UInt8]) throws(LumberjackError) -> Void
    ) throws(LumberjackError) {
        let input = unsafe frame.withUnsafeBufferPointer { unsafe Array($0) }
        var stream = unsafe z_stream()
        guard unsafe inflateInit_(&stream, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw LumberjackError(.compressed, "zlib has no memory")
        }
        defer { unsafe inflateEnd(&stream) }
        var total = 0
        var consumed = 0
        while true {
            var status = Z_OK
            var used = 0
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: FrameInflater.pieceBytes) { output, count in
                (status, used, count) = unsafe FrameInflater.step(&stream, input, from: consumed, output)
            }
            consumed += used
            total += piece.count
            guard total <= limit else {
                throw LumberjackError(.compressed, "a compressed frame grows beyond \(limit) bytes")
            }
            if !piece.isEmpty { try take(piece) }
            if status == Z_STREAM_END {
                guard consumed == input.count else {
                    throw LumberjackError(.compressed, "bytes behind the zlib stream of a compressed frame")
                }
                return
            }
            guard status == Z_OK, used > 0 || !piece.isEmpty else {
                throw LumberjackError(.compressed, "a compressed frame is no whole zlib stream")
            }
        }
    }

    /// One call of inflate(): status, bytes taken, bytes made.
    private static func step(
        _ stream: inout z_stream, _ input: [UInt8], from start: Int, _ output: UnsafeMutableBufferPointer<UInt8>
    ) -> (CInt, Int, Int) {
        unsafe input.withUnsafeBufferPointer { bytes in
            let available = bytes.count - start
            unsafe stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress).map { unsafe $0 + start }
            unsafe stream.avail_in = UInt32(available)
            unsafe stream.next_out = output.baseAddress
            unsafe stream.avail_out = UInt32(output.count)
            let status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
            let left = unsafe Int(stream.avail_in)
            let free = unsafe Int(stream.avail_out)
            return (status, available - left, output.count - free)
        }
    }
}
