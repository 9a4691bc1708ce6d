import CShim
import EventModel
import Parsing
import TestSupport
import Testing

/// RFC 8259, exactly: what is accepted, what is refused, and what we chose where the RFC leaves it open.
@Suite struct JSONGrammarTests {
    private let parser = NdjsonParser(NdjsonSettings(), keys: EventKeys())

    @Test(arguments: JSONGrammarCases.accepted)
    func `must be accepted`(name: String, text: String) {
        #expect(parser.verdict(Array(#"{"a":\#(text)}"#.utf8)) == .splice(#""a":\#(text)"#))
        #expect(parser.verdict(Array(#"{"x":1,"a":[\#(text),\#(text)] , "b":{"c":\#(text)}}"#.utf8)).isValid)
    }

    @Test(arguments: JSONGrammarCases.refused)
    func `must be refused`(name: String, text: String) {
        for padding: UInt8 in [0x31, 0x22, 0x7d, 0x0a, 0x20, 0x5c] {
            #expect(!parser.verdict(Array(#"{"a":\#(text)}"#.utf8), padding: padding).isValid)
            #expect(!parser.verdict(Array(#"{"a":[\#(text)"#.utf8), padding: padding).isValid)
            // At the root, where the case may itself be an object.
            #expect(!parser.verdict(Array(text.utf8), padding: padding).isValid)
        }
    }

    @Test(arguments: JSONGrammarCases.badUTF8)
    func `bytes that are no UTF-8 are refused`(name: String, bytes: [UInt8]) {
        for text in ["", "a", String(repeating: "x", count: 31), "é"] {
            let line = Array(#"{"a":"\#(text)"#.utf8) + bytes + Array(#"\#(text)"}"#.utf8)
            #expect(!parser.verdict(line).isValid)
            #expect(!parser.verdict(Array("{\"".utf8) + bytes + Array(#"":1}"#.utf8)).isValid)
        }
        #expect(!parser.verdict(Array("{".utf8) + bytes + Array("}".utf8)).isValid)
    }

    @Test(arguments: [[0xef, 0xb7, 0x90], [0xef, 0xbf, 0xbf], [0xf4, 0x8f, 0xbf, 0xbf]] as [[UInt8]])
    func `noncharacters are accepted`(bytes: [UInt8]) {
        #expect(parser.verdict(Array("{\"a\":\"".utf8) + bytes + Array("\"}".utf8)).isValid)
    }

    /// What the RFC leaves open: large numbers are text to us, half a surrogate pair becomes U+FFFD on the slow way.
    @Test(arguments: [
        ("123123e100000", "splice"), ("-1e-400", "splice"), ("1e400", "splice"), ("0.4e006699999999999", "splice"),
        ("100000000000000000000", "splice"), ("-237462374673276894279832749832423479823246327846", "splice"),
        (#""\uDADA""#, "merge"), (#""\uD888\u1234""#, "merge"), (#""\uD800\n""#, "merge"),
        (#""\uDd1ea""#, "merge"), (#""\uD800\uD800\n""#, "merge"), (#""\ud800abc""#, "merge"),
        (#""\uDd1e\uD834""#, "merge"), (#""\uDFAA""#, "merge"),
    ])
    func `where the RFC leaves it open`(text: String, choice: String) {
        let line = #"{"a":\#(text)}"#
        let verdict = parser.verdict(Array(line.utf8))
        #expect(verdict == (choice == "merge" ? .merge : .splice(String(line.dropFirst().dropLast()))))
    }

    @Test func `a line must be an object`() {
        for text in ["", " ", "[]", "1", "\"a\"", "null", "true", "\u{feff}{}", "x", "[{}]"] {
            #expect(!parser.verdict(Array(text.utf8)).isValid)
        }
        for text in ["{}", " {} ", "\t{\r\n}\n", "{ }"] { #expect(parser.verdict(Array(text.utf8)).isValid) }
    }

    @Test func `nesting is bounded`() {
        func nested(_ open: String, _ close: String, _ depth: Int) -> Verdict {
            let line = #"{"a":"# + String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
            return parser.verdict(Array((line + "}").utf8))
        }
        let limit = Int(NT_JSON_DEPTH) - 1
        #expect(nested("[", "]", limit).isValid)
        #expect(nested(#"{"b":"#, "}", limit).isValid)
        #expect(!nested("[", "]", limit + 1).isValid)
        #expect(!nested(#"{"b":"#, "}", limit + 1).isValid)
        #expect(!nested(#"[{"b":"#, "}]", limit).isValid)
        #expect(!nested("[", "]", 100_000).isValid)
        #expect(!parser.verdict(Array((#"{"a":"# + String(repeating: "[", count: 100_000)).utf8)).isValid)
        #expect(!parser.verdict(Array((#"{"a":"# + String(repeating: #"[{"":"#, count: 50_000)).utf8)).isValid)
    }

    @Test func `arrays and objects close in the order in which they were opened`() {
        for depth in 1...100 {
            var generator = SeededGenerator(seed: UInt64(depth))
            let kinds = (0..<depth).map { _ in Bool.random(using: &generator) }
            let open = kinds.map { $0 ? #"{"k":"# : "[" }.joined()
            let close = kinds.reversed().map { $0 ? "}" : "]" }.joined()
            #expect(parser.verdict(Array(#"{"a":\#(open)1\#(close)}"#.utf8)).isValid)
            let wrong = Int.random(in: 0..<depth, using: &generator)
            var bytes = Array(close.utf8)
            bytes[wrong] = bytes[wrong] == 0x7d ? 0x5d : 0x7d
            #expect(!parser.verdict(Array(#"{"a":\#(open)1"#.utf8) + bytes + [0x7d]).isValid)
        }
    }

    @Test func `a line that is cut is refused at every byte, whatever lies behind it`() {
        let line = Array(
            #"{"level":"info","ts":1795341600.000231,"é":"a\"\u00e9😀","n":[-1e+5,{"x":null,"y":[true,false]}],"z":0}"#
                .utf8
        )
        #expect(parser.verdict(line).isValid)
        for end in 0..<line.count {
            let cut = Array(line[..<end])
            #expect(!parser.verdict(cut).isValid)
            // The rest of the line lies behind the cut, as in a slab; and then what could close it.
            let whole = line + [UInt8](repeating: 0x7d, count: 64)
            let valid = unsafe whole.withUnsafeBufferPointer { whole in
                if case .failed = unsafe parser.examine(UnsafeBufferPointer(rebasing: whole[..<end])) {
                    false
                } else {
                    true
                }
            }
            #expect(!valid, "cut at \(end)")
        }
    }

    @Test func `errors say what is wrong and where`() {
        var settings = NdjsonSettings()
        settings.addErrorKey = true
        let parser = NdjsonParser(settings, keys: EventKeys())
        for (line, error) in [
            ("", "the line is no object, at byte 0"), ("  x", "the line is no object, at byte 2"),
            (#"{"a""#, "the line ends too early, at byte 4"), (#"{"a":"b"#, "the line ends too early, at byte 7"),
            ("{x", "expected a key, at byte 1"), (#"{"a";1}"#, "expected a colon, at byte 4"),
            (#"{"a":x}"#, "expected a value, at byte 5"),
            (#"{"a":1 2}"#, "expected a comma or the end of the object or array, at byte 7"),
            ("{\"a\":\"\u{1}\"}", "control character in a string, at byte 6"),
            (#"{"a":"\q"}"#, "unknown escape in a string, at byte 6"), (#"{"a":01}"#, "malformed number, at byte 6"),
            (#"{"a":1} 2"#, "something follows the object, at byte 8"),
        ] {
            #expect(parser.verdict(Array(line.utf8)) == .failed("Error decoding JSON: " + error))
        }
        #expect(self.parser.verdict([]) == .failed(""))
    }
}
