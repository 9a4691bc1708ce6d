import Parsing
import Testing

private func utf16(_ text: String, big: Bool, mark: Bool = false) -> [UInt8] {
    (mark ? [0xfeff] : []).appending(text.utf16).flatMap { unit in
        let (high, low) = (UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit))
        return big ? [high, low] : [low, high]
    }
}

extension Array where Element == UInt16 {
    fileprivate func appending(_ more: String.UTF16View) -> [UInt16] { self + Array(more) }
}

/// Splits a file as an input does, with the terminator found at once or after the bytes came one by one.
private func lines(_ bytes: [UInt8], _ format: LineFormat, drip: Bool = false) throws -> [String] {
    try unsafe bytes.withUnsafeBufferPointer { bytes in
        let (format, skip) = try unsafe format.start(of: bytes)
        var result: [String] = []
        var at = skip
        var scanned = 0
        var seen = drip ? at : bytes.count
        while seen <= bytes.count {
            let part = unsafe UnsafeBufferPointer(rebasing: bytes[..<seen])
            if let found = unsafe format.nextTerminator(in: part, from: at, scanned: scanned) {
                var text: [UInt8] = []
                _ = unsafe format.recode(UnsafeBufferPointer(rebasing: bytes[at..<found.end]), into: &text)
                result.append(String(decoding: text, as: UTF8.self))
                at = found.end + found.length
                scanned = 0
            } else {
                scanned = seen - at
                seen += 1
            }
        }
        return result
    }
}

private func recode(_ bytes: [UInt8], _ encoding: String) throws -> (text: String, bad: Int) {
    let format = try LineFormat(encoding: encoding, terminator: "auto")
    var out: [UInt8] = []
    let bad = unsafe bytes.withUnsafeBufferPointer { unsafe format.recode($0, into: &out) }
    return (String(decoding: out, as: UTF8.self), bad)
}

@Suite struct LineFormatTests {
    @Test(arguments: [
        ("auto", "a\r\nb\n\r\nc\rd\n", ["a", "b", "", "c\rd"]), ("line_feed", "a\r\nb\n", ["a\r", "b"]),
        ("carriage_return", "a\rb\n\r", ["a", "b\n"]), ("carriage_return_line_feed", "a\nb\r\n\r\n", ["a\nb", ""]),
        ("vertical_tab", "a\u{b}b\n\u{b}", ["a", "b\n"]), ("form_feed", "a\u{c}", ["a"]),
        ("next_line", "a\u{85}é\u{85}", ["a", "é"]), ("line_separator", "a\u{2028}b", ["a"]),
        ("paragraph_separator", "a\u{2029}", ["a"]), ("null_terminator", "a\0\0b", ["a", ""]),
    ])
    func `lines end at their terminator in every encoding`(name: String, text: String, expected: [String]) throws {
        for drip in [false, true] {
            #expect(
                try lines(Array(text.utf8), LineFormat(encoding: "utf-8", terminator: name), drip: drip) == expected)
            for big in [false, true] {
                let format = try LineFormat(encoding: big ? "utf-16be-bom" : "utf-16le", terminator: name)
                #expect(try lines(utf16(text, big: big), format, drip: drip) == expected)
                let marked = try LineFormat(encoding: "utf-16-bom", terminator: name)
                #expect(try lines(utf16(text, big: big, mark: true), marked, drip: drip) == expected)
            }
        }
    }

    @Test func `a line feed that lies across two units ends no line`() throws {
        // U+0A00 and U+000A in both orders: the bytes of a line feed stand at odd places.
        for big in [false, true] {
            let format = try LineFormat(encoding: big ? "utf-16be" : "utf-16le", terminator: "auto")
            let text = "\u{100}\u{a00}\u{10a}\u{a0a}x\n"
            #expect(try lines(utf16(text, big: big), format) == [String(text.dropLast())])
        }
    }

    @Test func `a byte order mark belongs to no line`() throws {
        let plain = try LineFormat(encoding: "plain", terminator: "auto")
        #expect(plain.isPlain && plain.unitWidth == 1)
        #expect(try lines([0xef, 0xbb, 0xbf, 0x61, 0x0a], plain) == ["a"])
        #expect(try lines([0xef, 0xbb, 0x61, 0x0a], plain).count == 1)
        let guess = try LineFormat(encoding: "utf-16", terminator: "auto")
        #expect(!guess.isPlain && guess.unitWidth == 2)
        #expect(try lines(utf16("a\n", big: true), guess) == ["a"])
        #expect(try lines(utf16("a\n", big: false), guess) == ["a"])
    }

    @Test(
        arguments: [
            ("latin1", [0x61, 0xe9, 0x80], "aé\u{80}"), ("iso8859-1", [0xff], "ÿ"), ("iso8859-15", [0xa4], "€"),
            ("windows-1252", [0x80, 0x93], "€“"), ("windows1251", [0xcf, 0xf0], "Пр"), ("cp437", [0x81], "ü"),
            ("koi8r", [0xf0, 0xd2], "Пр"), ("koi8-u", [0xa4], "є"), ("gbk", [0xc4, 0xe3], "你"),
            ("big5", [0xa7, 0x41], "你"),
            ("shift-jis", [0x82, 0xa0, 0x5c], "あ\\"), ("euc-kr", [0xb0, 0xa1], "가"), ("EUC-JP", [0xa4, 0xa2], "あ"),
            ("gb18030", [0x81, 0x30, 0x81, 0x30], "\u{80}"), ("iso8859-8e", [0xe0], "א"), ("ebcdic-037", [0xc1], "A"),
        ] as [(String, [UInt8], String)])
    func `encodings become UTF-8`(name: String, bytes: [UInt8], text: String) throws {
        let result = try recode(bytes, name)
        #expect(result.text == text)
        #expect(result.bad == 0)
    }

    @Test(
        arguments: [
            ("utf-16be", [0xd8, 0x00, 0x00, 0x61], #"\xd8\x00a"#, 2), ("utf-16le", [0x61, 0x00, 0x62], #"a\x62"#, 1),
            ("utf-16be", [0xdc, 0x00], #"\xdc\x00"#, 2), ("utf-16le", [0x3d, 0xd8, 0x39, 0xde], "😹", 0),
            ("gbk", [0x61, 0xff, 0x62], #"a\xffb"#, 1), ("gbk", [0xc4], #"\xc4"#, 1),
            ("windows-1252", [0x81, 0x41], #"\x81A"#, 1),
        ] as [(String, [UInt8], String, Int)])
    func `bytes that mean nothing stay visible`(name: String, bytes: [UInt8], text: String, bad: Int) throws {
        let result = try recode(bytes, name)
        #expect(result.text == text)
        #expect(result.bad == bad)
    }

    @Test func `a long line goes through the converter in pieces`() throws {
        let result = try recode([UInt8](repeating: 0xd0, count: 10_000), "windows-1251")
        #expect(result.text == String(repeating: "Р", count: 10_000))
    }

    @Test func `EBCDIC has its own line feed`() throws {
        let format = try LineFormat(encoding: "ebcdic-037", terminator: "line_feed")
        #expect(try lines([0xc1, 0x25, 0xc2, 0x25], format) == ["A", "B"])
    }

    @Test func `what is not known is refused`() throws {
        #expect(throws: ParsingError.self) { try LineFormat(encoding: "klingon", terminator: "auto") }
        #expect(throws: ParsingError.self) { try LineFormat(encoding: "plain", terminator: "semicolon") }
        #expect(throws: ParsingError.self) { try LineFormat(encoding: "latin1", terminator: "line_separator") }
    }
}
