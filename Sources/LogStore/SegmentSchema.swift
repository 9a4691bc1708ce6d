/// One segment: an SQLite database in WAL mode while it is written to, a single plain file once it is sealed.
///
/// Invariants
/// - Events have sequence numbers, without gaps inside a segment, growing from segment to segment. A block holds a run
///   of them; blocks follow each other; what is not in a block yet is in `fresh`, behind the last block.
/// - An event is in a block or in `fresh`, never in both: both change in one transaction.
/// - A block, and its document in `words`, is written once and never changed.
///
/// | table.column                    | holds                                                                |
/// |---------------------------------|----------------------------------------------------------------------|
/// | meta.key, value                 | `number`, `created` (ns), `hash_key`, `sealed` (ns) once it is       |
/// | totals (one row)                | events, their bytes, blocks, next sequence number, first and last time and arrival |
/// | blocks.id                       | counts up from 1                                                     |
/// | blocks.first_time, last_time    | of its events, ns since 1970                                         |
/// | blocks.first_sequence, events   | its run of sequence numbers                                          |
/// | blocks.raw_bytes, received      | bytes of its events as they came; when the last one came, ns         |
/// | blocks.summary                  | `BlockSummary`                                                       |
/// | block_data.columns, originals   | `BlockColumns`, and the events one behind the other; a zstd frame each |
/// | words                           | FTS5, rowid is the block's id: its distinct words                    |
/// | fresh                           | small blocks, not in `words`, each with the sequence number of its first event |
/// | stream_blocks                   | which numbers of a stream of ids (10 bytes) a block has              |
/// | event_ids.hash                  | SipHash-2-4-128 of every other id, under `hash_key`                  |
enum SegmentSchema {
    /// `PRAGMA user_version`.
    static let version: Int64 = 1
    /// `PRAGMA application_id`: "NTLS".
    static let application: Int64 = 0x4e54_4c53
    static let pageBytes = 16_384

    static let create = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
        CREATE TABLE totals (
            one INTEGER PRIMARY KEY CHECK (one = 1), events INTEGER NOT NULL, raw_bytes INTEGER NOT NULL,
            blocks INTEGER NOT NULL, next_sequence INTEGER NOT NULL, first_time INTEGER NOT NULL,
            last_time INTEGER NOT NULL, first_received INTEGER NOT NULL, last_received INTEGER NOT NULL);
        CREATE TABLE blocks (
            id INTEGER PRIMARY KEY, first_time INTEGER NOT NULL, last_time INTEGER NOT NULL,
            first_sequence INTEGER NOT NULL, events INTEGER NOT NULL, raw_bytes INTEGER NOT NULL,
            received INTEGER NOT NULL, summary BLOB NOT NULL);
        CREATE TABLE block_data (id INTEGER PRIMARY KEY, columns BLOB NOT NULL, originals BLOB NOT NULL);
        CREATE TABLE fresh (
            first_sequence INTEGER PRIMARY KEY, first_time INTEGER NOT NULL, last_time INTEGER NOT NULL,
            events INTEGER NOT NULL, raw_bytes INTEGER NOT NULL, received INTEGER NOT NULL, summary BLOB NOT NULL,
            columns BLOB NOT NULL, originals BLOB NOT NULL);
        CREATE VIRTUAL TABLE words USING fts5(
            document, content = '', detail = none, columnsize = 0, tokenize = "ascii tokenchars '_~'");
        CREATE TABLE stream_blocks (
            stream BLOB NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, block INTEGER NOT NULL,
            PRIMARY KEY (stream, first, block)) WITHOUT ROWID;
        CREATE TABLE event_ids (hash BLOB PRIMARY KEY) WITHOUT ROWID;
        PRAGMA application_id = \(application);
        PRAGMA user_version = \(version);
        """

    static let insertBlock = """
        INSERT INTO blocks (id, first_time, last_time, first_sequence, events, raw_bytes, received, summary) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    static let insertData = "INSERT INTO block_data (id, columns, originals) VALUES (?, ?, ?)"
    static let insertWords = "INSERT INTO words (rowid, document) VALUES (?, ?)"
    static let insertStream = "INSERT INTO stream_blocks (stream, first, last, block) VALUES (?, ?, ?, ?)"
    static let insertFresh = """
        INSERT INTO fresh (first_sequence, first_time, last_time, events, raw_bytes, received, summary, columns, \
        originals) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    static let deleteFresh = "DELETE FROM fresh"
    static let insertEventID = "INSERT OR IGNORE INTO event_ids (hash) VALUES (?)"
    static let selectEventID = "SELECT 1 FROM event_ids WHERE hash = ?"
    static let selectStreamBlocks = """
        SELECT block FROM stream_blocks WHERE stream = ? AND first <= ? AND last >= ? ORDER BY first DESC
        """
    static let selectStreams = "SELECT stream, min(first), max(last) FROM stream_blocks GROUP BY stream"
    static let selectTotals = """
        SELECT events, raw_bytes, blocks, next_sequence, first_time, last_time, first_received, last_received \
        FROM totals WHERE one = 1
        """
    static let replaceTotals = """
        INSERT OR REPLACE INTO totals (one, events, raw_bytes, blocks, next_sequence, first_time, last_time, \
        first_received, last_received) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    static let selectMeta = "SELECT value FROM meta WHERE key = ?"
    static let replaceMeta = "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)"

    private static let head = "first_time, last_time, first_sequence, events, raw_bytes, summary"
    static let selectHeads = """
        SELECT id, \(head) FROM blocks WHERE last_time >= ? AND first_time < ?
        """
    static let selectMatchingHeads = """
        SELECT id, \(head) FROM blocks WHERE id IN (SELECT rowid FROM words WHERE words MATCH ?) \
        AND last_time >= ? AND first_time < ?
        """
    static let selectFreshHeads = """
        SELECT 0, \(head) FROM fresh WHERE last_time >= ? AND first_time < ?
        """
    static let selectHeadAt = """
        SELECT id, \(head) FROM blocks WHERE first_sequence <= ? ORDER BY id DESC LIMIT 1
        """
    static let selectFreshHeadAt = """
        SELECT 0, \(head) FROM fresh WHERE first_sequence <= ? ORDER BY first_sequence DESC LIMIT 1
        """
    static let selectHeadsFrom = """
        SELECT id, \(head) FROM blocks WHERE first_sequence + events > ? ORDER BY id
        """
    static let selectFreshHeadsFrom = """
        SELECT 0, \(head) FROM fresh WHERE first_sequence + events > ? ORDER BY first_sequence
        """
    static let selectColumns = "SELECT columns FROM block_data WHERE id = ?"
    static let selectOriginals = "SELECT originals FROM block_data WHERE id = ?"
    static let selectFreshColumns = "SELECT columns FROM fresh WHERE first_sequence = ?"
    static let selectFreshOriginals = "SELECT originals FROM fresh WHERE first_sequence = ?"
    static let selectFresh = "SELECT first_sequence, raw_bytes, columns, originals FROM fresh ORDER BY first_sequence"
}

/// Keys of a segment's `meta`.
enum SegmentMeta {
    static let number = "number"
    static let created = "created"
    static let hashKey = "hash_key"
    static let sealed = "sealed"
}
