import LogQuery
import LogStore
import Logging
import SystemTools

/// Questions to a store of many events, each asked a few times: `--store DIR --lines N`.
///
/// The store is made when the directory has none; that takes half a minute for a million events.
struct SearchBench {
    let directory: String
    let events: Int

    private struct Question {
        let name: String
        let ask: (LogSearch) throws -> String
    }

    func run() throws {
        if (try? StoreReader(directory: directory).snapshot().segments.isEmpty) ?? true { try fill() }
        let search = LogSearch(reader: try StoreReader(directory: directory))
        for question in questions {
            var times: [Double] = []
            var answer = ""
            for _ in 0..<7 {
                let begun = ContinuousClock.now
                answer = try question.ask(search)
                times.append((ContinuousClock.now - begun) / .milliseconds(1))
            }
            let first = SearchBench.fixed(times[0])
            times.sort()
            print("\(question.name): first \(first) ms, median \(SearchBench.fixed(times[3])) ms: \(answer)")
        }
    }

    private var questions: [Question] {
        let now = TraceLines.begin * 1_000_000 + Int64(events) * 1_000_000
        func query(_ text: String) throws -> Query { try Query(parsing: text, now: now) }
        func page(_ text: String) -> Question {
            Question(name: "page '\(text)'") { search in
                let page = try search.search(query(text), limit: 100)
                return "\(page.events.count) events, \(page.searched.blocks) blocks, \(page.searched.events) read"
            }
        }
        func overview(_ text: String, _ time: Duration) -> Question {
            Question(name: "histogram '\(text)'") { search in
                let overview = try search.overview(query(text), buckets: 60, facets: 10, deadline: Deadline(time))
                return "\(overview.histogram.total) events, sampled \(SearchBench.fixed(overview.sampled)), "
                    + "\(overview.searched.blocks) blocks, \(overview.searched.events) read"
            }
        }
        let middle = events / TraceLines.linesPerTrace / 2
        var number = 0
        return [
            Question(name: "trace") { search in
                number += 1
                return "\(try search.trace(TraceLines.trace(middle + number)).lines.count) lines"
            },
            page("*"), page("declined"), page("level:error"), page(#"service:payments "card declined""#),
            page("nosuchword"), page("latency:>0.999"), page("r~\(1_000_000_000 + events / 3)"),
            overview("*", .seconds(60)), overview("level:error", .seconds(60)),
            overview("service:payments", .seconds(60)),
            overview("declined", .milliseconds(250)), overview("declined", .seconds(60)),
            overview("completed", .milliseconds(250)),
        ]
    }

    private func fill() throws {
        var settings = StoreSettings(directory: directory)
        settings.retentionAge = nil
        settings.retentionBytes = nil
        let store = try LogStore(settings, logger: Logger(label: "bench"))
        var source = TraceLines()
        let answers = Monitor<[Int]>([])
        var made = 0
        var raw = 0
        let cpu = ProcessUsage.cpuSeconds()
        while made < events {
            var incoming = IncomingEvents(received: (TraceLines.begin + Int64(made)) * 1_000_000)
            for _ in 0..<min(4096, events - made) {
                source.append(to: &incoming.bytes)
                incoming.ends.append(incoming.bytes.count)
            }
            let count = incoming.count
            made += count
            raw += incoming.bytes.count
            store.submit(incoming, patiently: true) { result in
                let stored = (try? result.get())?.count { $0 == .stored } ?? 0
                answers.change { ($0.append(stored), wake: true) }
            }
            let stored = answers.wait { state in state.isEmpty ? .wait(until: nil) : .done(state.removeFirst()) }
            guard stored == count else { throw BenchError(message: "\(count - stored) events were not stored") }
        }
        print(
            "filled: \(events) events, \(raw / events) bytes each, CPU \(SearchBench.fixed(ProcessUsage.cpuSeconds() - cpu)) s with making them, store \(store.status.bytes / 1_000_000) MB of \(raw / 1_000_000) MB"
        )
    }

    private static func fixed(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
