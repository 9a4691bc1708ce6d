/// Finds a value by its path among those of one event.
///
/// - Shape: open addressing, at most half full; cleared by a new stamp, not by writing.
struct PathIndex {
    private struct Entry {
        var hash: UInt64 = 0
        var stamp: UInt32 = 0
        var leaf: Int32 = 0
    }

    private var entries = [Entry](repeating: Entry(), count: 128)
    private var stamp: UInt32 = 1
    private var count = 0

    mutating func clear() {
        count = 0
        stamp &+= 1
        if stamp == 0 || entries.count > 1 << 16 {
            entries = [Entry](repeating: Entry(), count: 128)
            stamp = 1
        }
    }

    /// - Parameter isSame: whether the leaf of this number has the path that is looked for.
    /// - Returns: the first leaf with this path; -1 when it is this one.
    mutating func insert(_ hash: UInt64, _ leaf: Int32, _ isSame: (Int32) -> Bool) -> Int32 {
        if 2 * count >= entries.count { grow() }
        var at = Int(truncatingIfNeeded: hash) & (entries.count - 1)
        while entries[at].stamp == stamp {
            if entries[at].hash == hash, isSame(entries[at].leaf) { return entries[at].leaf }
            at = (at + 1) & (entries.count - 1)
        }
        entries[at] = Entry(hash: hash, stamp: stamp, leaf: leaf)
        count += 1
        return -1
    }

    private mutating func grow() {
        let old = entries
        entries = [Entry](repeating: Entry(), count: 2 * old.count)
        for entry in old where entry.stamp == stamp {
            var at = Int(truncatingIfNeeded: entry.hash) & (entries.count - 1)
            while entries[at].stamp == stamp { at = (at + 1) & (entries.count - 1) }
            entries[at] = entry
        }
    }
}
