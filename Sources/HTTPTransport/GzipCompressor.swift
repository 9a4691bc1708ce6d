import CDeflate
package import NIOCore

/// Makes gzip members (RFC 1952) by libdeflate, one body at a time.
///
/// - Shape: the state of one compressor, 0.3 to 9 MB depending on the level, made once per lane.
/// - Ownership: one thread at a time.
@safe
package final class GzipCompressor {
    private let compressor: OpaquePointer

    /// - Parameter level: 1 (fast) to 9 (small).
    package init(level: Int) throws {
        guard let made = unsafe libdeflate_alloc_compressor(Int32(level)) else {
            throw HTTPTransportError(.outOfMemory, "no memory for a gzip compressor")
        }
        unsafe compressor = made
    }

    deinit { unsafe libdeflate_free_compressor(compressor) }

    /// Replaces what is in `output` by the compressed bytes of `input`.
    package func compress(_ input: ByteBuffer, into output: inout ByteBuffer) {
        output.clear()
        let bound = unsafe libdeflate_gzip_compress_bound(compressor, input.readableBytes)
        unsafe output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { target in
            unsafe input.withUnsafeReadableBytes { source in
                // Cannot fail: the room is what the library asks for.
                unsafe libdeflate_gzip_compress(
                    compressor, source.baseAddress, source.count, target.baseAddress, target.count)
            }
        }
    }
}
