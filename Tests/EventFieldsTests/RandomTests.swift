import EventFields
import Testing

@Suite struct RandomTests {
    /// A buffer of exactly the event's size, so that a read behind it is seen by the address sanitizer.
    private func scanExactly(_ bytes: [UInt8], _ scanner: inout EventScanner) -> Int {
        let exact = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, bytes.count))
        defer { unsafe exact.deallocate() }
        _ = unsafe exact.initialize(from: bytes)
        var values = 0
        let facts = unsafe scanner.scan(
            Span(_unsafeElements: UnsafeBufferPointer(exact)).extracting(first: bytes.count)
        ) {
            values += $0.text.count >= 0 ? 1 : 0
        }
        for role in EventRole.allCases { #expect(facts[role].upperBound <= scanner.text.count) }
        return values
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `cut, changed and random bytes are read within their bounds`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var scanner = EventScanner()
        var values = 0
        for round in 0..<3000 {
            var bytes = Array(libraryLines.randomElement(using: &random)!.line.utf8)
            if round % 3 == 0 {
                let inner = String(decoding: bytes, as: UTF8.self).replacing("\"", with: "\\\"")
                bytes = Array("{\"message\":\"\(inner)\"}".utf8)
            }
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                bytes[at] =
                    Bool.random(using: &random)
                    ? #"{}[]":,\u"#.utf8.randomElement(using: &random)! : .random(in: 0...255, using: &random)
            }
            values += scanExactly(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))), &scanner)
            values += scanExactly((0..<40).map { _ in #"{}[]":,\u 1an"#.utf8.randomElement(using: &random)! }, &scanner)
        }
        #expect(values > 1000)
    }

    /// What a reader of the event would look for is in the index: the words of each value, and of the facts.
    @Test(arguments: libraryLines)
    func `words of every value and fact are words of the event's index`(_ line: LibraryLine) {
        var scanner = EventScanner()
        var splitter = WordSplitter()
        var indexed: Set<[UInt8]> = []
        var wanted: Set<[UInt8]> = []
        let event = Array(line.line.utf8)
        let facts = scanner.scan(event.span) { value in
            guard !value.isNoise else { return }
            splitter.forEachIndexed(in: value.text) { indexed.insert(Words.array($0)) }
            wanted.formUnion(Words.of(Words.array(value.text)))
        }
        for role in EventRole.allCases where role != .eventID {
            wanted.formUnion(Words.of(Words.array(scanner.text.extracting(facts[role]))))
        }
        #expect(Set(wanted.map(Words.indexForm)).isSubset(of: indexed))
        #expect(!indexed.isEmpty)
    }
}
