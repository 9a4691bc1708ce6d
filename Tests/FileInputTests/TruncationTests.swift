import EventModel
import FileInput
import FileRegistry
import Testing

@Suite struct TruncationTests {
    @Test(arguments: [0.0, 400.0])
    func `a truncated file is read from 0, open or closed`(quiet: Double) throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\ntwo\n")
        let driver = try InputDriver(scratch)
        driver.run()
        let before = try #require(driver.lines.first).id
        driver.pass(seconds: quiet)
        scratch.write("a.log", "new\n")
        driver.run()
        #expect(driver.texts == ["one", "two", "new"])
        #expect(driver.lines.last?.id != before)
        let row = try #require(driver.registry.rows.first)
        #expect(row.generation == 1)
        #expect(row.offset == 4)
        #expect(driver.registry.rows.count == 1)
    }

    @Test(arguments: [0.0, 400.0])
    func `a file truncated and grown beyond the old position is read from 0`(quiet: Double) throws {
        let scratch = Scratch()
        scratch.write("a.log", "header\nold one\n")
        let driver = try InputDriver(scratch)
        driver.run()
        driver.pass(seconds: quiet)
        scratch.write("a.log", "header\nnew one\nnew two\nnew three\n")
        driver.run()
        #expect(driver.texts == ["header", "old one", "header", "new one", "new two", "new three"])
        #expect(Set(driver.lines.map(\.id)).count == 6)
    }

    @Test(
        arguments: [0.0, 400.0],
        [
            (lines: 1, maximum: 10_000, encoding: "utf-8"), (lines: 1, maximum: 50, encoding: "utf-8"),
            (lines: 40, maximum: 10_000, encoding: "utf-8"), (lines: 40, maximum: 10_000, encoding: "latin1"),
        ])
    func `a file written anew with the same bytes in front of the position is read from 0`(
        quiet: Double, shape: (lines: Int, maximum: Int, encoding: String)
    ) throws {
        let scratch = Scratch()
        let filler = String(repeating: "-", count: 100)
        let alike = String(repeating: "00:00 \(filler)\n", count: shape.lines)
        scratch.write("a.log", "first" + alike)
        let driver = try InputDriver(scratch) {
            $0.settings.messageMaxBytes = shape.maximum
            $0.settings.encoding = shape.encoding
        }
        driver.run()
        driver.pass(seconds: quiet)
        // Nothing new, and yet looked at.
        scratch.age("a.log", seconds: 100)
        driver.pass(seconds: 30)
        #expect(driver.take().count == shape.lines)
        scratch.write("a.log", "other" + alike + "more\n")
        driver.run()
        let lines = driver.take()
        #expect(lines.first?.hasPrefix("other") == true)
        #expect(lines.count == shape.lines + 1)
        #expect(driver.registry.rows.map(\.generation) == [1])
        #expect(driver.ledgerCloses)
    }

    @Test(arguments: [0.0, 400.0])
    func `a file is not begun anew when an unfinished line of its first kilobyte is truncated away`(
        quiet: Double
    ) throws {
        let scratch = Scratch()
        scratch.write("a.log", "first line\nunfinished")
        let driver = try InputDriver(scratch)
        driver.run()
        driver.pass(seconds: quiet)
        scratch.truncate("a.log", to: 11)
        driver.run()
        for line in ["2", "third line", "fourth line"] {
            driver.pass(seconds: quiet)
            scratch.append("a.log", line + "\n")
            driver.run()
        }
        #expect(driver.take() == ["first line", "2", "third line", "fourth line"])
        #expect(driver.registry.rows.map(\.generation) == [0])
    }

    @Test func `the same content written again after a truncation that was seen is new content`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "hello\n")
        let driver = try InputDriver(scratch)
        driver.run()
        scratch.truncate("a.log", to: 0)
        driver.run()
        scratch.append("a.log", "hello\n")
        driver.run()
        #expect(driver.texts == ["hello", "hello"])
        #expect(Set(driver.lines.map(\.id)).count == 2)
    }

    @Test(arguments: [5, 70_000, 300_000])
    func `an unfinished first line that is truncated away is forgotten`(length: Int) throws {
        let scratch = Scratch()
        scratch.write("a.log", String(repeating: "x", count: length))
        let driver = try InputDriver(scratch)
        driver.run()
        scratch.write("a.log", "y\n")
        driver.run()
        #expect(driver.take() == ["y"])
    }

    @Test(arguments: [5, 70_000, 300_000])
    func `an unfinished last line that is truncated away is forgotten`(length: Int) throws {
        let scratch = Scratch()
        scratch.write("a.log", "first line\n" + String(repeating: "x", count: length))
        let driver = try InputDriver(scratch)
        driver.run()
        driver.run()
        scratch.truncate("a.log", to: 11)
        driver.run()
        scratch.append("a.log", "y\nand " + String(repeating: "z", count: length + 10) + "\nlast\n")
        driver.run()
        #expect(driver.take().map { $0.prefix(10) } == ["first line", "y", "and zzzzzz", "last"])
    }

    @Test func `a truncation is found by the rescan before the file grows past the old position`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "same line\nsame line\n")
        let driver = try InputDriver(scratch)
        driver.pass(seconds: 400)
        driver.take()
        scratch.write("a.log", "same line\n")
        driver.missEvents()
        driver.now += 20_000_000_000
        driver.input.tick(now: driver.now)
        scratch.append("a.log", "same line\nsame line\n")
        driver.run()
        #expect(driver.take().count == 3)
    }

    @Test func `the reset is in the registry before anything is read`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\ntwo\n")
        let driver = try InputDriver(scratch)
        driver.run()
        driver.settlesAtOnce = false
        scratch.write("a.log", "x\n")
        driver.run()
        #expect(driver.registry.rows.map(\.offset) == [0])
        #expect(driver.registry.rows.map(\.generation) == [1])
    }

    @Test func `settlements of the generation before a truncation move nothing`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\ntwo\nthree\n")
        let driver = try InputDriver(scratch) { $0.settlesAtOnce = false }
        driver.run()
        scratch.write("a.log", "x\n")
        driver.run()
        driver.settle(1)
        #expect(driver.registry.rows.map(\.offset) == [0])
        driver.settle()
        #expect(driver.registry.rows.map(\.offset) == [2])
        #expect(driver.input.doneCount == 1)
    }

    @Test func `after two truncations at once the ids are the same after a crash`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "zero\n")
        let registry = MemoryRegistry(commitsAtOnce: false)
        let driver = try InputDriver(scratch, registry: registry)
        driver.run()
        scratch.write("a.log", "one\n")
        driver.run()
        scratch.write("a.log", "two\n")
        driver.run()
        registry.commit()
        driver.pass(seconds: 0.1)
        scratch.write("a.log", "three\n")
        driver.pass(seconds: 0.1)
        scratch.write("a.log", "four\n")
        driver.pass(seconds: 0.1)
        let held = driver.lines
        #expect(!held.map(\.string).contains("four"))
        try driver.crash()
        driver.pass(seconds: 0.1)
        registry.commit()
        driver.pass(seconds: 0.1)
        #expect(driver.lines.last?.string == "four")
        #expect(Set(driver.lines.map { "\($0.id) \($0.string)" }).count == Set(driver.lines.map(\.id)).count)
    }

    @Test(arguments: 0...4)
    func `when the agent crashes after a truncation, no two lines get the same id`(commits: Int) throws {
        let scratch = Scratch()
        scratch.write("a.log", "first\n")
        let registry = MemoryRegistry(commitsAtOnce: false)
        let driver = try InputDriver(scratch, registry: registry)
        driver.run()
        registry.commit()
        scratch.write("a.log", "head\none\n")
        driver.pass(seconds: 0.1)
        for _ in 0..<commits {
            registry.commit()
            driver.pass(seconds: 0.1)
        }
        #expect(driver.texts.contains("one") == (commits > 0))
        registry.crash()
        driver.kill()
        scratch.write("a.log", "head\ntwo\n")
        try driver.start()
        for _ in 0..<3 {
            driver.pass(seconds: 0.1)
            registry.commit()
        }
        #expect(driver.texts.suffix(2) == ["head", "two"])
        #expect(Set(driver.lines.map(\.id)).count == driver.lines.count)
    }

    @Test(arguments: 0...3)
    func `when the agent crashes after a truncation, no line gets a second id`(commits: Int) throws {
        let scratch = Scratch()
        scratch.write("a.log", "same\n")
        let registry = MemoryRegistry(commitsAtOnce: false)
        let driver = try InputDriver(scratch, registry: registry)
        driver.run()
        registry.commit()
        scratch.truncate("a.log", to: 0)
        driver.pass(seconds: 0.1)
        scratch.append("a.log", "same\nmore\n")
        driver.pass(seconds: 0.1)
        for _ in 0..<commits {
            registry.commit()
            driver.pass(seconds: 0.1)
        }
        driver.settlesAtOnce = false
        try driver.crash()
        for _ in 0..<3 {
            driver.pass(seconds: 0.1)
            registry.commit()
        }
        #expect(driver.texts.contains("more"))
        #expect(Set(driver.lines.filter { $0.string == "more" }.map(\.id)).count == 1)
    }

    @Test func `a truncation while the agent was down is a new generation`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\ntwo\n")
        scratch.write("b.log", "header\nb\n")
        let driver = try InputDriver(scratch)
        driver.run()
        scratch.write("a.log", "x\n")
        scratch.write("b.log", "header\nother and longer\n")
        try driver.restart()
        driver.run()
        #expect(driver.take().sorted() == ["b", "header", "header", "one", "other and longer", "two", "x"])
        #expect(driver.registry.rows.map(\.generation) == [1, 1])
    }
}
