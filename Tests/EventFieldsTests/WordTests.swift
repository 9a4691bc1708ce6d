import EventFields
import Testing

@Suite struct WordTests {
    @Test(
        arguments: [
            ("card declined", ["card", "declined"]),
            ("POST /api/v1/Orders?id=7", ["post", "api", "v1", "orders", "id", "7"]),
            ("user_id=42; a-b", ["user_id", "42", "a", "b"]),
            ("ÜBER straße ΟΔΟΣ", ["über", "straße", "οδοσ"]),
            ("Привет, Мир", ["привет", "мир"]),
            ("日本語 text", ["日", "本", "語", "text"]),
            ("5€ ✓ok “quoted”…end", ["5", "€", "✓", "ok", "quoted", "end"]),
            ("", []), ("--- ///", []),
        ] as [(String, [String])])
    func `words are runs of letters and digits in lower case`(_ text: String, _ words: [String]) {
        #expect(Words.of(text.utf8).map { String(decoding: $0, as: UTF8.self) } == words)
    }

    @Test func `bytes that are no UTF-8 are kept`() {
        #expect(Words.of([0x61, 0xff, 0xe2, 0x82, 0x20, 0x80]) == [[0x61, 0xff, 0xe2, 0x82], [0x80]])
    }

    @Test func `a long word is its beginning and a hash in the index, and is found by any prefix`() {
        let word = Array("4bf92f3577b34da6a3ce929d0e0e4736".utf8)
        let indexed = Words.indexForm(word)
        #expect(indexed.count == 22)
        #expect(indexed.starts(with: word.prefix(8)) && indexed[8] == 0x7e)
        #expect(Words.indexForm(Array("4bf92f3577b34da6a3ce929d0e0e4737".utf8)) != indexed)
        for count in 1...32 {
            let prefixes = Words.indexPrefixes(Array(word.prefix(count)))
            #expect(prefixes.contains { indexed.starts(with: $0) }, "\(count)")
        }
        let short = Array("twelve_bytes".utf8)
        #expect(Words.indexForm(short) == short)
        #expect(Words.indexPrefixes(Array("twelve_byt".utf8)).contains { short.starts(with: $0) })
    }

    @Test func `the hash is the one that stores hold`() {
        #expect(WordHash.of(Array("checkout".utf8).span) == WordHash.of(Array("checkout".utf8).span))
        let words = (0..<20_000).map { Array("w\($0)".utf8) } + (0..<100).map { [UInt8](repeating: 0, count: $0) }
        #expect(Set(words.map { WordHash.of($0.span) }).count == words.count)
    }
}
