import ByteTools

/// The memory that a pipeline may hold between reading and settlement, lent out to its lanes as slabs.
///
/// Every lane has a share that no other lane can take, so that one whose host is down cannot stop the others; what is
/// left over goes to whoever comes first.
///
/// - Units: bytes of slabs, whole, however little of one is filled.
/// - Invariant: `used` is at most `limit`, but for a single slab that a line larger than what its lane can have needs.
struct ByteBudget {
    let limit: Int
    /// Bytes of each lane that the others leave alone: room for at least two slabs.
    let share: Int
    /// Bytes that are lent.
    private(set) var used = 0
    /// The same by lane, without the large slab.
    private var held: [Int]
    /// The slab that went beyond the rules, and the lane that has it: it held nothing before, and gets nothing more
    /// until it gives that slab back.
    private var large: (lane: Int, bytes: Int)?
    private var pool: SlabPool

    /// - Parameters:
    ///   - maxBytes: most bytes of a batch. Slabs are smaller where two per lane would not fit into the limit.
    ///   - window: deliveries in flight per lane; the share keeps them going while another batch is filled.
    init(limit: Int, lanes: Int, maxBytes: Int, window: Int) {
        self.limit = limit
        let slab = min(maxBytes, max(min(4096, limit / lanes), limit / (2 * lanes)))
        share = min(limit / lanes, max(2, window + 1) * slab)
        held = Array(repeating: 0, count: lanes)
        pool = SlabPool(slabCapacity: slab, keep: max(2, min(8, limit / slab)))
    }

    /// Bytes of a slab, unless a single line is longer.
    var slabBytes: Int { pool.slabCapacity }

    /// Whether a slab of the usual size can be had by any lane.
    var hasRoom: Bool { held.indices.contains { hasRoom($0, for: pool.slabCapacity) } }

    private func hasRoom(_ lane: Int, for bytes: Int) -> Bool {
        if large?.lane == lane { return false }
        if held[lane] == 0, large == nil { return true }
        return fits(lane, bytes)
    }

    private func fits(_ lane: Int, _ bytes: Int) -> Bool {
        var sum = 0
        for index in held.indices { sum += max(share, held[index] + (index == lane ? bytes : 0)) }
        return sum <= limit
    }

    /// A slab of at least so many bytes; nil when the lane can have none before something is given back.
    mutating func take(lane: Int, room: Int) -> Slab? {
        let size = max(room, pool.slabCapacity)
        guard hasRoom(lane, for: size) else { return nil }
        let slab = pool.take(capacity: size)
        if fits(lane, slab.capacity) { held[lane] += slab.capacity } else { large = (lane, slab.capacity) }
        used += slab.capacity
        return slab
    }

    mutating func giveBack(_ slab: Slab, lane: Int) {
        if large?.lane == lane { large = nil } else { held[lane] -= slab.capacity }
        used -= slab.capacity
        pool.giveBack(slab)
    }

    /// Frees the slabs that are kept for reuse.
    mutating func trim() { pool.trim() }
}
