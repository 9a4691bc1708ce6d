/// The registry on disk: `registry.db` in `path.data`, an SQLite database in WAL mode.
///
/// Invariants
/// - A row of `files` says up to which byte one file is settled for one pipeline; it never runs ahead of settlement.
/// - Each row carries the CRC-32 of its content, and `state` the sum over all rows (`digest`), both of the same
///   commit. A page that is damaged, lost, or of another commit than its neighbours is therefore found when the
///   registry is loaded: what is loaded is one whole committed state, or nothing.
/// - The file comes into being complete, under another name, and is renamed: an empty `registry.db` is damage.
/// - `registry.db.backup` is a copy of an earlier committed state that was verified before it got its name.
///
/// | table.column            | holds                                                             |
/// |-------------------------|-------------------------------------------------------------------|
/// | files.id                | row id, never given twice                                         |
/// | files.pipeline, input   | name of the output's pipeline, id of the input                    |
/// | files.path              | the name under which the file was last seen                       |
/// | files.device, inode     | as stat(2) has them                                               |
/// | files.birth             | birth time of the inode, ns since 1970; 0: the file system has none |
/// | files.fingerprint       | SHA-256, hex, of the first `fingerprint_length` bytes             |
/// | files.generation        | truncations and replacements of this inode, from 0                |
/// | files.id_key            | first part of the ids of this generation's events                 |
/// | files.offset            | bytes; everything before it is settled                            |
/// | files.anchor            | FNV-1a, hex, of the `anchor_length` bytes in front of `offset`    |
/// | files.seen, updated     | last seen under a name, last committed; ns since 1970             |
/// | files.removed           | 1: the file has no name any more                                  |
/// | files.checksum          | CRC-32 of the row, see `RowChecksum`                              |
/// | state (one row)         | commits so far, number of rows, next id, digest, its own CRC-32   |
/// | meta.key, value         | `agent.id`, `first_start`; with a CRC-32 each                     |
///
/// Unsigned 64-bit numbers above 2^63 (some file systems have such inodes) show as negative ones. For people there is
/// the view `positions`, with times as text:
/// `sqlite3 -readonly registry.db 'select path, offset, updated from positions'`.
/// The registry is changed by the agent alone: a row that is edited or deleted by hand counts as damage.
enum RegistrySchema {
    /// `PRAGMA user_version`.
    static let version: Int64 = 1
    /// `PRAGMA application_id`: "NTRG".
    static let application: Int64 = 0x4e54_5247

    static let create = """
        CREATE TABLE files (
            id INTEGER PRIMARY KEY, pipeline TEXT NOT NULL, input TEXT NOT NULL, path TEXT NOT NULL,
            device INTEGER NOT NULL, inode INTEGER NOT NULL, birth INTEGER NOT NULL,
            fingerprint TEXT NOT NULL, fingerprint_length INTEGER NOT NULL,
            generation INTEGER NOT NULL, id_key TEXT NOT NULL, offset INTEGER NOT NULL,
            anchor TEXT NOT NULL, anchor_length INTEGER NOT NULL,
            seen INTEGER NOT NULL, removed INTEGER NOT NULL, updated INTEGER NOT NULL, checksum INTEGER NOT NULL);
        CREATE TABLE state (
            one INTEGER PRIMARY KEY CHECK (one = 1), commits INTEGER NOT NULL, rows INTEGER NOT NULL,
            next_id INTEGER NOT NULL, digest TEXT NOT NULL, committed INTEGER NOT NULL, checksum INTEGER NOT NULL);
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
        CREATE VIEW positions AS SELECT
            pipeline, input, path, inode, generation, offset,
            strftime('%Y-%m-%dT%H:%M:%fZ', updated / 1e9, 'unixepoch') AS updated,
            strftime('%Y-%m-%dT%H:%M:%fZ', seen / 1e9, 'unixepoch') AS seen, removed FROM files;
        PRAGMA application_id = \(application);
        PRAGMA user_version = \(version);
        """

    static let selectFiles = """
        SELECT id, pipeline, input, path, device, inode, birth, fingerprint, fingerprint_length, generation, id_key, \
        offset, anchor, anchor_length, seen, removed, updated, checksum FROM files
        """
    static let selectChecksum = "SELECT checksum FROM files WHERE id = ?"
    static let upsertFile = """
        INSERT INTO files (id, pipeline, input, path, device, inode, birth, fingerprint, fingerprint_length, \
        generation, id_key, offset, anchor, anchor_length, seen, removed, updated, checksum) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
        ON CONFLICT (id) DO UPDATE SET pipeline = excluded.pipeline, input = excluded.input, path = excluded.path, \
        device = excluded.device, inode = excluded.inode, birth = excluded.birth, \
        fingerprint = excluded.fingerprint, fingerprint_length = excluded.fingerprint_length, \
        generation = excluded.generation, id_key = excluded.id_key, offset = excluded.offset, \
        anchor = excluded.anchor, anchor_length = excluded.anchor_length, seen = excluded.seen, \
        removed = excluded.removed, updated = excluded.updated, checksum = excluded.checksum
        """
    static let deleteFile = "DELETE FROM files WHERE id = ?"
    static let selectState = "SELECT commits, rows, next_id, digest, committed, checksum FROM state WHERE one = 1"
    static let replaceState = """
        INSERT OR REPLACE INTO state (one, commits, rows, next_id, digest, committed, checksum) \
        VALUES (1, ?, ?, ?, ?, ?, ?)
        """
    static let selectMeta = "SELECT key, value, checksum FROM meta"
    static let insertMeta = "INSERT INTO meta (key, value, checksum) VALUES (?, ?, ?)"
}
