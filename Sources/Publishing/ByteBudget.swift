import ByteTools

/// The memory that a pipeline may hold between reading and settlement, lent out as slabs.
///
/// - Units: bytes of slabs, whole, however little of one is filled.
/// - Invariant: `used` is at most `limit`, unless a single slab larger than that is all there is.
struct ByteBudget {
    let limit: Int
    /// Bytes that are lent.
    private(set) var used = 0
    private var pool: SlabPool

    /// - Parameter maxBytes: most bytes of a batch. Slabs are smaller where two per lane would not fit into the limit.
    init(limit: Int, lanes: Int, maxBytes: Int) {
        self.limit = limit
        let slab = min(maxBytes, max(4096, limit / (2 * lanes)))
        pool = SlabPool(slabCapacity: slab, keep: max(2, min(8, limit / slab)))
    }

    /// Whether a slab of the usual size can be had.
    var hasRoom: Bool { hasRoom(for: pool.slabCapacity) }

    private func hasRoom(for bytes: Int) -> Bool { used == 0 || bytes <= limit - used }

    /// A slab of at least so many bytes; nil when they would go beyond the limit and something else is lent.
    mutating func take(room: Int) -> Slab? {
        let size = max(room, pool.slabCapacity)
        guard hasRoom(for: size) else { return nil }
        let slab = pool.take(capacity: size)
        used += slab.capacity
        return slab
    }

    mutating func giveBack(_ slab: Slab) {
        used -= slab.capacity
        pool.giveBack(slab)
    }

    /// Frees the slabs that are kept for reuse.
    mutating func trim() { pool.trim() }
}
