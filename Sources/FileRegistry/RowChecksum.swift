import CZlib
import EventModel

/// CRC-32 (zlib's) over the fields of a row, in the order of the columns: numbers as 8 bytes, little endian; texts as
/// their length and their UTF-8 bytes.
struct RowChecksum {
    private var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(512) }

    mutating func of(_ record: FileRecord, updated: Int64) -> UInt32 {
        bytes.removeAll(keepingCapacity: true)
        add(record.id)
        add(record.pipeline)
        add(record.input)
        add(record.path)
        add(Int64(bitPattern: record.device))
        add(Int64(bitPattern: record.inode))
        add(record.birth)
        add(record.fingerprint)
        add(Int64(record.fingerprintLength))
        add(Int64(record.generation))
        add(record.idKey)
        add(Int64(bitPattern: record.offset))
        add(Int64(bitPattern: record.anchor.hash))
        add(Int64(record.anchor.length))
        add(record.seen)
        add(record.removed ? 1 : 0)
        add(updated)
        return sum
    }

    mutating func of(_ state: RegistryState) -> UInt32 {
        bytes.removeAll(keepingCapacity: true)
        add(state.commits)
        add(state.rows)
        add(state.nextID)
        add(Int64(bitPattern: state.digest))
        add(state.committed)
        return sum
    }

    mutating func of(key: String, value: String) -> UInt32 {
        bytes.removeAll(keepingCapacity: true)
        add(key)
        add(value)
        return sum
    }

    /// What one row adds to the digest: its checksum and id, spread over 64 bits (the finalizer of SplitMix64), so
    /// that sums of different rows do not cancel out.
    static func share(id: Int64, checksum: UInt32) -> UInt64 {
        var value = UInt64(bitPattern: id) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(checksum)
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    private var sum: UInt32 {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            UInt32(truncatingIfNeeded: unsafe crc32(0, buffer.baseAddress, UInt32(buffer.count)))
        }
    }

    private mutating func add(_ number: Int64) {
        var rest = UInt64(bitPattern: number)
        for _ in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    private mutating func add(_ text: String) {
        add(Int64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}

/// The row of `state`: which commit the rows of `files` belong to, and the sum over them.
struct RegistryState: Sendable, Equatable {
    var commits: Int64 = 0
    var rows: Int64 = 0
    /// The first id that was not given away when this was committed.
    var nextID: Int64 = 1
    var digest: UInt64 = 0
    /// ns since 1970.
    var committed: Int64 = 0
}
