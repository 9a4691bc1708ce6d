import EventFields
import Testing

@testable import LogStore

@Suite(.timeLimit(.minutes(5)))
struct WordTests {
    /// No word of any event may be missed, however the event came into its block.
    @Test(arguments: 0..<6)
    func `each block is a candidate for each word of its events`(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        for _ in 0..<6 {
            let count = Int.random(in: 1...700, using: &generator)
            let texts = (0..<count).map { _ in WordTests.event(&generator) }
            _ = try await store.append(IncomingEvents(texts))
        }
        let snapshot = try StoreReader(directory: directory.path).snapshot()
        let segment = try #require(snapshot.segments.first)
        var asked = 0
        for head in try snapshot.blocks(from: 0) {
            let block = try snapshot.load(head)
            for index in stride(from: 0, to: block.count, by: 37) {
                for word in WordTests.words(try block.original(index)) {
                    let cut = Int.random(in: 1...word.count, using: &generator)
                    let questions: [WordExpression] = [
                        .word(word), .prefix(Array(word.prefix(cut))), .and([.word(word), .all]),
                        .or([.word(Array("nosuchword".utf8)), .word(word)]),
                    ]
                    for question in questions {
                        let found = try snapshot.blocks(in: segment, matching: question)
                        #expect(found.contains { $0.firstSequence == head.firstSequence }, "\(question)")
                        asked += 1
                    }
                }
            }
        }
        #expect(asked > 500)
    }

    @Test func `a word that is in no event leads to no block of the index`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        let texts = (0..<1024).map { #"{"msg":"one two\#($0)"}"# }
        _ = try await store.append(IncomingEvents(texts))
        let snapshot = try StoreReader(directory: directory.path).snapshot()
        let segment = try #require(snapshot.segments.first)
        func count(_ question: WordExpression) throws -> Int {
            try snapshot.blocks(in: segment, matching: question).count
        }
        #expect(try count(.word(Array("three".utf8))) == 0)
        #expect(try count(.or([])) == 0)
        #expect(try count(.and([.word(Array("one".utf8)), .word(Array("three".utf8))])) == 0)
        #expect(try count(.word(Array("one".utf8))) == 2)
        #expect(try count(.word(Array("two700".utf8))) == 1)
        #expect(try count(.prefix(Array("tw".utf8))) == 2)
        #expect(try count(.and([])) == 2)
        #expect(try count(.all) == 2)
    }

    @Test func `blocks are found by their time, the newest first`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        let base: Int64 = 1_795_341_600_000_000_000
        let second: Int64 = 1_000_000_000
        let events = (0..<2048).map { SampleEvent(time: base + Int64($0) * second) }
        _ = try await store.append(IncomingEvents(events))
        let snapshot = try StoreReader(directory: directory.path).snapshot()
        let segment = try #require(snapshot.segments.first)
        #expect(segment.firstTime == base && segment.lastTime == base + 2047 * second)
        let all = try snapshot.blocks(in: segment)
        #expect(all.map(\.firstSequence) == [1537, 1025, 513, 1])
        let some = try snapshot.blocks(in: segment, time: (base + 511 * second)..<(base + 1024 * second))
        #expect(some.map(\.firstSequence) == [513, 1])
    }

    private static func event(_ generator: inout SeededGenerator) -> String {
        let pieces = [
            "card", "declined", "größe", "ΑΘΗΝΑ", "日本語", "r~0000012345", "naïve_word", "GET /api/v1/orders/77?x=1",
            "4bf92f3577b34da6a3ce929d0e0e4736", "user@example.com", "🙂 ok", "NEAR", "AND", "O'Reilly", #"a\"b"#,
            "x" + String(repeating: "y", count: 300), "10.0.0.1:8080", "-5.25e3", "नमस्तेविश्वव्यापी",
            "Донаудампфшиффартсгезельшафт",
        ]
        let words = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
            let piece = pieces.randomElement(using: &generator) ?? ""
            return Bool.random(using: &generator) ? piece : "\(piece)\(Int.random(in: 0..<1000, using: &generator))"
        }
        return
            #"{"msg":"\#(words.joined(separator: " "))","n":\#(Int.random(in: 0..<99999, using: &generator)),"ok":true}"#
    }

    private static func words(_ event: [UInt8]) -> [[UInt8]] {
        var scanner = EventScanner()
        var words: [[UInt8]] = []
        _ = scanner.scan(event.span) { value in
            if !value.isNoise { words += Words.of(unsafe value.text.withUnsafeBufferPointer { unsafe Array($0) }) }
        }
        return words
    }
}
