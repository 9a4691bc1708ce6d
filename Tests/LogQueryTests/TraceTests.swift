import LogQuery
import LogStore
import Testing

@Suite struct TraceTests {
    private func line(
        _ service: String, _ milliseconds: Int, _ span: String, _ parent: String = "", trace: String = "t1"
    ) -> String {
        #"{"ts":\#(1_732_351_452_000 + milliseconds),"service":"\#(service)","trace_id":"\#(trace)","span_id":"\#(span)","parent_span_id":"\#(parent)","msg":"\#(service) \#(milliseconds)"}"#
    }

    private func shape(_ node: Trace.Node) -> String {
        text(node.span.isEmpty ? node.service : node.span) + "\(node.lines)"
            + (node.children.isEmpty ? "" : "(" + node.children.map(shape).joined(separator: " ") + ")")
    }

    @Test func `a trace is its lines in order with their gaps, and its spans under their parents`() async throws {
        let scene = try StoreScene()
        try await scene.append([
            line("pay", 30, "c", "b"), line("web", 0, "a"), line("shop", 10, "b", "a"), line("web", 50, "a"),
            line("cron", 5, ""), line("other", 7, "z", trace: "t2"), line("lost", 60, "y", "unknown"),
        ])
        let trace = try scene.search().trace("T1")
        #expect(
            trace.lines.map { text($0.event.message) } == ["web 0", "cron 5", "shop 10", "pay 30", "web 50", "lost 60"])
        #expect(trace.lines.map(\.gap) == [0, 5, 5, 20, 20, 10].map { $0 * 1_000_000 })
        #expect(trace.services.map(text) == ["web", "cron", "shop", "pay", "lost"])
        #expect(trace.spans.map(shape) == ["a[0, 4](b[2](c[3]))", "cron[1]", "y[5]"])
    }

    @Test func `spans in a circle, or without end, are shown all the same`() async throws {
        let scene = try StoreScene()
        try await scene.append([
            line("a", 0, "1", "3"), line("b", 1, "2", "1"), line("c", 2, "3", "2"), line("d", 3, "4", "4"),
        ])
        try await scene.append((0..<1000).map { line("n", $0, "s\($0)", "s\($0 + 1)", trace: "deep") })
        let circle = try scene.search().trace("t1")
        #expect(count(circle.spans) == 4)
        let deep = try scene.search().trace("deep")
        #expect(count(deep.spans) == 1000)
        #expect(deep.spans.map(depth).max() == 64)
    }

    private func count(_ nodes: [Trace.Node]) -> Int { nodes.reduce(0) { $0 + 1 + count($1.children) } }
    private func depth(_ node: Trace.Node) -> Int { 1 + (node.children.map(depth).max() ?? 0) }

    @Test func `lines that only mention an id are shown when none is of it`() async throws {
        let scene = try StoreScene()
        try await scene.append([#"{"ts":1732351452,"msg":"see trace t-9 for more"}"#])
        #expect(try scene.search().trace("t-9").lines.count == 1)
        #expect(try scene.search().trace("t-8").lines.isEmpty)
        #expect(try scene.search().trace("--").lines.isEmpty)
    }
}
