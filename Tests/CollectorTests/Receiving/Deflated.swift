import CZlib

/// Compressed bytes, as clients send them.
enum Deflated {
    struct Failure: Error {}

    static func bytes(_ plain: [UInt8], gzip: Bool = true) throws -> [UInt8] {
        var stream = unsafe z_stream()
        let size = unsafe CInt(MemoryLayout<z_stream>.size)
        let status = unsafe deflateInit2_(
            &stream, 6, Z_DEFLATED, gzip ? 31 : 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        guard status == Z_OK else { throw Failure() }
        defer { unsafe deflateEnd(&stream) }
        let bound = unsafe Int(deflateBound(&stream, uLong(plain.count)))
        return try unsafe plain.withUnsafeBufferPointer { input in
            try unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
                unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                guard unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END else { throw Failure() }
                count = unsafe bound - Int(stream.avail_out)
            }
        }
    }
}
