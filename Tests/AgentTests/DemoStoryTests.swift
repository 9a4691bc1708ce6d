import EventModel
import Testing

@testable import needletail

@Suite struct DemoStoryTests {
    private static let present: Int64 = 1_795_425_391_000_000_000

    private func told(_ rate: Double = 20, past: Double = 600, seed: UInt64 = 7) -> (DemoStory, [DemoLine]) {
        var story = DemoStory(rate: rate, present: Self.present, past: past, seed: seed)
        let lines = story.lines(until: Self.present)
        return (story, lines)
    }

    @Test func `every line is one JSON object of its service, in the order of time`() throws {
        let (_, lines) = told()
        #expect(Set(lines.map(\.service)).count == 3)
        #expect(lines.map(\.time) == lines.map(\.time).sorted())
        for line in lines.prefix(500) {
            #expect(line.text.hasSuffix("}\n") && !line.text.dropLast().contains("\n"))
            let object = try #require(JSONTree(Array(line.text.utf8.dropLast()))).object
            #expect(object?["service"]?.text == Array(line.service.rawValue.utf8))
            #expect(object?["msg"]?.text == Array(line.message.utf8))
            #expect((object?["ts"] == nil) == (line.service == .payments))
            #expect((object?["time"] == nil) == (line.service != .payments))
        }
    }

    @Test func `a trace goes through all three services, each span below its caller's`() throws {
        let (story, lines) = told()
        let id = try #require(story.troubledTrace)
        let trace = lines.filter { $0.text.contains(id) }
        #expect(Set(trace.map(\.service)).count == 3)
        #expect(trace.contains { $0.level == .error })
        let spans = Set(trace.compactMap { $0.value("span_id") })
        let parents = trace.compactMap { $0.value("parent_span_id") }
        #expect(!parents.isEmpty && parents.allSatisfy { spans.contains($0) })
    }

    @Test func `told bit by bit it is the same story`() {
        let (_, whole) = told(past: 60)
        var story = DemoStory(rate: 20, present: Self.present, past: 60, seed: 7)
        var parts: [DemoLine] = []
        for step in 1...600 { parts += story.lines(until: Self.present - 60_000_000_000 + Int64(step) * 100_000_000) }
        #expect(parts.map(\.text).sorted() == whole.map(\.text).sorted())
        #expect(parts.map(\.time) == parts.map(\.time).sorted())
    }

    @Test(arguments: [5.0, 20, 200])
    func `at present it comes at the rate that was asked for`(rate: Double) {
        var story = DemoStory(rate: rate, present: Self.present, past: 10, seed: 3)
        _ = story.lines(until: Self.present)
        let lines = story.lines(until: Self.present + 200_000_000_000)
        #expect(abs(Double(lines.count) / 200 / rate - 1) < 0.25)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000Z"), (1_795_425_391_776_901_006, "2026-11-23T09:16:31.776901Z"),
        (1_709_164_800_000_000_000, "2024-02-29T00:00:00.000000Z"),
        (4_102_444_799_999_999_999, "2099-12-31T23:59:59.999999Z"),
    ])
    func `times are written as Go writes them`(time: Int64, text: String) {
        #expect(DemoTime.text(time) == text)
    }
}

extension DemoLine {
    fileprivate func value(_ name: String) -> String? {
        guard case .text(let text) = fields.first(where: { $0.name == name })?.value else { return nil }
        return text
    }
}
