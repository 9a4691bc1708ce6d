import FileInput
import FileRegistry
import Glibc
import Testing

@Suite struct DeletionTests {
    @Test func `a deleted file is read to its end, its last line as it is, and let go`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch)
        driver.run()
        scratch.append("a.log", "two\nunfinished")
        scratch.remove("a.log")
        driver.pass(seconds: 10)
        #expect(driver.take() == ["one", "two", "unfinished"])
        #expect(driver.lines.isEmpty)
        #expect(openDescriptors(scratch.path + "/a") == 0)
        #expect(driver.registry.rows.map(\.removed) == [true])
        #expect(driver.input.fileCount == 0)
        #expect(driver.ledgerCloses)
    }

    @Test func `a deleted file is read on while somebody writes to it`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let file = unsafe open(scratch["a.log"], O_WRONLY | O_APPEND)
        let driver = try InputDriver(scratch)
        driver.run()
        scratch.remove("a.log")
        for number in 1...5 {
            Scratch.put(file, Array("line \(number)\nrest \(number) ".utf8))
            driver.pass(seconds: 3)
            Scratch.put(file, Array("\n".utf8))
        }
        close(file)
        driver.pass(seconds: 10)
        #expect(driver.take() == ["one"] + (1...5).flatMap { ["line \($0)", "rest \($0) "] })
        #expect(openDescriptors(scratch.path + "/a") == 0)
    }

    @Test func `an empty deleted file is let go too`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "")
        let driver = try InputDriver(scratch)
        driver.run()
        scratch.remove("a.log")
        driver.pass(seconds: 10)
        #expect(openDescriptors(scratch.path + "/a") == 0)
        #expect(driver.input.fileCount == 0)
    }

    @Test func `the row of a deleted file stays until everything is settled`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch) { $0.settlesAtOnce = false }
        driver.run()
        scratch.remove("a.log")
        driver.pass(seconds: 10)
        #expect(driver.input.openCount == 0)
        #expect(driver.registry.rows.map(\.removed) == [false])
        driver.settle()
        #expect(driver.registry.rows.map(\.removed) == [true])
        #expect(driver.registry.rows.map(\.offset) == [4])
    }

    @Test func `clean_removed takes the row out after a while, and false keeps it`() throws {
        for clean in [true, false] {
            let scratch = Scratch()
            scratch.write("a.log", "one\n")
            let driver = try InputDriver(scratch) { $0.settings.cleanRemoved = clean }
            driver.run()
            scratch.remove("a.log")
            driver.pass(seconds: 10)
            #expect(driver.registry.rows.count == 1)
            // The grace is counted by the wall clock: let the row be old.
            var row = driver.registry.rows[0]
            row.seen -= 3_600_000_000_000
            _ = driver.registry.submit([row], removed: [])
            try driver.restart()
            driver.pass(seconds: 12)
            #expect(driver.registry.rows.isEmpty == clean)
        }
    }

    @Test func `clean_inactive takes out rows of files that are not there any more, and no others`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        scratch.write("b.log", "two\n")
        let driver = try InputDriver(scratch) {
            $0.settings.cleanInactive = .seconds(60)
            $0.settings.cleanRemoved = false
        }
        driver.run()
        scratch.remove("a.log")
        driver.pass(seconds: 10)
        var rows = driver.registry.rows
        for index in rows.indices { rows[index].seen -= 3_600_000_000_000 }
        _ = driver.registry.submit(rows, removed: [])
        try driver.restart()
        driver.pass(seconds: 12)
        #expect(driver.registry.rows.map(\.path) == [scratch["b.log"]])
        #expect(driver.take().sorted() == ["one", "two"])
    }

    @Test func `close.on_state_change.removed lets go at once and says what was left`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch) { $0.settings.closeRemoved = true }
        driver.run()
        scratch.append("a.log", "left\n")
        scratch.remove("a.log")
        driver.missEvents()
        driver.now += 20_000_000_000
        driver.input.tick(now: driver.now)
        #expect(driver.input.openCount == 0)
        #expect(driver.input.counts.abandonedBytes == 5)
        driver.pass(seconds: 12)
        #expect(driver.take() == ["one"])
        #expect(driver.registry.rows.map(\.removed) == [true])
        // A rotation is no removal.
        scratch.write("b.log", "b\n")
        driver.run()
        scratch.append("b.log", "more\n")
        scratch.rename("b.log", "c.log")
        scratch.write("b.log", "new\n")
        driver.missEvents()
        driver.pass(seconds: 12)
        #expect(driver.take().sorted() == ["b", "more", "new"])
    }

    @Test func `close.on_state_change.renamed lets go of a file that leaves the glob, not of one within it`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "a1\n")
        scratch.write("b.log", "b1\n")
        let driver = try InputDriver(scratch) { $0.settings.closeRenamed = true }
        driver.run()
        scratch.append("a.log", "left\n")
        scratch.append("b.log", "b2\n")
        scratch.rename("a.log", "a.old")
        scratch.rename("b.log", "c.log")
        driver.input.watchEventsArrived(now: driver.now)
        driver.pass(seconds: 30)
        #expect(driver.take().sorted() == ["a1", "b1", "b2"])
        #expect(driver.input.counts.abandonedBytes == 5)
        #expect(openDescriptors(scratch["a.old"]) == 0)
    }

    @Test func `a name that comes back is another file`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch)
        driver.pass(seconds: 400)
        scratch.remove("a.log")
        driver.pass(seconds: 12)
        scratch.write("a.log", "one\n")
        driver.pass(seconds: 12)
        #expect(driver.take() == ["one", "one"])
        #expect(Set(driver.registry.rows.map(\.id)).count == 2)
    }

    @Test(arguments: [0.0, 400.0])
    func `a file replaced by another one under its name is read from 0 and the old one to its end`(quiet: Double) throws
    {
        let scratch = Scratch()
        scratch.write("a.log", "header\nold\n")
        let driver = try InputDriver(scratch)
        driver.pass(seconds: quiet)
        driver.run()
        scratch.append("a.log", "old end\n")
        if quiet > 0 { driver.run() }
        scratch.write("b.tmp", "header\nnew\n")
        scratch.rename("b.tmp", "a.log")
        driver.pass(seconds: 12)
        #expect(driver.take().sorted() == ["header", "header", "new", "old", "old end"])
    }
}
