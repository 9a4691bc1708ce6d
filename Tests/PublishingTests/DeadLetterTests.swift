import FoundationEssentials
import Glibc
import Publishing
import Synchronization
import Testing

/// Dead letters on disk.
struct DeadLetterTests {
    let folder = DeadLetterFolder()

    @Test func `a letter says what, whence and why`() throws {
        try folder.store().keep(DeadLetterFolder.letters(["first", "say \"no\""]))
        let letters = try folder.letters()
        #expect(letters.map(\.line) == ["first", "say \"no\""])
        #expect(letters.map(\.offset) == [0, 6])
        let letter = try #require(letters.last)
        #expect(letter.pipeline == "out")
        #expect(letter.file == "/var/log/app.log")
        #expect(letter.event_id == "test-1-6")
        #expect(letter.attempts == 3)
        #expect(letter.reason == "no")
        #expect(letter.answer == "never")
        #expect(letter.line_hex == nil)
        #expect(letter.time.count == 24 && letter.time.hasSuffix("Z"))
    }

    @Test(
        arguments: [
            [0xff, 0x41], [0xc3], [0x00, 0x80, 0x0d], [0xed, 0xa0, 0x80], Array(0...9) + Array(11...255),
        ] as [[UInt8]])
    func `bytes that are no UTF-8 are kept exactly`(_ line: [UInt8]) throws {
        try folder.store().keep(DeadLetterFolder.letters([line]))
        let letter = try #require(try folder.letters().first)
        let hex = try #require(letter.line_hex)
        #expect(hex == line.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }

    @Test(arguments: ["", "\u{0}\u{1}\u{1f}\u{7f}", "é€😀", "\\ \" / \\x41", "tab\there"])
    func `text is kept exactly`(_ line: String) throws {
        try folder.store().keep(DeadLetterFolder.letters([line]))
        let letter = try #require(try folder.letters().first)
        #expect(letter.line == line)
        #expect(letter.line_hex == nil)
    }

    @Test func `an answer full of quotes and controls is still one line of JSON`() throws {
        let answer = "{\"error\":\"bad\n\u{1}\"}"
        try folder.store().keep(DeadLetterFolder.letters([[0x61]], answer: answer))
        #expect(try folder.letters().map(\.answer) == [answer])
    }

    @Test func `nothing to keep makes no file`() throws {
        try folder.store().keep([])
        #expect(folder.files.isEmpty)
    }

    @Test func `only the owner can read the letters`() throws {
        try folder.store().keep(DeadLetterFolder.letters(["secret"]))
        var info = stat()
        let file = unsafe stat(folder.path + "/00000001.ndjson", &info)
        #expect(file == 0)
        #expect(info.st_mode & 0o777 == 0o600)
        let directory = unsafe stat(folder.path, &info)
        #expect(directory == 0)
        #expect(info.st_mode & 0o007 == 0)
    }

    @Test func `the oldest letters make room for new ones and are counted`() throws {
        let limit = 32 * 1024
        let store = folder.store(maximumBytes: limit)
        let rounds = 150
        for round in 0..<rounds {
            try store.keep(DeadLetterFolder.letters(["\(round) " + String(repeating: "x", count: 500)]))
            if round % 25 == 0 { #expect(folder.bytes <= limit) }
        }
        let letters = try folder.letters()
        let evicted = store.evictedLetters
        #expect(folder.bytes <= limit)
        #expect(folder.bytes > limit / 2)
        #expect(evicted + letters.count == rounds)
        #expect(letters.first?.line.hasPrefix("\(evicted) ") == true)
        #expect(letters.last?.line.hasPrefix("\(rounds - 1) ") == true)
    }

    @Test func `letters larger than the limit are kept, alone`() throws {
        let store = folder.store(maximumBytes: 10_000)
        try store.keep(DeadLetterFolder.letters(["small"]))
        try store.keep(DeadLetterFolder.letters([String(repeating: "x", count: 20_000)]))
        #expect(try folder.letters().map(\.line.count) == [20_000])
        #expect(store.evictedLetters == 1)
        try store.keep(DeadLetterFolder.letters(["next"]))
        #expect(try folder.letters().map(\.line) == ["next"])
    }

    @Test func `a restart goes on in the newest file, or numbers on when that is full`() throws {
        try folder.store(maximumBytes: 40_000).keep(DeadLetterFolder.letters(["one"]))
        try folder.store(maximumBytes: 40_000).keep(DeadLetterFolder.letters(["two"]))
        #expect(folder.files == ["00000001.ndjson"])
        try folder.store(maximumBytes: 40_000).keep(DeadLetterFolder.letters([String(repeating: "x", count: 5000)]))
        #expect(folder.files == ["00000001.ndjson", "00000002.ndjson"])
        #expect(try folder.letters().map(\.line.count) == [3, 3, 5000])
    }

    @Test func `numbers go on from the newest file that is there`() throws {
        try folder.store().keep(DeadLetterFolder.letters(["one"]))
        try FileManager.default.moveItem(
            atPath: folder.path + "/00000001.ndjson", toPath: folder.path + "/123456789.ndjson")
        folder.write(Array("notes".utf8), to: "README")
        try folder.store(maximumBytes: 1).keep(DeadLetterFolder.letters([String(repeating: "x", count: 5000)]))
        #expect(folder.files == ["123456790.ndjson", "README"])
    }

    @Test(arguments: [0, 1, 30, 100_000])
    func `the torn last line of a crash is cut off`(_ torn: Int) throws {
        try folder.store().keep(DeadLetterFolder.letters(["one", "two"]))
        let whole = folder.contents("00000001.ndjson")
        folder.write(whole + [UInt8](repeating: 0x7b, count: torn), to: "00000001.ndjson")
        try folder.store().keep(DeadLetterFolder.letters(["three"]))
        #expect(try folder.letters().map(\.line) == ["one", "two", "three"])
    }

    @Test func `a file of nothing but a torn line begins anew`() throws {
        try folder.store().keep(DeadLetterFolder.letters(["one"]))
        folder.write([UInt8](repeating: 0, count: 70_000), to: "00000001.ndjson")
        try folder.store().keep(DeadLetterFolder.letters(["two"]))
        #expect(try folder.letters().map(\.line) == ["two"])
    }

    @Test func `files that are deleted beneath the agent leave no hole`() throws {
        let store = folder.store()
        try store.keep(DeadLetterFolder.letters(["one"]))
        try FileManager.default.removeItem(atPath: folder.path + "/00000001.ndjson")
        try store.keep(DeadLetterFolder.letters(["two"]))
        #expect(try folder.letters().map(\.line) == ["two"])
    }

    @Test func `a directory that is gone is made again at the next attempt`() throws {
        let store = folder.store()
        try store.keep(DeadLetterFolder.letters(["one"]))
        try FileManager.default.removeItem(atPath: folder.path)
        #expect(throws: (any Error).self) { try store.keep(DeadLetterFolder.letters(["two"])) }
        try store.keep(DeadLetterFolder.letters(["two"]))
        #expect(try folder.letters().map(\.line) == ["two"])
    }

    @Test func `a path that cannot be a directory is an error with its name`() throws {
        try FileManager.default.createDirectory(atPath: folder.root + "/data", withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: folder.root + "/data/dead-letters", contents: Data()))
        let error = #expect(throws: (any Error).self) { try folder.store().keep(DeadLetterFolder.letters(["one"])) }
        #expect(error.map { "\($0)" }?.contains("dead-letters") == true)
    }
}
