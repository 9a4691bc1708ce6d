import EventModel
import Glibc
import Testing

@testable import FileRegistry

/// Damage that is met by an agent whose predecessor did not close the registry.
///
/// Loading verifies what the rows say, and `quick_check` the trees they hang in: each finds what the other cannot.
@Suite(.timeLimit(.minutes(5)))
struct UncleanOpeningTests {
    /// What was changed in the file.
    enum Damage: String, CaseIterable, Sendable {
        /// Two rows of a page have changed places: each is whole, and neither is found by its id any more.
        case rowsOutOfOrder
        /// A page counts free bytes where there are none: the next row would be written over another one.
        case freeBytes
        /// An inner page of the tree leads to the same leaf twice, and to another one no more.
        case pointer
        /// A changed byte inside a row.
        case content
    }

    /// Rows for several pages, and one more commit in the WAL: of the last row, whose page has room, so that no other page
    /// changes. The agent dies without closing it.
    private func crashed(_ rows: [FileRecord], backup: Bool) throws -> TemporaryDirectory {
        let whole = try TemporaryDirectory()
        try makeRegistry(whole, rows, backup: backup)
        let registrar = try openRegistrar(whole)
        #expect(registrar.wait(for: registrar.submit([record(300, offset: 9)], removed: []), timeout: patience))
        registrar.waitUntilQuiet()
        let copy = try TemporaryDirectory()
        copyRegistry(from: whole.path, to: copy.path)
        if !backup { RegistryFiles.remove(copy.path + "/registry.db.backup") }
        return copy
    }

    private func apply(_ damage: Damage, _ directory: TemporaryDirectory) throws {
        let path = directory.path + "/registry.db"
        var bytes = try #require(readBytes(path))
        let pages = stride(from: 0, to: bytes.count, by: 4096)
        /// The leaf that holds a row in the middle: the WAL has no newer version of it.
        let leaf = try #require(pages.first { bytes[$0] == 0x0d && holds(bytes, "/var/log/app/200.log", $0) })
        switch damage {
        case .rowsOutOfOrder:
            for index in 0..<2 { bytes.swapAt(leaf + 8 + index, leaf + 10 + index) }
        case .freeBytes:
            bytes[leaf + 7] &+= 9
        case .pointer:
            let inner = try #require(pages.first { bytes[$0] == 0x05 })
            let first = inner + cell(bytes, inner, 3)
            let second = inner + cell(bytes, inner, 4)
            for index in 0..<4 { bytes[first + index] = bytes[second + index] }
        case .content:
            let at = try #require(position(bytes, "/var/log/app/200.log", leaf))
            bytes[at + 14] ^= 1
        }
        #expect(writeBytes(bytes, path))
    }

    /// Where a cell of an inner page begins within its page.
    private func cell(_ bytes: [UInt8], _ page: Int, _ index: Int) -> Int {
        Int(bytes[page + 12 + 2 * index]) << 8 | Int(bytes[page + 13 + 2 * index])
    }

    private func holds(_ bytes: [UInt8], _ text: String, _ page: Int) -> Bool { position(bytes, text, page) != nil }

    private func position(_ bytes: [UInt8], _ text: String, _ page: Int) -> Int? {
        let needle = Array(text.utf8)
        return (page..<(page + 4096 - needle.count)).first {
            bytes[$0] == needle[0] && bytes[$0...].starts(with: needle)
        }
    }

    /// What each of the two says.
    private func findings(_ directory: TemporaryDirectory) throws -> (load: Bool, quickCheck: Bool) {
        let connection = try RegistryConnection(directory.path + "/registry.db", .read)
        defer { connection.close() }
        func finds(_ body: () throws -> Void) -> Bool {
            do { try body() } catch { if case .damage = RegistryFailure(error) { return true } }
            return false
        }
        return (finds { _ = try connection.load() }, finds { try connection.quickCheck() })
    }

    @Test(arguments: [
        (Damage.rowsOutOfOrder, false, true), (.freeBytes, false, true), (.pointer, true, true),
        (.content, true, false),
    ])
    func `each check finds what is its own`(_ damage: Damage, byLoading: Bool, byQuickCheck: Bool) throws {
        let directory = try crashed((1...300).map { record($0) }, backup: true)
        let whole = try findings(directory)
        #expect(whole == (false, false))
        try apply(damage, directory)
        let found = try findings(directory)
        #expect(found == (byLoading, byQuickCheck))
    }

    @Test(arguments: [Damage.rowsOutOfOrder, .freeBytes], [true, false])
    func `a broken tree with whole rows is written anew before the first commit, and nothing is sent again`(
        _ damage: Damage, backup: Bool
    ) throws {
        let rows = (1...300).map { record($0) }
        let directory = try crashed(rows, backup: backup)
        try apply(damage, directory)
        let book = LogBook()
        let registrar = try openRegistrar(directory, book)
        var expected = byID(rows)
        expected[300] = record(300, offset: 9)
        #expect(byID(registrar.records(pipeline: "main")) == expected)
        #expect(registrar.wait(for: registrar.submit([record(200, offset: 5)], removed: []), timeout: patience))
        expected[200] = record(200, offset: 5)
        let recovery = try #require(registrar.recovery)
        #expect(recovery.source == .rebuilt)
        #expect(recovery.setAside.contains { $0.contains("/registry.db.corrupt-20") && RegistryFiles.exists($0) })
        #expect(book.all.contains { $0.hasPrefix("warning") && $0.contains("nothing is sent again") })
        #expect(registrar.close(timeout: patience))
        #expect(byID(try RegistryReader(directory: directory.path).entries.map(\.record)) == expected)
        let again = try findings(directory)
        #expect(again == (false, false))
    }

    @Test(arguments: [Damage.pointer, .content])
    func `rows that are not whole are replaced by the backup`(_ damage: Damage) throws {
        let rows = (1...300).map { record($0) }
        let directory = try crashed(rows, backup: true)
        try apply(damage, directory)
        let book = LogBook()
        let registrar = try openRegistrar(directory, book)
        #expect(byID(registrar.records(pipeline: "main")) == byID(rows))
        let recovery = try #require(registrar.recovery)
        guard case .backup = recovery.source else { return #expect(Bool(false), "\(recovery)") }
        #expect(recovery.setAside.contains { RegistryFiles.exists($0) })
        #expect(book.all.contains { $0.hasPrefix("error") && $0.contains("settled since it was made are sent again") })
    }

    @Test(arguments: [Damage.pointer, .content])
    func `without a backup the error says what is sent again`(_ damage: Damage) throws {
        let directory = try crashed((1...300).map { record($0) }, backup: false)
        try apply(damage, directory)
        let book = LogBook()
        let registrar = try openRegistrar(directory, book)
        #expect(registrar.records(pipeline: "main").isEmpty)
        #expect(registrar.recovery?.source == .nothing)
        let error = try #require(book.all.first { $0.hasPrefix("error") })
        #expect(error.contains("every file that is not among the rows kept is sent again from its first byte"))
        #expect(error.contains("set_aside"))
    }
}
