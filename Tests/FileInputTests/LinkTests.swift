import FileInput
import FileRegistry
import Glibc
import Testing

@Suite struct LinkTests {
    @Test func `symbolic links are followed on request only`() throws {
        let scratch = Scratch()
        scratch.directory("data")
        scratch.write("data/real", "one\n")
        scratch.symlink("data/real", "a.log")
        scratch.symlink("data/nothing", "dangling.log")
        let driver = try InputDriver(scratch)
        driver.pass(seconds: 12)
        #expect(driver.take() == [])
        driver.settings.symlinks = true
        try driver.restart()
        driver.run()
        #expect(driver.lines.map(\.path) == [scratch["a.log"]])
        scratch.append("data/real", "two\n")
        driver.run()
        #expect(driver.take() == ["one", "two"])
    }

    @Test func `two links to one target are one file, and so is a link beside its target`() throws {
        let scratch = Scratch()
        scratch.write("real.log", "one\n")
        scratch.symlink("real.log", "b.log")
        scratch.symlink("real.log", "a.log")
        let driver = try InputDriver(scratch) { $0.settings.symlinks = true }
        driver.pass(seconds: 30)
        scratch.append("real.log", "two\n")
        driver.run()
        driver.pass(seconds: 30)
        #expect(driver.take() == ["one", "two"])
        #expect(driver.input.counts.renames == 0)
    }

    @Test func `a link that is turned to another file ends nothing`() throws {
        let scratch = Scratch()
        scratch.directory("data")
        scratch.write("data/first", "one\n")
        scratch.write("data/second", "two\n")
        scratch.symlink("data/first", "a.log")
        let driver = try InputDriver(scratch) { $0.settings.symlinks = true }
        driver.run()
        scratch.append("data/first", "late\n")
        scratch.symlink("data/second", "b.tmp")
        scratch.rename("b.tmp", "a.log")
        driver.pass(seconds: 12)
        #expect(driver.take().sorted() == ["late", "one", "two"])
        scratch.append("data/second", "three\n")
        driver.run()
        #expect(driver.take() == ["three"])
    }

    @Test func `the target of a link is rotated`() throws {
        let scratch = Scratch()
        scratch.directory("data")
        scratch.write("data/0", "one\n")
        scratch.symlink("data/0", "a.log")
        let driver = try InputDriver(scratch) { $0.settings.symlinks = true }
        driver.run()
        scratch.append("data/0", "two\n")
        scratch.rename("data/0", "data/0.old")
        scratch.write("data/0", "three\n")
        driver.pass(seconds: 1)
        scratch.append("data/0.old", "late\n")
        driver.pass(seconds: 2)
        #expect(driver.take().sorted() == ["late", "one", "three", "two"])
    }

    @Test func `hard links are one file, whichever name is written to or removed`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        scratch.link("a.log", "b.log")
        scratch.link("a.log", "c.other")
        let driver = try InputDriver(scratch)
        driver.run()
        scratch.append("b.log", "two\n")
        driver.run()
        scratch.append("a.log", "three\n")
        driver.run()
        #expect(driver.take() == ["one", "two", "three"])
        scratch.remove("a.log")
        driver.pass(seconds: 12)
        scratch.append("b.log", "four\n")
        driver.run()
        #expect(driver.take() == ["four"])
        scratch.remove("b.log")
        driver.pass(seconds: 12)
        #expect(driver.registry.rows.map(\.removed) == [false])
        scratch.append("c.other", "five\n")
        driver.run()
        #expect(driver.take() == ["five"])
        #expect(driver.registry.rows.count == 1)
    }
}
