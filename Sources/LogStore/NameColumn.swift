import Glibc

/// One column of names (services, hosts, files) of a block that is being built: few texts, and which event has which.
///
/// - Shape: texts in the order of their first event; the empty text stands for events that say nothing.
struct NameColumn {
    private(set) var texts: [UInt8] = []
    private(set) var ends: [Int] = []
    private(set) var counts: [Int] = []
    private(set) var indexes: [UInt16] = []

    var count: Int { ends.count }

    mutating func removeAll() {
        texts.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
        indexes.removeAll(keepingCapacity: true)
    }

    /// Adds the name of the next event. Most events have the name of the one before, or one of a few.
    mutating func append(_ name: UnsafeBufferPointer<UInt8>) {
        let index = unsafe find(name) ?? add(name)
        counts[index] += 1
        indexes.append(UInt16(index))
    }

    func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    private func find(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
        if let last = indexes.last, unsafe isEqual(Int(last), name) { return Int(last) }
        return ends.indices.first { unsafe isEqual($0, name) }
    }

    private mutating func add(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        unsafe texts.append(contentsOf: name)
        ends.append(texts.count)
        counts.append(0)
        return ends.count - 1
    }

    private func isEqual(_ index: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let range = range(index)
        guard range.count == name.count else { return false }
        guard let base = name.baseAddress, !range.isEmpty else { return true }
        return unsafe texts.withUnsafeBufferPointer { texts in
            unsafe memcmp(texts.baseAddress! + range.lowerBound, base, range.count) == 0
        }
    }
}
