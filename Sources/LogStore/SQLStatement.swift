import GRDB
import GRDBSQLite

/// A prepared statement, bound and read without copies that are not needed.
///
/// - Shape: places count from 1 when bound, columns from 0 when read, as SQLite has it.
/// - Ownership: the thread that owns the connection. Must go before the connection is closed.
/// - Errors: GRDB's `DatabaseError`.
@safe
final class SQLStatement {
    private let statement: OpaquePointer
    private let connection: OpaquePointer

    init(_ connection: OpaquePointer, _ sql: String) throws {
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement = unsafe statement else {
            throw unsafe SQLStatement.error(connection, code)
        }
        unsafe self.statement = statement
        unsafe self.connection = connection
    }

    deinit { unsafe sqlite3_finalize(statement) }

    func bind(_ place: Int32, _ value: Int64) {
        let code = unsafe sqlite3_bind_int64(statement, place, value)
        precondition(code == SQLITE_OK, "the statement has that place")
    }

    func bind(_ place: Int32, _ text: String) {
        let code = unsafe sqlite3_bind_text(statement, place, text, -1, SQLStatement.transient)
        precondition(code == SQLITE_OK, "the statement has that place")
    }

    /// A short blob, which SQLite copies.
    func bind(_ place: Int32, _ bytes: [UInt8]) {
        let code = unsafe bytes.withUnsafeBytes {
            unsafe sqlite3_bind_blob64(
                statement, place, $0.baseAddress ?? SQLStatement.empty, UInt64($0.count), SQLStatement.transient)
        }
        precondition(code == SQLITE_OK, "the statement has that place")
    }

    /// A short text, which SQLite copies, whatever its bytes are.
    func bindText(_ place: Int32, _ bytes: [UInt8]) {
        let code = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) {
                unsafe sqlite3_bind_text64(
                    statement, place, $0.baseAddress, UInt64($0.count), SQLStatement.transient, UInt8(SQLITE_UTF8))
            }
        }
        precondition(code == SQLITE_OK, "the statement has that place")
    }

    /// A blob that stays where it is until the statement was run.
    func bind(_ place: Int32, staying bytes: UnsafeRawBufferPointer) {
        let code = unsafe sqlite3_bind_blob64(
            statement, place, bytes.baseAddress ?? SQLStatement.empty, UInt64(bytes.count), nil)
        precondition(code == SQLITE_OK, "the statement has that place")
    }

    /// A text that stays where it is until the statement was run.
    func bindText(_ place: Int32, staying bytes: UnsafeBufferPointer<UInt8>) {
        let code = unsafe bytes.withMemoryRebound(to: CChar.self) {
            unsafe sqlite3_bind_text64(
                statement, place, $0.baseAddress, UInt64($0.count), nil, UInt8(SQLITE_UTF8))
        }
        precondition(code == SQLITE_OK, "the statement has that place")
    }

    /// Goes on to the next row, if there is one; without one the statement can be bound and run again.
    func step() throws -> Bool {
        let code = unsafe sqlite3_step(statement)
        if code == SQLITE_ROW { return true }
        let error = code == SQLITE_DONE ? nil : unsafe SQLStatement.error(connection, code)
        reset()
        if let error { throw error }
        return false
    }

    /// For statements without rows.
    func run() throws { while try step() {} }

    /// Ends a statement whose rows are not all wanted.
    func reset() { unsafe sqlite3_reset(statement) }

    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(statement, column) == SQLITE_NULL }

    /// The blob of this row, valid until the next step.
    func withBlob<Result, Failure: Error>(
        _ column: Int32, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let base = unsafe sqlite3_column_blob(statement, column)
        let count = unsafe Int(sqlite3_column_bytes(statement, column))
        return try unsafe body(UnsafeRawBufferPointer(start: base, count: base == nil ? 0 : count))
    }

    func blob(_ column: Int32) -> [UInt8] { unsafe withBlob(column) { unsafe [UInt8]($0) } }

    private static var transient: sqlite3_destructor_type { unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
    /// Where a blob without bytes is said to be; a null pointer would bind NULL.
    private static var empty: UnsafeRawPointer? { unsafe UnsafeRawPointer(bitPattern: 16) }

    private static func error(_ connection: OpaquePointer, _ code: Int32) -> DatabaseError {
        let extended = unsafe sqlite3_extended_errcode(connection)
        let message = unsafe String(cString: sqlite3_errmsg(connection))
        return DatabaseError(
            resultCode: ResultCode(rawValue: extended == SQLITE_OK ? code : extended), message: message)
    }
}
