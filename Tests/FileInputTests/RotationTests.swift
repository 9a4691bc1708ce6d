import FileInput
import FileRegistry
import Testing

@Suite struct RotationTests {
    @Test func `lines of a file are read in order and settled`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\ntwo\n")
        let driver = try InputDriver(scratch)
        driver.run()
        #expect(driver.take() == ["one", "two"])
        scratch.append("a.log", "three\n")
        driver.run()
        #expect(driver.take() == ["three"])
        #expect(driver.registry.rows.map(\.offset) == [14])
        #expect(driver.ledgerCloses)
    }

    @Test(arguments: [["*.log"], ["*.log", "*.log.1"]])
    func `a file that was rotated by renaming keeps its place and the new one starts at 0`(patterns: [String]) throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch)
        driver.settings.paths = patterns.map { scratch[$0] }
        try driver.restart()
        driver.run()
        scratch.append("a.log", "two\n")
        scratch.rename("a.log", "a.log.1")
        scratch.write("a.log", "three\n")
        // The writer has not noticed yet.
        scratch.append("a.log.1", "late\n")
        driver.run()
        driver.pass(seconds: 12)
        #expect(driver.take().sorted() == ["late", "one", "three", "two"])
        #expect(Set(driver.registry.rows.map(\.path)) == [scratch["a.log"], scratch["a.log.1"]])
        scratch.append("a.log.1", "later\n")
        scratch.append("a.log", "four\n")
        driver.run()
        #expect(driver.take().sorted() == ["four", "later"])
        #expect(driver.registry.rows.allSatisfy { !$0.removed })
    }

    @Test func `several rotations between two looks lose nothing`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch)
        driver.run()
        for number in 2...5 {
            scratch.append("a.log", "tail \(number)\n")
            for old in stride(from: 4, to: 0, by: -1) where scratch.inode("a.log.\(old)") != 0 {
                scratch.rename("a.log.\(old)", "a.log.\(old + 1)")
            }
            scratch.rename("a.log", "a.log.1")
            scratch.write("a.log", "head \(number)\n")
        }
        driver.run()
        driver.pass(seconds: 12)
        let expected = ["one"] + (2...5).flatMap { ["tail \($0)", "head \($0)"] }
        #expect(driver.take().sorted() == expected.sorted())
        #expect(driver.ledgerCloses)
    }

    @Test func `a closed file that is rotated out of the glob is read to its end`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch)
        driver.pass(seconds: 400)
        #expect(openDescriptors(scratch.path) == 0)
        scratch.append("a.log", "two\n")
        scratch.rename("a.log", "other.name")
        driver.run()
        #expect(driver.take() == ["one", "two"])
        #expect(driver.input.counts.renames == 1)
    }

    @Test func `a rename without events is found by the rescan`() throws {
        let scratch = Scratch()
        scratch.directory("out")
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch)
        driver.run()
        scratch.rename("a.log", "a.old")
        scratch.append("a.old", "two\n")
        // The events are taken, but nobody looks at them.
        driver.missEvents()
        driver.now += 20_000_000_000
        driver.input.tick(now: driver.now)
        driver.run()
        #expect(driver.take() == ["one", "two"])
    }

    @Test func `a file that moves to a directory out of sight is read on through its descriptor`() throws {
        let scratch = Scratch()
        scratch.directory("away")
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch)
        driver.run()
        scratch.append("a.log", "two\n")
        scratch.rename("a.log", "away/a.log")
        scratch.write("a.log", "new\n")
        driver.pass(seconds: 1)
        #expect(driver.take().sorted() == ["new", "one", "two"])
        driver.pass(seconds: 30)
        scratch.append("away/a.log", "three\n")
        driver.pass(seconds: 2)
        #expect(driver.take() == ["three"])
        // Quiet for close.on_state_change.inactive: let go.
        scratch.append("away/a.log", "unfinished")
        driver.pass(seconds: 330)
        #expect(driver.take() == ["unfinished"])
        #expect(openDescriptors(scratch["away"]) == 0)
    }

    @Test func `a file that was moved away and comes back is the same`() throws {
        let scratch = Scratch()
        scratch.directory("away")
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch)
        driver.run()
        scratch.rename("a.log", "away/a.log")
        driver.pass(seconds: 2)
        scratch.rename("away/a.log", "a.log")
        driver.pass(seconds: 12)
        scratch.append("a.log", "two\nunfinished")
        driver.pass(seconds: 400)
        #expect(driver.take() == ["one", "two"])
        #expect(driver.registry.rows.map(\.removed) == [false])
    }

    @Test func `two files that swap their names keep their places`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "a1\n")
        scratch.write("b.log", "b1\n")
        let driver = try InputDriver(scratch)
        driver.run()
        scratch.rename("a.log", "c.tmp")
        scratch.rename("b.log", "a.log")
        scratch.rename("c.tmp", "b.log")
        scratch.append("a.log", "b2\n")
        scratch.append("b.log", "a2\n")
        driver.pass(seconds: 12)
        #expect(driver.take().sorted() == ["a1", "a2", "b1", "b2"])
        #expect(driver.registry.rows.count == 2)
    }

    @Test func `a file renamed within the glob keeps its place, also when only the rescan sees it`() throws {
        let scratch = Scratch()
        for name in ["b.log", "m.log", "x.log"] { scratch.write(name, name + "\n") }
        let driver = try InputDriver(scratch)
        driver.pass(seconds: 400)
        scratch.rename("x.log", "y.log")
        scratch.rename("m.log", "x.log")
        scratch.rename("b.log", "m.log")
        scratch.write("b.log", "new\n")
        driver.missEvents()
        driver.pass(seconds: 12)
        #expect(driver.take().sorted() == ["b.log", "m.log", "new", "x.log"])
        #expect(driver.input.counts.renames == 3)
        #expect(driver.registry.rows.allSatisfy { !$0.removed })
    }

    @Test func `a file that was rotated out of the glob before it was ever seen is read`() throws {
        let scratch = Scratch()
        let driver = try InputDriver(scratch)
        scratch.write("a.log", "one\n")
        scratch.rename("a.log", "a.1")
        scratch.rename("a.1", "a.2")
        scratch.write("stranger", "not ours\n")
        scratch.rename("stranger", "stranger.1")
        driver.pass(seconds: 12)
        #expect(driver.take() == ["one"])
    }

    @Test func `a rename to a name that exclude_files refuses ends nothing`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch) { $0.settings.excludeFiles = ["old"] }
        driver.run()
        scratch.rename("a.log", "a.old.log")
        scratch.append("a.old.log", "two\n")
        scratch.write("b.old.log", "excluded\n")
        driver.missEvents()
        driver.pass(seconds: 12)
        scratch.append("a.old.log", "three\n")
        driver.pass(seconds: 12)
        #expect(driver.take() == ["one", "two", "three"])
    }
}
