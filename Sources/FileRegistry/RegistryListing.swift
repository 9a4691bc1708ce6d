import CShim
import Glibc

/// What `needletail registry list` and `registry show` print of the rows, beside the files as they are now.
///
/// - Units: sizes and offsets in bytes; times RFC 3339, UTC.
package struct RegistryListing: Sendable {
    /// How the file under the row's path relates to the row.
    package enum State: String, Sendable {
        /// Everything is settled up to the file's end.
        case current
        case behind
        /// The file is shorter than the position: it is read again from its beginning.
        case truncated
        /// Another file has the name now.
        case replaced
        case missing
        /// The file has no name any more.
        case removed
        /// The file cannot be looked at (its directory may not be entered).
        case unknown
    }

    package struct Line: Sendable {
        package let entry: RegistryEntry
        package let state: State
        /// nil where the row's file is not under its path.
        package let size: UInt64?
        package var lag: UInt64? { size.map { $0 > entry.record.offset ? $0 - entry.record.offset : 0 } }
    }

    package let lines: [Line]

    /// Looks at each row's file.
    package init(_ entries: [RegistryEntry]) {
        lines = entries.map { entry in
            let (state, size) = RegistryListing.look(at: entry.record)
            return Line(entry: entry, state: state, size: size)
        }
    }

    private static func look(at record: FileRecord) -> (State, UInt64?) {
        if record.removed { return (.removed, nil) }
        var status = nt_stat()
        let code = unsafe nt_stat_at(AT_FDCWD, record.path, 1, &status)
        guard code == 0 else { return (code == ENOENT || code == ENOTDIR ? .missing : .unknown, nil) }
        guard status.inode == record.inode, status.device == record.device else { return (.replaced, nil) }
        if status.size < record.offset { return (.truncated, status.size) }
        return (status.size == record.offset ? .current : .behind, status.size)
    }
}
