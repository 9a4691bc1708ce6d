import ByteTools

/// Memory that is written to again and again, as an output's buffer is.
@safe
final class Scratch: @unchecked Sendable {
    // Safety: one thread at a time writes to it, the one that runs the case or the pipeline's.
    let buffer: UnsafeMutableRawBufferPointer

    init(capacity: Int) {
        unsafe buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
    }

    deinit { unsafe buffer.deallocate() }

    var capacity: Int { unsafe buffer.count }
    /// At its start.
    var cursor: ByteCursor { unsafe ByteCursor(buffer) }
}
