import EventModel
import Testing

@Suite struct RendererTests {
    @Test(arguments: [
        ("%{[message]}", "a\"b"),
        ("%{[log.file.path]}:%{[log][offset]} %{[message]}", "/var/log/app.log:0 a\"b"),
        ("%{[input]}", #"{"type":"filestream"}"#),
        ("%{[nothing]:none}|%{[nothing]}|", "none||"),
        ("%{+yyyy.MM.dd} %{+yy-M-d HH:mm:ss.SSS} %{+D}", "2026.01.22 26-1-22 16:34:53.963 22"),
        ("%{+'day' DDD}", "day 022"),
        ("100% {x}", "100% {x}"),
    ])
    func `a format shows the fields`(format: String, expected: String) throws {
        #expect(encode("a\"b", try shape(codec: .format(format)).template(for: file)) == expected)
    }

    @Test(arguments: ["%{[message]", "%{message}", "%{+QQ}", "%{[a]x}", "%{}"])
    func `a format that makes no sense is refused`(format: String) {
        #expect(throws: EventModelError.self) { try FormatRenderer(format: format) }
    }

    @Test func `the message alone is the raw line, whatever bytes it has`() throws {
        let template = try shape(codec: .format("%{[message]}")).template(for: file)
        #expect(template.renderer == nil)
        let lines: [[UInt8]] = [[0xff, 0x00, 0x22], []]
        #expect(encode(batch(lines, template: template)) == ["\u{fffd}\u{0}\"", ""])
    }

    @Test func `pretty JSON has two blanks a level`() throws {
        let text = encode("x", try shape(tags: ["a"], codec: .json(pretty: true)).template(for: file))
        #expect(text.hasPrefix("{\n  \"@timestamp\": \"2026-01-22T16:34:53.963Z\",\n  \"@metadata\": {\n    \"beat\""))
        #expect(text.hasSuffix("  \"tags\": [\n    \"a\"\n  ]\n}"))
    }
}
