import Glibc

/// The distinct words of a block, and the document that SQLite indexes: the words, each with a blank behind it.
///
/// - Shape: an open hash table over one run of bytes; grows to the largest block and is then reused, so that no event
///   costs an allocation.
/// - Ownership: one thread; the writer's.
@safe
final class WordSet {
    private struct Entry {
        var hash: UInt32
        var start: UInt32
        var length: UInt32
    }

    private var slots: UnsafeMutablePointer<UInt32>
    private var slotMask: Int
    private var entries: [Entry] = []
    private(set) var document: [UInt8] = []

    init() {
        unsafe slots = .allocate(capacity: 1 << 13)
        unsafe slots.initialize(repeating: 0, count: 1 << 13)
        slotMask = 1 << 13 - 1
        document.reserveCapacity(1 << 16)
        entries.reserveCapacity(1 << 12)
    }

    deinit { unsafe slots.deallocate() }

    var count: Int { entries.count }

    func removeAll() {
        unsafe slots.update(repeating: 0, count: slotMask + 1)
        entries.removeAll(keepingCapacity: true)
        document.removeAll(keepingCapacity: true)
    }

    /// - Precondition: the word is in the form that the index keeps (`Words.indexForm`): no blank, at most 64 bytes.
    func insert(_ word: UnsafeBufferPointer<UInt8>) {
        let hash = unsafe WordSet.hash(word)
        var slot = Int(hash) & slotMask
        while true {
            let index = unsafe Int(slots[slot])
            if index == 0 { break }
            let entry = entries[index - 1]
            if entry.hash == hash, Int(entry.length) == word.count, unsafe isEqual(entry, word) { return }
            slot = (slot + 1) & slotMask
        }
        unsafe slots[slot] = UInt32(entries.count + 1)
        entries.append(Entry(hash: hash, start: UInt32(document.count), length: UInt32(word.count)))
        unsafe document.append(contentsOf: word)
        document.append(0x20)
        if entries.count * 2 > slotMask { grow() }
    }

    private func isEqual(_ entry: Entry, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        unsafe document.withUnsafeBufferPointer { bytes in
            unsafe memcmp(bytes.baseAddress! + Int(entry.start), word.baseAddress!, word.count) == 0
        }
    }

    private func grow() {
        let count = (slotMask + 1) * 2
        unsafe slots.deallocate()
        unsafe slots = .allocate(capacity: count)
        unsafe slots.initialize(repeating: 0, count: count)
        slotMask = count - 1
        for (index, entry) in entries.enumerated() {
            var slot = Int(entry.hash) & slotMask
            while unsafe slots[slot] != 0 { slot = (slot + 1) & slotMask }
            unsafe slots[slot] = UInt32(index + 1)
        }
    }

    /// Eight bytes a step, multiplied and folded; good enough for a table whose size an attacker cannot choose beyond a
    /// block's bytes, and seeded all the same.
    private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash = seed ^ UInt64(word.count)
        var at = 0
        let base = unsafe UnsafeRawPointer(word.baseAddress!)
        while at + 8 <= word.count {
            hash = unsafe mix(hash ^ (base + at).loadUnaligned(as: UInt64.self))
            at += 8
        }
        var rest: UInt64 = 0
        var shift: UInt64 = 0
        while at < word.count {
            rest |= unsafe UInt64(word[at]) << shift
            shift += 8
            at += 1
        }
        hash = mix(hash ^ rest)
        return UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low
    }

    private static let seed = UInt64.random(in: .min ... .max)
}
