import FileInput
import FileRegistry
import Glibc
import Testing

@Suite struct IdentityTests {
    @Test func `two files with the same first kilobytes are two files`() throws {
        let scratch = Scratch()
        let same = (0..<200).map { "the same line \($0)\n" }.joined()
        scratch.write("a.log", same + "a\n")
        scratch.write("b.log", same + "b\n")
        let driver = try InputDriver(scratch)
        driver.run()
        #expect(driver.lines.count == 402)
        #expect(Set(driver.lines.map(\.id)).count == 402)
    }

    /// The header has been read; another file with the same header gets the inode while the old one is closed.
    @Test(arguments: [true, false])
    func `another file with the inode and the header of an old one is read from 0`(sameName: Bool) throws {
        let scratch = Scratch()
        let driver = try InputDriver(scratch)
        var reused = false
        for _ in 0..<20 where !reused {
            scratch.write("a.log", "header\n")
            driver.pass(seconds: 400)
            #expect(driver.take() == ["header"])
            let inode = scratch.inode("a.log")
            let name = sameName ? "a.log" : "b.log"
            scratch.remove("a.log")
            scratch.write(name, "header\nnew one\n")
            reused = scratch.inode(name) == inode
            driver.pass(seconds: 12)
            #expect(driver.take() == ["header", "new one"])
            scratch.remove(name)
            driver.pass(seconds: 12)
        }
    }

    /// The birth time in the row is the other file's, as after a reuse while the agent was down.
    @Test func `a row of another birth is not this file's`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "header\nold\n")
        let driver = try InputDriver(scratch)
        driver.run()
        var row = try #require(driver.registry.rows.first)
        guard row.birth != 0 else { return }
        row.birth -= 1_000_000_000
        _ = driver.registry.submit([row], removed: [])
        try driver.restart()
        driver.run()
        #expect(driver.take() == ["header", "old", "header", "old"])
    }

    @Test func `without birth times the content decides`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "header\nold\n")
        let driver = try InputDriver(scratch)
        driver.run()
        var row = try #require(driver.registry.rows.first)
        row.birth = 0
        _ = driver.registry.submit([row], removed: [])
        scratch.write("a.log", "header\nnew content\n")
        try driver.restart()
        driver.run()
        #expect(driver.take() == ["header", "old", "header", "new content"])
        scratch.append("a.log", "more\n")
        driver.run()
        #expect(driver.take() == ["more"])
    }

    @Test func `an inode that is reused outside the glob is never read`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "ours\n")
        let driver = try InputDriver(scratch)
        driver.run()
        for var row in driver.registry.rows {
            row.birth = 0
            _ = driver.registry.submit([row], removed: [])
        }
        scratch.rename("a.log", "private.txt")
        scratch.write("private.txt", "secret and longer than it was\n")
        try driver.restart()
        driver.pass(seconds: 30)
        #expect(driver.take() == ["ours"])
    }

    @Test func `the device number may change with a reboot`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        scratch.write("b.log", "b\n")
        let driver = try InputDriver(scratch)
        driver.run()
        for var row in driver.registry.rows where row.birth != 0 {
            row.device += 7
            _ = driver.registry.submit([row], removed: [])
        }
        scratch.append("a.log", "two\n")
        scratch.append("b.log", "b2\n")
        scratch.rename("b.log", "b.old")
        try driver.restart()
        driver.run()
        #expect(driver.take().sorted() == ["b", "b2", "one", "two"])
    }

    @Test func `rotation while the agent was down loses nothing, inside the glob and outside`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        scratch.write("b.log", "b1\n")
        let driver = try InputDriver(scratch)
        driver.run()
        driver.input.stop()
        scratch.append("a.log", "two\n")
        scratch.rename("a.log", "a.log.1")
        scratch.write("a.log", "three\n")
        scratch.append("b.log", "b2\n")
        scratch.rename("b.log", "c.log")
        scratch.write("b.log", "b3\n")
        try driver.restart()
        driver.pass(seconds: 30)
        #expect(driver.take().sorted() == ["b1", "b2", "b3", "one", "three", "two"])
        scratch.append("a.log.1", "late\n")
        driver.run()
        #expect(driver.take() == ["late"])
        #expect(driver.registry.rows.count == 4)
        #expect(driver.registry.rows.allSatisfy { !$0.removed })
    }

    @Test func `a file that was seen but not settled is followed out of the glob after a crash`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch) { $0.settlesAtOnce = false }
        driver.run()
        try driver.crash()
        scratch.rename("a.log", "a.old")
        try driver.restart()
        driver.run()
        #expect(driver.texts == ["one", "one"])
        #expect(Set(driver.lines.map(\.id)).count == 1)
    }

    /// The first line grows piece by piece; whenever the agent is killed, the ids are those of the whole file.
    @Test func `ids are the same at every stage of growth`() throws {
        let text =
            String(repeating: "first line ", count: 30) + "\nsecond\n" + String(repeating: "z", count: 1500) + "\n"
        let bytes = Array(text.utf8)
        for step in [1, 97, 300] {
            let scratch = Scratch()
            let driver = try InputDriver(scratch) { $0.settlesAtOnce = false }
            var ids: [UInt64: Set<String>] = [:]
            for start in stride(from: 0, to: bytes.count, by: step) {
                scratch.append("a.log", bytes: Array(bytes[start..<min(start + step, bytes.count)]))
                if start / step % 40 == 0 { try driver.crash() }
                driver.run()
            }
            for line in driver.lines { ids[line.offset, default: []].insert(line.id) }
            #expect(ids.count == 3)
            #expect(ids.values.allSatisfy { $0.count == 1 })
        }
    }

    @Test func `the fingerprint grows with the file and the events tell it once it is complete`() throws {
        let scratch = Scratch()
        let driver = try InputDriver(scratch)
        for number in 0..<40 {
            scratch.append("a.log", "line \(number) " + String(repeating: "f", count: 40) + "\n")
            driver.run()
            let row = try #require(driver.registry.rows.first)
            #expect(row.offset > 0)
        }
        driver.run()
        scratch.append("a.log", "last\n")
        driver.run()
        #expect(driver.registry.rows.map(\.fingerprintLength) == [1024])
        #expect(Set(driver.lines.map(\.id)).count == 41)
    }
}
