import LogQuery
import Testing

/// Events of a block are passed over by their bytes; none that matches may be.
@Suite struct RequiredWordTests {
    @Test(arguments: [
        (#"{"message":"card declined"}"#, "DECLINED"),
        (#"{"message":"Card DECLINED"}"#, "declined"),
        (#"{"message":"one\ndeclined\ttwo"}"#, "declined"),
        (#"{"message":"decl\u0069ned"}"#, "declined"),
        (#"{"message":"{\"msg\":\"decl\\u0069ned\"}"}"#, "declined"),
        ("{\"message\":\"5 \u{212A}elvin\"}", "kelvin"),
        ("{\"message\":\"M\u{130}X\"}", "mi*"),
        (#"{"count":1234567}"#, "1234567"),
        (#"{"count":1234567}"#, "count:123*"),
        (#"{"a":"x_Y"}"#, "x_y"),
        (#"{"trace_id":"4BF92F3577B34DA6A3CE929D0E0E4736"}"#, "trace_id:4bf92f3577b34da6a3ce929d0e0e4736"),
        (
            #"{"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}"#,
            "trace_id:4bf92f3577b34da6a3ce929d0e0e4736"
        ),
        (#"{"q":"z"}"#, "z"),
        (#"{"q":"naïve declined"}"#, #""naïve declined""#),
        (#"{"q":"über"}"#, "ÜBER"),
    ])
    func `a word is found however it is written`(event: String, query: String) async throws {
        let scene = try StoreScene()
        try await scene.append([#"{"message":"first"}"#, event, #"{"message":"last"}"#])
        let page = try scene.search().search(Query(parsing: query, now: 0), limit: 10)
        #expect(page.events.map { String(decoding: $0.original, as: UTF8.self) } == [event])
    }
}
