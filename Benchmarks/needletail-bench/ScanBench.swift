import EventFields

extension BenchCase {
    /// The facts and the words of events with a line inside: what a collector does with each before it is stored.
    static let scanEvents = BenchCase(name: "scan events") { lines in
        var source = TraceLines()
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for _ in 0..<ZapLines.count {
            source.append(to: &bytes)
            ends.append(bytes.count)
        }
        let passes = ZapLines.passes(for: lines)
        return { [bytes, ends] in
            var scanner = EventScanner()
            var splitter = WordSplitter()
            var words = 0
            for _ in 0..<passes {
                var start = 0
                for end in ends {
                    let facts = scanner.scan(bytes.span.extracting(start..<end)) { value in
                        if !value.isNoise { splitter.forEachIndexed(in: value.text) { words += $0.count > 0 ? 1 : 0 } }
                    }
                    guard !facts[.trace].isEmpty else { throw BenchError(message: "an event has no trace") }
                    start = end
                }
            }
            guard words > 10 * passes * ends.count else { throw BenchError(message: "there are too few words") }
            return Work(lines: passes * ends.count, bytes: passes * bytes.count)
        }
    }
}
