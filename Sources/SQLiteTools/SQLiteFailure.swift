package import GRDB

/// What SQLite's errors mean for the one who works on the machine.
extension DatabaseError {
    /// The file is not a database, or not a sound one.
    package var isDamage: Bool { resultCode == .SQLITE_CORRUPT || resultCode == .SQLITE_NOTADB }

    /// In plain words where there are some, with SQLite's own behind them.
    package var plainText: String {
        let plain: String? =
            switch resultCode {
            case .SQLITE_FULL: "disk full"
            case .SQLITE_READONLY: "read-only"
            case .SQLITE_IOERR: "disk I/O error"
            case .SQLITE_CANTOPEN: "cannot be opened"
            case .SQLITE_BUSY: "locked by another process"
            default: nil
            }
        let detail = "SQLite \(extendedResultCode.rawValue): \(message ?? "no message")"
        return plain.map { "\($0) (\(detail))" } ?? detail
    }
}
