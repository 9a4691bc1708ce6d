import TestSupport
import Testing

@testable import ElasticsearchOutput

/// The answer scanner by itself.
@Suite struct BulkAnswerTests {
    struct Reading: Equatable {
        var items: [BulkAnswer.Item] = []
        var count: Int?
        var hasErrors: Bool?
        var end: BulkAnswer.End
    }

    static func read(_ bytes: [UInt8]) -> Reading {
        var items: [BulkAnswer.Item] = []
        let answer = unsafe bytes.withUnsafeBufferPointer { BulkAnswer($0, operation: .create) { items.append($0) } }
        return Reading(items: items, count: answer.count, hasErrors: answer.hasErrors, end: answer.end)
    }

    static let whole = Array(
        #"""
        {"took":30,"errors":true,"items":[{"create":{"status":201}},
        {"create":{"_index":"a","_id":"x\"}","status":400,"error":{"type":"a_b","reason":"say \"no\" \\",
        "caused_by":{"type":"c","reason":"d"}}}},{"index":{"status":429,"error":"old words"}}, {"create":{"status":201}}]}
        """#.utf8)

    @Test func `items are read in order, with their errors`() {
        let reading = Self.read(Self.whole)
        #expect(reading.end == .whole && reading.count == 4 && reading.hasErrors == true)
        #expect(reading.items.map(\.status) == [201, 400, 429, 201])
        func text(_ range: Range<Int>) -> String { String(decoding: Self.whole[range], as: UTF8.self) }
        #expect(text(reading.items[1].type) == "a_b")
        #expect(text(reading.items[1].reason) == #"say \"no\" \\"#)
        #expect(text(reading.items[2].reason) == "old words" && reading.items[2].type.isEmpty)
    }

    @Test func `an answer that is cut anywhere is no whole one, and its items are a prefix`() {
        let all = Self.read(Self.whole).items
        for end in 0..<Self.whole.count {
            let reading = Self.read(Array(Self.whole[..<end]))
            #expect(reading.end == .cut, "cut at \(end)")
            #expect(reading.items == Array(all.prefix(reading.items.count)))
        }
    }

    @Test(arguments: [
        "x", "{]", "{\"items\":[}", "{\"errors\":maybe}", "{\"errors\":1}",
        "{\"items\":[{\"create\":{\"status\":-1}}]}",
        "{\"items\":[{\"create\":{\"status\":\"201\"}}]}", "{\"items\":[1]}", "{} {}", "{\"a\":}", "{\"a\" 1}", "{,}",
        "{\"items\":[{\"create\":{\"status\":99999999999999999999}}]}",
    ])
    func `what is no answer is garbage`(text: String) {
        #expect(Self.read(Array(text.utf8)).end == .garbage)
    }

    @Test func `levels without end are garbage, not a crash`() {
        #expect(Self.read(Array(("{\"a\":" + String(repeating: "[", count: 100_000)).utf8)).end == .garbage)
    }

    @Test func `random bytes do no harm`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<3000 {
            var bytes = Self.whole
            for _ in 0..<random.below(4) {
                bytes[random.below(bytes.count)] = Array("{}[]\":,\\0t".utf8)[random.below(10)]
            }
            let reading = Self.read(bytes)
            #expect(reading.items.count >= (reading.count ?? 0))
        }
    }
}
