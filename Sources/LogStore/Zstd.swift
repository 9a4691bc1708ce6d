import CZstd

/// Compresses blocks: one frame each, with its size and a checksum.
///
/// - Ownership: one thread; the writer's. The context (about 1 MB) and the output are reused.
@safe
final class ZstdEncoder {
    private let context: OpaquePointer
    private var buffer: UnsafeMutableRawBufferPointer

    init(level: Int32) {
        guard let context = unsafe ZSTD_createCCtx() else { fatalError("out of memory") }
        unsafe self.context = context
        unsafe buffer = .allocate(byteCount: 1 << 16, alignment: 16)
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        unsafe ZSTD_freeCCtx(context)
        unsafe buffer.deallocate()
    }

    /// Calls `body` with the frame, which is valid until the next call.
    func compress<Result>(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let bound = ZSTD_compressBound(bytes.count)
        if unsafe buffer.count < bound {
            unsafe buffer.deallocate()
            unsafe buffer = .allocate(byteCount: bound, alignment: 16)
        }
        let count = unsafe bytes.withUnsafeBytes { bytes in
            unsafe ZSTD_compress2(context, buffer.baseAddress, buffer.count, bytes.baseAddress, bytes.count)
        }
        precondition(ZSTD_isError(count) == 0, "the output has room for any input")
        return try unsafe body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
}

/// Unpacks what `ZstdEncoder` packed.
///
/// - Ownership: one thread at a time.
/// - Errors: `Damage` for a frame that is cut, changed, or larger than `most`.
@safe
final class ZstdDecoder {
    struct Damage: Error { let reason: String }

    private let context: OpaquePointer

    init() {
        guard let context = unsafe ZSTD_createDCtx() else { fatalError("out of memory") }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    /// - Parameter most: more than this is damage; memory is only taken for less.
    func decompress(_ frame: UnsafeRawBufferPointer, most: Int) throws(Damage) -> [UInt8] {
        let size = unsafe ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
        guard size <= UInt64(most) else { throw Damage(reason: "a block's size is not what it can be") }
        var count = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, initialized in
            count = unsafe ZSTD_decompressDCtx(
                context, buffer.baseAddress, buffer.count, frame.baseAddress, frame.count)
            initialized = ZSTD_isError(count) == 0 ? count : 0
        }
        guard ZSTD_isError(count) == 0 else {
            throw Damage(reason: unsafe "zstd: " + String(cString: ZSTD_getErrorName(count)))
        }
        guard bytes.count == Int(size) else { throw Damage(reason: "a block is shorter than it says") }
        return bytes
    }
}
