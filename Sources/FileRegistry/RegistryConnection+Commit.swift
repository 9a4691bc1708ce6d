import EventModel
import GRDB

/// New content of one row.
enum RowChange: Sendable {
    case put(FileRecord)
    case remove
}

extension RegistryConnection {
    /// Writes the changed rows and the state that they lead to in one transaction: O(changed rows).
    ///
    /// - Parameter nextID: the first id not given away yet.
    /// - Parameter now: ns since 1970.
    func commit(_ changes: [Int64: RowChange], nextID: Int64, now: Int64) throws {
        var next = state
        next.commits += 1
        next.nextID = max(next.nextID, nextID)
        next.committed = now
        try queue.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                // In the order of the ids, so that a page is fetched once even with a small cache.
                for id in changes.keys.sorted() {
                    try write(changes[id] ?? .remove, id: id, now: now, db, &next)
                }
                try write(next, db)
                return .commit
            }
        }
        state = next
    }

    private func write(
        _ change: RowChange, id: Int64, now: Int64, _ db: Database, _ next: inout RegistryState
    ) throws {
        let lookup = try db.cachedStatement(sql: RegistrySchema.selectChecksum)
        if let old = try Int64.fetchOne(lookup, arguments: [id]) {
            next.digest &-= RowChecksum.share(id: id, checksum: UInt32(truncatingIfNeeded: old))
            next.rows -= 1
        }
        switch change {
        case .remove:
            try db.cachedStatement(sql: RegistrySchema.deleteFile).execute(arguments: [id])
        case .put(let record):
            let sum = checksum.of(record, updated: now)
            next.digest &+= RowChecksum.share(id: id, checksum: sum)
            next.rows += 1
            try db.cachedStatement(sql: RegistrySchema.upsertFile).execute(arguments: [
                record.id, record.pipeline, record.input, record.path, Int64(bitPattern: record.device),
                Int64(bitPattern: record.inode), record.birth, record.fingerprint, record.fingerprintLength,
                Int64(record.generation), record.idKey, Int64(bitPattern: record.offset),
                String(record.anchor.hash, radix: 16), Int64(record.anchor.length), record.seen,
                record.removed ? 1 : 0, now, Int64(sum),
            ])
        }
    }

    private func write(_ next: RegistryState, _ db: Database) throws {
        try db.cachedStatement(sql: RegistrySchema.replaceState).execute(arguments: [
            next.commits, next.rows, next.nextID, String(next.digest, radix: 16), next.committed,
            Int64(checksum.of(next)),
        ])
    }

    /// Makes a complete registry under a name that is not the final one, and closes it.
    static func make(at path: String, meta: [String: String], entries: [RegistryEntry], state: RegistryState) throws {
        let connection = try RegistryConnection(path, .unpublished)
        defer { connection.close() }
        var next = state
        next.rows = 0
        next.digest = 0
        try connection.queue.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                try db.execute(sql: RegistrySchema.create)
                for (key, value) in meta.sorted(by: { $0.key < $1.key }) {
                    let sum = Int64(connection.checksum.of(key: key, value: value))
                    try db.execute(sql: RegistrySchema.insertMeta, arguments: [key, value, sum])
                }
                for entry in entries {
                    try connection.write(
                        .put(entry.record), id: entry.record.id, now: entry.updated, db, &next)
                }
                try connection.write(next, db)
                return .commit
            }
        }
    }
}
