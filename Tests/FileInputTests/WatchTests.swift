import FileInput
import FileRegistry
import Glibc
import Testing

/// What inotify brings without a rescan of the whole: time does not pass in these tests unless they say so.
@Suite struct WatchTests {
    @Test func `a new file and a new line are seen at once`() throws {
        let scratch = Scratch()
        let driver = try InputDriver(scratch)
        let scans = driver.input.counts.scans
        scratch.write("a.log", "one\n")
        driver.run()
        scratch.append("a.log", "two\n")
        driver.run()
        #expect(driver.take() == ["one", "two"])
        #expect(driver.input.counts.scans == scans)
    }

    @Test func `new directories under two stars are watched as they come`() throws {
        let scratch = Scratch()
        let driver = try InputDriver(scratch, "**/*.log")
        var name = "d"
        for depth in 1...5 {
            scratch.directory(name)
            scratch.write(name + "/a.log", "depth \(depth)\n")
            driver.pass(seconds: 0.2)
            scratch.write(name + "/b.log", "b \(depth)\n")
            driver.run()
            name += "/d"
        }
        #expect(driver.take().count == 10)
    }

    @Test func `a directory that is not there yet is waited for`() throws {
        let scratch = Scratch()
        let driver = try InputDriver(scratch, "var/log/app/*.log")
        for name in ["var", "var/log", "var/log/app"] {
            scratch.directory(name)
            driver.pass(seconds: 0.2)
        }
        scratch.write("var/log/app/a.log", "one\n")
        driver.run()
        #expect(driver.take() == ["one"])
    }

    @Test func `a directory that is replaced by another is watched again`() throws {
        let scratch = Scratch()
        scratch.directory("logs")
        scratch.write("logs/a.log", "one\n")
        let driver = try InputDriver(scratch, "logs/*.log")
        driver.run()
        scratch.rename("logs", "logs.old")
        scratch.directory("logs")
        driver.pass(seconds: 0.2)
        scratch.write("logs/a.log", "two\n")
        scratch.append("logs.old/a.log", "late\n")
        driver.pass(seconds: 2)
        #expect(driver.take().sorted() == ["late", "one", "two"])
    }

    @Test func `a directory renamed below two stars takes its files along`() throws {
        let scratch = Scratch()
        scratch.directory("first")
        scratch.write("first/a.log", "one\n")
        let driver = try InputDriver(scratch, "**/*.log")
        driver.run()
        scratch.rename("first", "second")
        scratch.append("second/a.log", "two\n")
        driver.pass(seconds: 0.2)
        scratch.append("second/a.log", "three\n")
        driver.run()
        #expect(driver.take() == ["one", "two", "three"])
        #expect(driver.registry.rows.map(\.path) == [scratch["second/a.log"]])
    }

    @Test func `a storm of renames costs few rescans and loses nothing`() throws {
        let scratch = Scratch()
        scratch.write("a0.log", "start\n")
        let driver = try InputDriver(scratch)
        driver.run()
        for number in 0..<300 {
            scratch.append("a\(number).log", "line \(number)\n")
            scratch.rename("a\(number).log", "a\(number + 1).log")
            if number % 10 == 0 { driver.run() }
        }
        driver.pass(seconds: 0.2)
        #expect(driver.take() == ["start"] + (0..<300).map { "line \($0)" })
        #expect(driver.input.counts.scans < 10)
        #expect(driver.registry.rows.count == 1)
    }

    @Test func `after an overflow the rescan makes up for what was missed`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch)
        driver.run()
        scratch.append("a.log", "two\n")
        scratch.write("b.log", "new\n")
        driver.missEvents()
        driver.overflow()
        driver.pass(seconds: 0.1)
        #expect(driver.take().sorted() == ["new", "one", "two"])
        #expect(driver.input.counts.watchOverflows == 1)
    }

    @Test func `without events everything is found by the rescan`() throws {
        let scratch = Scratch()
        let driver = try InputDriver(scratch) { $0.settings.checkInterval = .seconds(3) }
        for number in 0..<5 {
            scratch.append("a.log", "line \(number)\n")
            driver.missEvents()
            driver.pass(seconds: 3)
        }
        #expect(driver.take().count == 5)
    }

    @Test func `a file with nothing to say is left alone by the rescan`() throws {
        let scratch = Scratch()
        for number in 0..<100 { scratch.write("\(number).log", "one\n") }
        let driver = try InputDriver(scratch) { $0.descriptors = 1000 }
        driver.pass(seconds: 400)
        let (opened, harvests) = (driver.input.counts.filesOpened, driver.harvests)
        driver.pass(seconds: 100)
        #expect(driver.input.counts.filesOpened == opened)
        #expect(driver.harvests == harvests)
        #expect(driver.input.counts.scans > 10)
    }

    @Test func `nothing to do means one deadline per rescan`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch)
        driver.pass(seconds: 400)
        driver.input.tick(now: driver.now)
        #expect(driver.input.nextDeadline > driver.now)
        driver.now = driver.input.nextDeadline
        driver.input.tick(now: driver.now)
        #expect(driver.input.nextDeadline == driver.now + 10_000_000_000)
    }
}
