import FileInput
import FileRegistry
import Glibc
import Testing

@Suite struct OptionTests {
    @Test func `ignore_older leaves out what was there and reads what is added, also after a restart`() throws {
        let scratch = Scratch()
        scratch.write("old.log", "old\n")
        scratch.age("old.log", seconds: 7200)
        scratch.write("new.log", "new\n")
        let driver = try InputDriver(scratch) { $0.settings.ignoreOlder = .seconds(3600) }
        driver.pass(seconds: 30)
        #expect(driver.take() == ["new"])
        #expect(driver.input.unreadBytes == 0)
        // Written to while the agent is down: the old content stays left out.
        scratch.append("old.log", "added\n")
        try driver.restart()
        driver.run()
        #expect(driver.take() == ["added"])
        scratch.append("old.log", "again\n")
        driver.run()
        #expect(driver.take() == ["again"])
    }

    @Test func `an ignored file costs no descriptor`() throws {
        let scratch = Scratch()
        scratch.write("old.log", "old\n")
        scratch.age("old.log", seconds: 7200)
        let driver = try InputDriver(scratch) { $0.settings.ignoreOlder = .seconds(3600) }
        driver.pass(seconds: 30)
        #expect(driver.input.counts.filesOpened == 0)
    }

    @Test(arguments: [0, 3])
    func `an ignored file that is truncated is read from 0`(size: Int) throws {
        let scratch = Scratch()
        scratch.write("old.log", "old and long\n")
        scratch.age("old.log", seconds: 7200)
        let driver = try InputDriver(scratch) { $0.settings.ignoreOlder = .seconds(3600) }
        driver.pass(seconds: 30)
        scratch.write("old.log", String(repeating: "x", count: size))
        driver.run()
        scratch.append("old.log", "\nnew\n")
        driver.run()
        #expect(driver.take().last == "new")
        #expect(driver.registry.rows.map(\.offset) == [UInt64(size) + 5])
    }

    @Test func `a known file is read on however old it is`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch) { $0.settings.ignoreOlder = .seconds(3600) }
        driver.run()
        scratch.append("a.log", "two\n")
        scratch.age("a.log", seconds: 7200)
        try driver.restart()
        driver.run()
        #expect(driver.take() == ["one", "two"])
    }

    @Test(arguments: [FileInputSettings.IgnoreInactive.sinceFirstStart, .sinceLastStart])
    func `ignore_inactive leaves out files not written to since the start`(mode: FileInputSettings.IgnoreInactive)
        throws
    {
        let scratch = Scratch()
        for (name, age) in [("a.log", 3000), ("b.log", 2000), ("c.log", 500)] {
            scratch.write(name, name + "\n")
            scratch.age(name, seconds: age)
        }
        let wall = Int64(time(nil)) * 1_000_000_000
        let driver = try InputDriver(scratch) {
            $0.settings.ignoreInactive = mode
            $0.firstStart = wall - 2500 * 1_000_000_000
            $0.startTime = wall - 1000 * 1_000_000_000
        }
        driver.run()
        #expect(driver.take().sorted() == (mode == .sinceFirstStart ? ["b.log", "c.log"] : ["c.log"]))
    }

    @Test func `exclude_files and include_files choose among the names`() throws {
        let scratch = Scratch()
        for name in ["app.log", "app-debug.log", "db.log"] { scratch.write(name, name + "\n") }
        let driver = try InputDriver(scratch) {
            $0.settings.includeFiles = ["/app"]
            $0.settings.excludeFiles = ["debug"]
        }
        driver.run()
        scratch.append("app-debug.log", "x\n")
        scratch.append("db.log", "y\n")
        scratch.write("app2.log", "z\n")
        driver.run()
        #expect(driver.take() == ["app.log", "z"])
    }

    @Test func `rows of other inputs are left alone`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch)
        driver.run()
        let other = try InputDriver(scratch, registry: driver.registry) { $0.settings.id = "other" }
        other.run()
        #expect(other.take() == ["one"])
        #expect(driver.registry.rows.map(\.input).sorted() == ["other", "test"])
    }
}
