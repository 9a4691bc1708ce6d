import EventFields

/// Records of one body, gathered by a key that many of them share: a resource, or a set of labels.
///
/// Groups come in the order in which they were first seen, and records in the order in which they came.
/// - Shape: keys and records lie one behind the other in two arenas; records of a group are linked by their numbers.
/// - Ownership: one thread at a time.
package final class RecordGroups {
    /// Groups of one body; an event of one more begins the next body.
    package static let maximum = 1024

    package struct Group {
        fileprivate let hash: UInt64
        /// In `keys`.
        package let key: Range<Int>
        package fileprivate(set) var first: Int32
        fileprivate var last: Int32
        /// Bytes of its records, and what they need as fields of type 2.
        package fileprivate(set) var bytes = 0
        package fileprivate(set) var fieldBytes = 0
    }

    package struct Record {
        /// In `records`.
        package let range: Range<Int>
        /// Number of the next record of the group; -1: this was the last.
        package fileprivate(set) var next: Int32 = -1
    }

    package let keys = ByteArena()
    package let records = ByteArena(capacity: 64 * 1024)
    package private(set) var groups: [Group] = []
    package private(set) var list: [Record] = []
    private var table = [Int32](repeating: -1, count: 2 * RecordGroups.maximum)
    private var lastGroup = -1

    package init() {}

    package func clear() {
        keys.clear()
        records.clear()
        if groups.count == 1 {
            table[slot(groups[0].hash)] = -1
        } else if groups.count > 1 {
            for index in table.indices { table[index] = -1 }
        }
        groups.removeAll(keepingCapacity: true)
        list.removeAll(keepingCapacity: true)
        lastGroup = -1
    }

    /// Takes the record that was written behind `recordStart`, whose key was written behind `keyStart`.
    ///
    /// - Parameters:
    ///   - limit: bytes of all keys and records.
    ///   - overhead: bytes that a group takes besides its key and records.
    ///   - alone: there may be no other group.
    /// - Returns: false, and all as it was, when that would be too much; the first record is always taken.
    package func take(
        keyFrom keyStart: Int, recordFrom recordStart: Int, limit: Int, overhead: Int, alone: Bool = false
    ) -> Bool {
        let count = records.count - recordStart
        let known = find(keyStart)
        let more = known.map { _ in 0 } ?? overhead
        let total =
            (known == nil ? keys.count : keyStart) + records.count + (groups.count * overhead) + more
            + list.count * RecordGroups.framing
        let isOneTooMany = known == nil ? groups.count == RecordGroups.maximum || alone : alone && groups.count > 1
        if !list.isEmpty, total > limit || isOneTooMany {
            keys.drop(behind: keyStart)
            records.drop(behind: recordStart)
            return false
        }
        let group = known ?? add(keyStart)
        if known != nil { keys.drop(behind: keyStart) }
        let number = Int32(list.count)
        list.append(Record(range: recordStart..<records.count))
        if groups[group].last >= 0 {
            list[Int(groups[group].last)].next = number
        } else {
            groups[group].first = number
        }
        groups[group].last = number
        groups[group].bytes += count
        groups[group].fieldBytes += ByteArena.fieldSize(count)
        lastGroup = group
        return true
    }

    /// What a record takes besides its bytes, about.
    private static let framing = 4

    /// Bytes of all that was taken.
    package var byteCount: Int { keys.count + records.count }

    private func slot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 20) & (table.count - 1) }

    private func isKey(_ group: Int, _ start: Int) -> Bool {
        unsafe EventReader.isSame(keys.bytes(groups[group].key), keys.bytes(start..<keys.count))
    }

    private func hash(_ start: Int) -> UInt64 {
        unsafe WordHash.of(keys.base + start, count: keys.count - start)
    }

    private func find(_ start: Int) -> Int? {
        if lastGroup >= 0, isKey(lastGroup, start) { return lastGroup }
        let hash = hash(start)
        var at = slot(hash)
        while table[at] >= 0 {
            let group = Int(table[at])
            if groups[group].hash == hash, isKey(group, start) { return group }
            at = (at + 1) & (table.count - 1)
        }
        return nil
    }

    private func add(_ start: Int) -> Int {
        let hash = hash(start)
        var at = slot(hash)
        while table[at] >= 0 { at = (at + 1) & (table.count - 1) }
        table[at] = Int32(groups.count)
        groups.append(Group(hash: hash, key: start..<keys.count, first: -1, last: -1))
        return groups.count - 1
    }
}
