/// A block of raw memory that one batch of lines lives in.
///
/// - Shape: `capacity` bytes plus `padding` readable bytes behind them, so that vector code may read past a line's end.
/// - Ownership: written by the thread that fills the batch, read-only once the batch is sealed.
@safe
package final class Slab: @unchecked Sendable {
    // Safety: `base` is only written before the batch that holds the slab is handed over, by one thread.
    /// Bytes behind `capacity` that may be read (not written by `SlabPool` users).
    package static let padding = 64

    package let base: UnsafeMutablePointer<UInt8>
    package let capacity: Int

    package init(capacity: Int) {
        unsafe base = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + Slab.padding)
        unsafe (base + capacity).initialize(repeating: 0, count: Slab.padding)
        self.capacity = capacity
    }

    deinit {
        unsafe base.deallocate()
    }
}

/// Keeps a few slabs of one size, so that a busy pipeline allocates none.
///
/// - Ownership: one thread; the pipeline's.
package struct SlabPool {
    /// Capacity of the slabs that are pooled. Larger ones (for a line longer than that) are made and freed singly.
    package let slabCapacity: Int
    private var free: [Slab] = []
    private let keep: Int

    /// - Parameter keep: how many unused slabs are kept for reuse.
    package init(slabCapacity: Int, keep: Int) {
        self.slabCapacity = slabCapacity
        self.keep = keep
    }

    package mutating func take(capacity: Int) -> Slab {
        if capacity <= slabCapacity {
            return free.popLast() ?? Slab(capacity: slabCapacity)
        }
        return Slab(capacity: capacity)
    }

    package mutating func giveBack(_ slab: Slab) {
        if slab.capacity == slabCapacity, free.count < keep { free.append(slab) }
    }

    /// Frees the unused slabs: a pipeline with nothing to do holds no memory.
    package mutating func trim() {
        free.removeAll(keepingCapacity: false)
    }
}
