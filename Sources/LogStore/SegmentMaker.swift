/// Makes a new segment: complete under another name first, then renamed, so that one that is there is whole.
enum SegmentMaker {
    static func make(
        _ name: SegmentName, in files: StoreFiles, created: Int64, hashKey: SipHash.Key, firstSequence: Int64
    ) throws {
        let path = files.path(name)
        let temporary = path + ".new"
        StoreFiles.family(temporary).forEach(StoreFiles.remove)
        do {
            let connection = try SegmentConnection(temporary, .write)
            try connection.execute("BEGIN IMMEDIATE;" + SegmentSchema.create)
            for (key, value) in [(SegmentMeta.number, Int64(name.number)), (SegmentMeta.created, created)] {
                let statement = try connection.prepare(SegmentSchema.replaceMeta)
                statement.bind(1, key)
                statement.bind(2, value)
                try statement.run()
            }
            let statement = try connection.prepare(SegmentSchema.replaceMeta)
            statement.bind(1, SegmentMeta.hashKey)
            statement.bind(2, hashKey.bytes)
            try statement.run()
            try SegmentTotals(nextSequence: firstSequence)
                .write(with: connection.prepare(SegmentSchema.replaceTotals))
            for (key, value) in SegmentMaker.wordsConfig {
                try connection.execute("INSERT INTO words (words, rank) VALUES ('\(key)', \(value))")
            }
            try connection.execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
        }
        try StoreFiles.move(temporary, to: path)
        try files.sync()
    }

    /// FTS5's own settings, chosen by measuring; see the README's numbers.
    static let wordsConfig = [("pgsz", 4000), ("automerge", 8), ("crisismerge", 32), ("hashsize", 4 << 20)]
}
