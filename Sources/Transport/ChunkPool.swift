package import NIOCore

/// Buffers that events are encoded into, used again once the kernel has taken their bytes.
///
/// A fresh buffer of this size costs a page fault per 4 KiB, more than encoding into it.
/// - Ownership: one event loop.
package struct ChunkPool {
    /// Bytes of a pooled buffer.
    package let capacity: Int
    private let allocator = ByteBufferAllocator()
    private var free: [ByteBuffer] = []
    private let keep: Int

    package init(capacity: Int, keep: Int = 8) {
        self.capacity = capacity
        self.keep = keep
    }

    /// An empty buffer; larger ones than the pool's are made for the occasion.
    package mutating func take(capacity wanted: Int = 0) -> ByteBuffer {
        if wanted <= capacity, var buffer = free.popLast() {
            // Only now: when it is given back, the write that ended may still hold it, and clearing would make a new one.
            buffer.clear()
            return buffer
        }
        return allocator.buffer(capacity: max(capacity, wanted))
    }

    package mutating func giveBack(_ buffer: consuming ByteBuffer) {
        guard buffer.storageCapacity == capacity, free.count < keep else { return }
        free.append(buffer)
    }

    /// Whether there is more than `trim` would leave.
    package var hasSpare: Bool { free.count > 1 }

    /// Frees all but one: a lane with nothing to do holds little memory.
    package mutating func trim() {
        if free.count > 1 { free.removeSubrange(1...) }
    }
}
