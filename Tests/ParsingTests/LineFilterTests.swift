import Parsing
import Testing

private func keeps(_ line: [UInt8], include: [String] = [], exclude: [String] = []) throws -> Bool {
    var settings = LineFilterSettings()
    settings.includeLines = include
    settings.excludeLines = exclude
    let filter = try LineFilter(settings)
    return unsafe withLine(line) { unsafe filter.keeps($0) }
}

@Suite struct LineFilterTests {
    @Test func `include first, then exclude`() throws {
        #expect(try keeps(Array("ERR x".utf8)))
        #expect(try keeps(Array("ERR x".utf8), include: ["^ERR", "^WARN"]))
        #expect(try keeps(Array("WARN".utf8), include: ["^ERR", "^WARN"]))
        #expect(try !keeps(Array("INFO".utf8), include: ["^ERR", "^WARN"]))
        #expect(try !keeps(Array("ERR debug".utf8), include: ["^ERR"], exclude: ["debug"]))
        #expect(try !keeps(Array("DBG".utf8), exclude: ["^DBG"]))
    }

    @Test(arguments: [
        ("(?i)error", "an ERROR", true), (#"\d{3}"#, "a12", false), (#"^\s*$"#, "", true), (#"^\s*$"#, "x", false),
        ("é.x", "éüx", true), (#"\p{Greek}"#, "λ", true), ("[[:alpha:]]+", "123", false), ("x$", "x\n", false),
        ("(?P<name>a)b", "ab", true), (#"\bfoo\b"#, "a foo b", true), (#"a\z"#, "ba", true), ("", "anything", true),
        (#"\Qa.b\E"#, "axb", false), ("(?s)a.b", "a\nb", true), ("a.b", "a\nb", false), (#"\x{e9}"#, "é", true),
    ])
    func `patterns are Go's`(pattern: String, line: String, matches: Bool) throws {
        #expect(try keeps(Array(line.utf8), include: [pattern]) == matches)
    }

    @Test func `a line that is no UTF-8 is searched all the same`() throws {
        #expect(try keeps([0xff, 0x61, 0x62, 0xc3], include: ["ab"]))
        #expect(try keeps([0xff, 0xc3, 0xa9], include: ["é$"]))
        #expect(try !keeps([0xff], include: ["."]))
    }

    @Test func `a pattern that would take for ever gives up`() throws {
        let line = [UInt8](repeating: 0x61, count: 40) + [0x62]
        #expect(try !keeps(line, include: ["^(a+)+(a+)+(a+)+c$"]))
    }

    @Test(arguments: [("a(b", "at byte 3"), ("[z", "at byte 2"), ("*a", "at byte 0"), (#"a\C"#, "at byte 3")])
    func `a pattern that is wrong is named with the place`(pattern: String, place: String) {
        var settings = LineFilterSettings()
        settings.excludeLines = [pattern]
        let error = #expect(throws: ParsingError.self) { try LineFilter(settings) }
        #expect(error?.code == .badPattern)
        #expect(error?.message.contains("“\(pattern)”, \(place)") == true)
    }

    @Test func `a parsed line is judged by its message`() throws {
        var settings = LineFilterSettings()
        settings.includeLines = ["^hello"]
        let filter = try LineFilter(settings)
        let parser = parser { $0.messageKey = "msg" }
        let kept = [#"{"msg":"hello"}"#, #"{"msg":"no hello"}"#, "hello, no json", #"{"a":"hello"}"#].map { line in
            unsafe withLine(Array(line.utf8)) { unsafe filter.keeps($0, of: parser) }
        }
        #expect(kept == [true, false, true, false])
    }

    @Test func `paths are judged in the same way`() throws {
        let filter = try PathFilter(include: [#"\.log$"#], exclude: [#"\.gz"#, "^/tmp/"])
        #expect(filter.keeps("/var/log/a.log"))
        #expect(!filter.keeps("/var/log/a.txt"))
        #expect(!filter.keeps("/var/log/a.gz.log"))
        #expect(!filter.keeps("/tmp/a.log"))
        #expect(try PathFilter(include: [], exclude: []).keeps("/x"))
    }
}
