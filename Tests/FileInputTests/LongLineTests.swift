import FileInput
import FileRegistry
import Glibc
import Testing

@Suite struct LongLineTests {
    /// Line lengths around the limit, with what is kept and what is cut.
    @Test(arguments: [
        (99, "\n", 99, 0), (100, "\n", 100, 0), (100, "\r\n", 100, 0), (101, "\n", 100, 2), (101, "\r\n", 100, 3),
        (5000, "\n", 100, 4901), (300_000, "\n", 100, 299_901),
    ])
    func `a line over the limit keeps its head and is flagged`(length: Int, end: String, kept: Int, cut: Int) throws {
        let scratch = Scratch()
        let long = String(repeating: "x", count: length)
        scratch.write("a.log", "short\n" + long + end + "tail\n" + long + end + long + end + "last\n")
        let driver = try InputDriver(scratch) { $0.settings.messageMaxBytes = 100 }
        driver.run()
        let head = String(repeating: "x", count: kept)
        #expect(driver.texts == ["short", head, "tail", head, head, "last"])
        #expect(driver.lines.map { $0.flags.contains(.truncated) } == [false, cut > 0, false, cut > 0, cut > 0, false])
        #expect(driver.leftOut == UInt64(cut * 3))
        #expect(driver.ledgerCloses)
        #expect(driver.registry.rows.map(\.offset) == [UInt64(3 * (length + end.utf8.count) + 16)])
        #expect(Set(driver.lines.map(\.id)).count == 6)
    }

    @Test func `a line of 50 MB costs no more memory than its head`() throws {
        let scratch = Scratch()
        let part = [UInt8](repeating: 0x79, count: 1_000_000)
        for _ in 0..<50 { scratch.append("a.log", bytes: part) }
        scratch.append("a.log", "\nnext\n")
        let driver = try InputDriver(scratch) { $0.settings.messageMaxBytes = 100_000 }
        driver.run()
        #expect(driver.lines.map(\.text.count) == [100_000, 4])
        #expect(driver.largestRoom <= 256 * 1024)
        #expect(driver.leftOut == 49_900_001)
        #expect(driver.ledgerCloses)
    }

    @Test func `a line longer than a batch asks for a larger one`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "a\n" + String(repeating: "x", count: 1_000_000) + "\nb\n")
        let driver = try InputDriver(scratch)
        driver.run()
        #expect(driver.lines.map(\.text.count) == [1, 1_000_000, 1])
        #expect(driver.largestRoom > 1_000_000)
    }

    @Test(arguments: [1000, 10_000_000])
    func `a long line that grows slowly is sent once, whole or cut`(limit: Int) throws {
        let scratch = Scratch()
        scratch.write("a.log", "first\n")
        let driver = try InputDriver(scratch) { $0.settings.messageMaxBytes = limit }
        driver.run()
        for _ in 0..<60 {
            scratch.append("a.log", String(repeating: "z", count: 7001))
            driver.run()
            #expect(driver.texts == ["first"])
        }
        scratch.append("a.log", "end\nnext\n")
        driver.run()
        let length = 60 * 7001 + 3
        #expect(driver.lines.map(\.text.count) == [5, min(limit, length), 4])
        #expect(driver.leftOut == UInt64(limit < length ? length - limit + 1 : 0))
        #expect(driver.ledgerCloses)
    }

    @Test func `an unfinished long line survives a crash and a restart`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "first\n" + String(repeating: "z", count: 200_000))
        let driver = try InputDriver(scratch) { $0.settings.messageMaxBytes = 1000 }
        driver.run()
        try driver.crash()
        driver.run()
        scratch.append("a.log", String(repeating: "z", count: 200_000) + "\nlast\n")
        driver.run()
        #expect(driver.lines.map(\.text.count) == [5, 1000, 4])
        try driver.crash()
        driver.run()
        #expect(driver.lines.count == 3)
    }

    @Test func `the cut rest of a line is never taken for a line after a crash`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "first\n" + String(repeating: "z", count: 5000) + "\nlast\n")
        let driver = try InputDriver(scratch) {
            $0.settings.messageMaxBytes = 1000
            $0.maxEvents = 1
            $0.settlesAtOnce = false
        }
        while driver.lines.count < 2, driver.turn() {}
        try driver.crash()
        driver.run()
        #expect(driver.lines.map(\.text.count) == [5, 1000, 5, 1000, 4])
        #expect(Set(driver.lines.map(\.id)).count == 3)
    }

    @Test(arguments: [500, 1000, 1001, 400_000])
    func `once takes a long last line without terminator`(length: Int) throws {
        let scratch = Scratch()
        scratch.write("a.log", "first\n" + String(repeating: "z", count: length))
        let driver = try InputDriver(scratch) {
            $0.settings.once = true
            $0.settings.messageMaxBytes = 1000
        }
        driver.run()
        #expect(driver.lines.map(\.text.count) == [5, min(1000, length)])
        #expect(driver.leftOut == UInt64(max(0, length - 1000)))
        #expect(driver.input.isExhausted)
        #expect(driver.ledgerCloses)
    }
}
