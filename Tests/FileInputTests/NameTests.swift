import Glibc
import Testing

@testable import FileInput

/// Names that are no UTF-8: to the kernel they are names as any other.
struct NameTests {
    /// `f\xe9.log` in the directory `d\xff`.
    private let path: [UInt8] = Array("/d".utf8) + [0xff] + Array("/f".utf8) + [0xe9] + Array(".log".utf8)

    private func withFile(_ scratch: Scratch, _ path: [UInt8], _ text: String) {
        let name = (Array(scratch.path.utf8) + path).map { CChar(bitPattern: $0) } + [0]
        let file = unsafe open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        precondition(file >= 0)
        Scratch.put(file, Array(text.utf8))
        close(file)
    }

    private func makeDirectory(_ scratch: Scratch) {
        let name = (Array(scratch.path.utf8) + path.prefix(3)).map { CChar(bitPattern: $0) } + [0]
        precondition(unsafe mkdir(name, 0o755) == 0)
    }

    @Test func `a name that is no UTF-8 is read, followed, and shown with its bytes`() throws {
        let scratch = Scratch()
        makeDirectory(scratch)
        withFile(scratch, path, "one\n")
        let driver = try InputDriver(scratch, "*/f?.log")
        driver.run()
        withFile(scratch, path, "two\n")
        driver.pass(seconds: 0.1)
        #expect(driver.lines.map(\.string) == ["one", "two"])
        #expect(Set(driver.lines.map(\.path)) == [scratch.path + "/d\\xff/f\\xe9.log"])
        #expect(driver.log.all.isEmpty)
        try driver.restart()
        driver.run()
        withFile(scratch, path, "three\n")
        driver.pass(seconds: 0.1)
        #expect(driver.lines.map(\.string) == ["one", "two", "three"])
    }

    @Test func `a question mark is one character, not one byte`() throws {
        let scratch = Scratch()
        scratch.write("a\u{e9}.log", "one\n")
        scratch.write("a\u{1f600}.log", "two\n")
        scratch.write("ab.log", "three\n")
        scratch.write("abc.log", "four\n")
        let driver = try InputDriver(scratch, "a?.log")
        driver.run()
        #expect(driver.take().sorted() == ["one", "three", "two"])
    }

    @Test func `two names that differ in such a byte alone are two files`() throws {
        let scratch = Scratch()
        withFile(scratch, Array("/a".utf8) + [0x80] + Array(".log".utf8), "one\n")
        withFile(scratch, Array("/a".utf8) + [0x81] + Array(".log".utf8), "two\n")
        let driver = try InputDriver(scratch)
        driver.run()
        #expect(driver.take().sorted() == ["one", "two"])
        #expect(driver.registry.rows.count == 2)
    }
}
