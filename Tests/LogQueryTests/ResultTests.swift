import EventModel
import LogQuery
import LogStore
import Testing

@Suite struct ResultTests {
    private func tree(_ bytes: [UInt8]) throws -> JSONObject { try #require(JSONTree(bytes)?.object) }

    @Test func `answers are JSON, whatever the events hold`() async throws {
        let scene = try StoreScene()
        let event =
            #"{"ts":1732351452.25,"level":"error","service":"a\"b\u0000\u001b[31m","trace_id":"t","span_id":"s","msg":"<script>\n"}"#
        try await scene.append([event, #"{"ts":1732351453,"level":"info","service":"c"}"#])
        let search = try scene.search()
        let page = try tree(ResultJSON.page(search.search(query("level:error"), limit: 5), took: .milliseconds(3)))
        guard case .array(let events)? = page["events"], let first = events.first?.object else {
            Issue.record("no events")
            return
        }
        #expect(first["event"]?.compact == Array(event.utf8))
        #expect(first["time"]?.text.map(text) == "2024-11-23T08:44:12.250000000Z")
        #expect(first["level"]?.text.map(text) == "error")
        #expect(first["service"]?.text == Array("a\"b\u{0}\u{1b}[31m".utf8))
        #expect(first["message"]?.text == Array("<script>\n".utf8))
        #expect(page["next"]?.isNull == true)
        #expect(page["took_ms"] == .scalar(Array("3.0".utf8)))
        let overview = try search.overview(query("*"), buckets: 10, facets: 5)
        let histogram = try tree(ResultJSON.histogram(overview, took: .zero))
        #expect(histogram["total"] == .scalar([0x32]) && histogram["interval_ms"] == .scalar(Array("100.0".utf8)))
        let facets = try tree(ResultJSON.facets(overview, took: .zero))
        guard case .array(let levels)? = facets["level"] else {
            Issue.record("no levels")
            return
        }
        #expect(levels.map { $0.object?["value"]?.text.map(text) } == ["error", "info"])
        let trace = try tree(ResultJSON.trace(search.trace("t"), took: .zero))
        guard case .array(let spans)? = trace["spans"] else {
            Issue.record("no spans")
            return
        }
        #expect(spans.first?.object?["span_id"]?.text.map(text) == "s")
        let error = try tree(ResultJSON.error("no \"", at: 2..<5))["error"]?.object
        #expect(error?["at"] == .scalar([0x32]) && error?["length"] == .scalar([0x33]))
    }

    @Test func `an event is found by its key, and a cursor by its text`() async throws {
        let scene = try StoreScene()
        try await scene.append((0..<600).map { #"{"ts":\#(1_732_351_452 + $0),"msg":"m\#($0)"}"# })
        let search = try scene.search()
        let event = try #require(try search.search(query("m77"), limit: 1).events.first)
        let key = try #require(EventKey(event.key.description))
        #expect(try search.event(key)?.message == Array("m77".utf8))
        let cursor = Cursor(time: -5, sequence: 7)
        #expect(Cursor(cursor.description) == cursor && Cursor("x.1") == nil && Cursor("1") == nil)
    }

    @Test func `a search whose time is over says so, and goes on from there`() async throws {
        let scene = try StoreScene()
        for part in 0..<4 {
            try await scene.append((0..<512).map { #"{"ts":\#(1_732_351_452 + part * 512 + $0),"msg":"m"}"# })
        }
        let search = try scene.search()
        let over = Deadline(.zero)
        let page = try search.search(query("m"), limit: 100, deadline: over)
        #expect(page.isCut && page.events.isEmpty)
        let rest = try search.search(query("m"), limit: 5000, before: page.next)
        #expect(rest.events.count == 2048)
        let estimate = try search.overview(query("m"), buckets: 10, facets: 0, deadline: over)
        #expect(estimate.isEstimated || estimate.histogram.total == 2048)
    }
}
