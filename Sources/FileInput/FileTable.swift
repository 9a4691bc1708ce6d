import CShim
import EventModel
import FileRegistry

/// All files of one input, by name and by inode, and the rows of files that have not been seen since the start.
struct FileTable {
    private(set) var byPath: [String: FileState] = [:]
    private(set) var byInode: [InodeKey: FileState] = [:]
    private(set) var byID: [Int64: FileState] = [:]
    /// Rows whose file is not there, or has not turned up yet.
    private var dormant: [Int64: FileRecord] = [:]
    /// The same by inode alone: device numbers may change with a reboot, and an inode may have served several files.
    private var dormantInodes: [UInt64: [Int64]] = [:]

    init(records: [FileRecord]) {
        for record in records { park(record) }
    }

    var states: Dictionary<Int64, FileState>.Values { byID.values }
    var count: Int { byID.count }
    var dormantRecords: [FileRecord] { Array(dormant.values) }

    mutating func insert(_ state: FileState) {
        byID[state.id] = state
        byInode[state.key] = state
        byPath[state.path] = state
    }

    mutating func remove(_ state: FileState) {
        state.isGone = true
        byID[state.id] = nil
        if byInode[state.key] === state { byInode[state.key] = nil }
        unname(state)
    }

    mutating func rename(_ state: FileState, to path: String) {
        unname(state)
        state.record.path = path
        byPath[path] = state
    }

    /// The file has lost its name.
    mutating func unname(_ state: FileState) {
        if byPath[state.path] === state { byPath[state.path] = nil }
    }

    mutating func park(_ record: FileRecord) {
        dormant[record.id] = record
        dormantInodes[record.inode, default: []].append(record.id)
    }

    /// The row that this file had before. The beginning of its content is checked once it is opened.
    mutating func claim(_ stat: nt_stat) -> FileRecord? {
        guard let id = candidate(stat), var record = dormant[id] else { return nil }
        forget(record)
        record.device = stat.device
        return record
    }

    /// A row may belong to a file with this inode number.
    func mayHaveRow(inode: UInt64) -> Bool { dormantInodes[inode] != nil }

    /// Birth times decide where both are known, else the device number has to be the same. The latest row counts.
    private func candidate(_ stat: nt_stat) -> Int64? {
        dormantInodes[stat.inode]?.filter { id in
            guard let record = dormant[id] else { return false }
            if record.birth != 0, stat.birth != 0 { return record.birth == stat.birth }
            return record.device == stat.device
        }.max()
    }

    /// Takes a row out that will not be claimed any more.
    mutating func forget(_ record: FileRecord) {
        dormant[record.id] = nil
        dormantInodes[record.inode]?.removeAll { $0 == record.id }
        if dormantInodes[record.inode]?.isEmpty == true { dormantInodes[record.inode] = nil }
    }
}
