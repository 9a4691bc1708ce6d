import FileInput
import FileRegistry
import Parsing
import Testing

@Suite struct LineTests {
    @Test func `empty lines make no event but are accounted for`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "\n\r\none\n\n\ntwo\r\n\n")
        let driver = try InputDriver(scratch)
        driver.run()
        #expect(driver.texts == ["one", "two"])
        #expect(driver.lines.map(\.flags) == [[], .carriageReturn])
        #expect(driver.lines.map(\.offset) == [3, 9])
        #expect(driver.leftOut == 6)
        #expect(driver.ledgerCloses)
        #expect(driver.registry.rows.map(\.offset) == [15])
    }

    @Test func `a file of empty lines only is settled`() throws {
        let scratch = Scratch()
        scratch.write("a.log", String(repeating: "\n", count: 100_000))
        let driver = try InputDriver(scratch)
        driver.run()
        #expect(driver.lines.isEmpty)
        #expect(driver.registry.rows.map(\.offset) == [100_000])
        #expect(driver.ledgerCloses)
    }

    @Test func `NUL, control bytes and bad UTF-8 survive`() throws {
        let scratch = Scratch()
        let bytes: [UInt8] = (0...255).filter { $0 != 0x0a }
        scratch.write("a.log", bytes: [0x61, 0x0a] + bytes + [0x0a] + [0, 0, 0x0a])
        let driver = try InputDriver(scratch)
        driver.run()
        #expect(driver.lines.map(\.text) == [[0x61], bytes, [0, 0]])
    }

    @Test func `a byte order mark belongs to no line`() throws {
        let scratch = Scratch()
        scratch.write("a.log", bytes: [0xef, 0xbb, 0xbf] + Array("one\n".utf8))
        scratch.write("b.log", bytes: [0xef, 0xbb, 0xbf])
        let driver = try InputDriver(scratch)
        driver.run()
        scratch.append("b.log", "two\n")
        driver.run()
        #expect(driver.texts.sorted() == ["one", "two"])
        #expect(driver.ledgerCloses)
    }

    @Test func `an unterminated last line waits and is sent once it is complete`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\ntw")
        let driver = try InputDriver(scratch)
        driver.run()
        #expect(driver.take() == ["one"])
        driver.pass(seconds: 400)
        #expect(driver.take() == [])
        scratch.append("a.log", "o")
        driver.run()
        #expect(driver.take() == [])
        scratch.append("a.log", "\n")
        driver.run()
        #expect(driver.take() == ["two"])
    }

    @Test func `a file with an unterminated last line keeps no descriptor`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\ntw")
        scratch.write("b.log", "unfinished first")
        let driver = try InputDriver(scratch)
        driver.pass(seconds: 330)
        #expect(openDescriptors(scratch.path + "/") == 0)
        let opened = driver.input.counts.filesOpened
        driver.pass(seconds: 100)
        #expect(driver.input.counts.filesOpened == opened)
    }

    @Test func `once sends the last line as it is, and ends`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\ntw")
        scratch.write("b.log", "only")
        scratch.write("c.log", "")
        let driver = try InputDriver(scratch) { $0.settings.once = true }
        driver.run()
        #expect(driver.texts.sorted() == ["one", "only", "tw"])
        #expect(driver.lines.filter { $0.flags == .unterminated }.count == 2)
        #expect(driver.input.isExhausted)
        #expect(driver.ledgerCloses)
    }

    @Test func `lines that a filter drops are accounted for`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "keep 1\ndrop 1\n\ndrop 2\nkeep 2\n")
        let driver = try InputDriver(scratch) { $0.settings.lineFilters.excludeLines = ["^drop"] }
        driver.run()
        #expect(driver.take() == ["keep 1", "keep 2"])
        #expect(driver.leftOut == 15)
        #expect(driver.ledgerCloses)
        #expect(driver.registry.rows.map(\.offset) == [29])
    }

    @Test(arguments: [("utf-16le-bom", [0xff, 0xfe] as [UInt8]), ("utf-16le", [])])
    func `recoded lines have the offsets of the file and keep their ids`(encoding: String, mark: [UInt8]) throws {
        let scratch = Scratch()
        func coded(_ text: String) -> [UInt8] { text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } }
        scratch.write("a.log", bytes: mark + coded("one\nt"))
        let driver = try InputDriver(scratch) { $0.settings.encoding = encoding }
        driver.run()
        scratch.append("a.log", bytes: coded("wo\n"))
        driver.run()
        #expect(driver.texts == ["one", "two"])
        #expect(driver.lines.map(\.offset) == [UInt64(mark.count), UInt64(mark.count) + 8])
        let ids = driver.lines.map(\.id)
        // Without a registry the whole file is read again: the ids are the same.
        let other = try InputDriver(scratch) { $0.settings.encoding = encoding }
        other.run()
        #expect(other.lines.map(\.id) == ids)
        #expect(driver.ledgerCloses)
    }
}
