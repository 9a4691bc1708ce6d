import EventFields
import LogQuery
import LogStore
import Testing

@Suite struct RandomTests {
    /// Blocks, fresh events and several segments; the answers are those of an evaluator that knows no index.
    @Test(arguments: 1...2 as ClosedRange<UInt64>)
    func `pages, histograms, facets and tails are those of a plain evaluator`(_ seed: UInt64) async throws {
        var source = RandomEvents(random: SeededGenerator(seed: seed))
        let scene = try StoreScene(segmentBytes: 150_000)
        var events: [RandomEvents.Event] = []
        var time: Int64 = 1_732_351_452_000_000_000
        for count in [530, 3, 520, 40, 5] {
            let batch = (0..<count).map { _ in
                time += Int64.random(in: -40_000_000...100_000_000, using: &source.random)
                return source.event(time)
            }
            try await scene.append(batch.map(\.json))
            events += batch
        }
        let search = try scene.search()
        var found = 0
        for _ in 0..<14 {
            let asked = source.query()
            let query = try Query(parsing: asked.text, now: 0)
            let wanted = events.enumerated().filter { asked.test($0.element) }
            let ordered = wanted.sorted { ($0.element.time, $0.offset) > ($1.element.time, $1.offset) }
            try checkPages(search, query, ordered.map(\.element.json))
            let overview = try search.overview(query, buckets: 20, facets: 10)
            #expect(overview.histogram.total == wanted.count && !overview.isEstimated, "\(asked.text)")
            let services = Dictionary(grouping: wanted.filter { $0.element.service != "" }, by: \.element.service)
            #expect(
                Dictionary(uniqueKeysWithValues: overview.facets.service.map { (text($0.value), $0.count) })
                    == services.mapValues(\.count))
            let tail = try search.tail(query, from: 1, limit: .max)
            #expect(tail.events.map { text($0.original) } == wanted.map(\.element.json), "\(asked.text)")
            found += wanted.count
        }
        #expect(found > 500)
    }

    private func checkPages(_ search: LogSearch, _ query: Query, _ wanted: [String]) throws {
        var pages: [String] = []
        var before: Cursor?
        repeat {
            let page = try search.search(query, limit: max(50, wanted.count / 4), before: before)
            pages += page.events.map { text($0.original) }
            before = page.next
        } while before != nil
        #expect(pages == wanted, "\(query.text)")
    }

    /// The index never hides what the matcher would find: each word it asks for is among the event's.
    @Test func `words that a query asks for are words of every event that matches`() throws {
        var source = RandomEvents(random: SeededGenerator(seed: 9))
        var scanner = EventScanner()
        var splitter = WordSplitter()
        let hider = EventScanner()
        var matches = 0
        for round in 0..<1200 {
            let event = source.event(1_732_351_452_000_000_000 + Int64(round))
            let asked = source.query()
            let query = try Query(parsing: asked.text, now: 0)
            let isMatch = QueryMatcher(query).matches(Array(event.json.utf8).span)
            #expect(isMatch == asked.test(event), "\(asked.text) \(event.json)")
            guard isMatch else { continue }
            matches += 1
            var words: Set<[UInt8]> = []
            _ = scanner.scan(Array(event.json.utf8).span) { value in
                if !value.isNoise { splitter.forEachIndexed(in: value.text) { words.insert(Words.array($0)) } }
            }
            let expression = query.words { hider.mayHide(path: $0) }
            #expect(passes(expression, words), "\(asked.text) \(event.json)")
        }
        #expect(matches > 150)
    }

    private func passes(_ expression: WordExpression, _ words: Set<[UInt8]>) -> Bool {
        switch expression {
        case .all: true
        case .word(let word): words.contains(Words.indexForm(word))
        case .prefix(let prefix):
            Words.indexPrefixes(prefix).contains { prefix in words.contains { $0.starts(with: prefix) } }
        case .and(let parts): parts.allSatisfy { passes($0, words) }
        case .or(let parts): parts.contains { passes($0, words) }
        }
    }
}
