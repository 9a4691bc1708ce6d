import FileInput
import FileRegistry
import Glibc
import Testing

@Suite struct DescriptorTests {
    @Test(arguments: [(0, 3), (1, 64), (0, 1)])
    func `with fewer descriptors than files all are read completely`(limit: Int, descriptors: Int) throws {
        let scratch = Scratch()
        let rows = (0..<400).map { "row \($0) " + String(repeating: "q", count: 900) }
        for number in 0..<20 { scratch.write("\(number).log", rows.joined(separator: "\n") + "\n") }
        let driver = try InputDriver(scratch) {
            $0.settings.harvesterLimit = limit
            $0.descriptors = descriptors
        }
        var most = 0
        while driver.turn() { most = max(most, openDescriptors(scratch.path + "/")) }
        #expect(most <= (limit > 0 ? limit : descriptors) + 1)  // and the watch shows no path
        for number in 0..<20 {
            #expect(driver.lines.filter { $0.path == scratch["\(number).log"] }.map(\.string) == rows)
        }
    }

    @Test func `a file without a name that is only waited for gives way to others`() throws {
        let scratch = Scratch()
        scratch.directory("away")
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch) { $0.settings.harvesterLimit = 1 }
        driver.run()
        scratch.append("a.log", "two\nend")
        scratch.rename("a.log", "away/a.log")
        driver.pass(seconds: 1)
        scratch.write("b.log", "b\n")
        scratch.write("c.log", "c\n")
        driver.pass(seconds: 1)
        #expect(driver.take().sorted() == ["b", "c", "end", "one", "two"])
    }

    @Test func `quiet files beyond 32 give up their descriptors soon, the rest later`() throws {
        let scratch = Scratch()
        for number in 0..<60 { scratch.write("\(number).log", "one\n") }
        let driver = try InputDriver(scratch) { $0.descriptors = 1000 }
        driver.run()
        #expect(driver.input.openCount == 60)
        driver.pass(seconds: 3)
        #expect(driver.input.openCount == 32)
        driver.pass(seconds: 200)
        #expect(driver.input.openCount == 32)
        driver.pass(seconds: 120)
        #expect(driver.input.openCount == 0)
        #expect(openDescriptors(scratch.path + "/") == 0)
        scratch.append("7.log", "two\n")
        driver.run()
        #expect(driver.take().last == "two")
    }

    @Test func `close.reader.on_eof and after_interval close and lose nothing`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch) { $0.settings.closeOnEOF = true }
        driver.run()
        #expect(driver.input.openCount == 0)
        scratch.append("a.log", "two\n")
        driver.run()
        #expect(driver.take() == ["one", "two"])
        driver.settings.closeOnEOF = false
        driver.settings.closeAfterInterval = .seconds(3)
        try driver.restart()
        driver.run()
        #expect(driver.input.openCount == 1)
        driver.pass(seconds: 4)
        #expect(driver.input.openCount == 0)
        scratch.append("a.log", "three\n")
        driver.run()
        #expect(driver.take() == ["three"])
    }
}
