package import EventModel

/// What the registry keeps of one file for one pipeline: who it is, and up to where it is settled.
///
/// - Units: `offset` in bytes from the start of the file; times in ns since 1970.
package struct FileRecord: Sendable, Equatable {
    /// Row id, given by `Registrar.nextID()` before the row is first written.
    package var id: Int64
    package var pipeline: String
    package var input: String
    package var path: String
    package var device: UInt64
    package var inode: UInt64
    /// Birth time of the inode; 0 where the file system keeps none.
    package var birth: Int64
    /// SHA-256, in lower-case hex, of the first `fingerprintLength` bytes (at most 1024).
    package var fingerprint: String
    package var fingerprintLength: Int
    /// Counts truncations and replacements of the same inode, from 0.
    package var generation: UInt32
    /// First part of the ids of this generation's events.
    package var idKey: String
    /// Everything before this byte is settled.
    package var offset: UInt64
    /// What stands in front of `offset`.
    package var anchor: Anchor
    /// When the file was last seen under a name (ns since 1970).
    package var seen: Int64
    /// The file has no name any more; kept until it is settled or cleaned.
    package var removed: Bool

    package init(
        id: Int64, pipeline: String, input: String, path: String, device: UInt64, inode: UInt64, birth: Int64,
        fingerprint: String, fingerprintLength: Int, generation: UInt32, idKey: String, offset: UInt64,
        anchor: Anchor, seen: Int64, removed: Bool
    ) {
        self.id = id
        self.pipeline = pipeline
        self.input = input
        self.path = path
        self.device = device
        self.inode = inode
        self.birth = birth
        self.fingerprint = fingerprint
        self.fingerprintLength = fingerprintLength
        self.generation = generation
        self.idKey = idKey
        self.offset = offset
        self.anchor = anchor
        self.seen = seen
        self.removed = removed
    }
}
