import CShim
import EventModel
import FileRegistry

/// All files of one input, by name and by inode, and the rows of files that have not been seen since the start.
struct FileTable {
    private(set) var byPath: [String: FileState] = [:]
    private(set) var byInode: [InodeKey: FileState] = [:]
    private(set) var byID: [Int64: FileState] = [:]
    /// Rows of earlier runs whose file has not turned up yet.
    private var dormant: [InodeKey: FileRecord] = [:]
    /// The same by inode alone: device numbers may change with a reboot.
    private var dormantInodes: [UInt64: [InodeKey]] = [:]

    init(records: [FileRecord]) {
        for record in records { park(record) }
    }

    var states: Dictionary<Int64, FileState>.Values { byID.values }
    var count: Int { byID.count }
    var dormantRecords: [FileRecord] { Array(dormant.values) }

    mutating func insert(_ state: FileState) {
        byID[state.id] = state
        byInode[state.key] = state
        if !state.isUnlinked { byPath[state.path] = state }
    }

    mutating func remove(_ state: FileState) {
        byID[state.id] = nil
        if byInode[state.key] === state { byInode[state.key] = nil }
        if byPath[state.path] === state { byPath[state.path] = nil }
    }

    mutating func rename(_ state: FileState, to path: String) {
        if byPath[state.path] === state { byPath[state.path] = nil }
        state.record.path = path
        byPath[path] = state
    }

    /// The file has lost its name.
    mutating func unname(_ state: FileState) {
        if byPath[state.path] === state { byPath[state.path] = nil }
    }

    mutating func park(_ record: FileRecord) {
        let key = InodeKey(device: record.device, inode: record.inode)
        dormant[key] = record
        dormantInodes[record.inode, default: []].append(key)
    }

    /// The row that this file had in an earlier run. The beginning of its content is checked once it is opened.
    mutating func claim(_ stat: nt_stat) -> FileRecord? {
        guard let key = dormantKey(stat), var record = dormant.removeValue(forKey: key) else { return nil }
        dormantInodes[key.inode]?.removeAll { $0 == key }
        record.device = stat.device
        return record
    }

    func isDormant(_ key: InodeKey) -> Bool { dormant[key] != nil }

    private func dormantKey(_ stat: nt_stat) -> InodeKey? {
        func isSame(_ key: InodeKey) -> Bool {
            guard let record = dormant[key] else { return false }
            if record.birth != 0, stat.birth != 0 { return record.birth == stat.birth }
            return key.device == stat.device
        }
        if isSame(stat.key) { return stat.key }
        return dormantInodes[stat.inode]?.first(where: isSame)
    }

    /// Takes a row out that will not be claimed any more.
    mutating func forget(_ record: FileRecord) {
        let key = InodeKey(device: record.device, inode: record.inode)
        dormant[key] = nil
        dormantInodes[record.inode]?.removeAll { $0 == key }
    }
}
