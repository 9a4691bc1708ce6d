import ByteTools
import Testing

/// Lines that want to be more than text.
@Suite(
    .serialized, .browser, .timeLimit(.minutes(5)),
    .enabled(if: DriverProcess.isInstalled, "chromium and chromium-driver are not installed"))
struct PageHostileTests {
    private static let texts = [
        "<script>window.owned = 1; alert(1)</script>", "<img src=x onerror=\"window.owned = 1; alert(1)\">",
        "javascript:alert(1)//", "</textarea><svg onload=alert(1)>",
        "\"><iframe srcdoc='<script>parent.owned=1</script>'>",
        "{{constructor.constructor('alert(1)')()}}", "user \u{202e}gnp.exe", "nul \u{0} bell \u{7} esc \u{1b}[31m",
        "zero\u{200b}width \u{2066}isolate\u{2069} \u{feff}", "שלום עולם and مرحبا", "Z\u{351}\u{36b}\u{343}algo",
    ]

    /// Hostile in every place that is shown: message, service, host, file, trace, names of fields.
    private static func line(_ text: String) -> String {
        let quoted = JSONEscape.quoted(text)
        let value = String(decoding: quoted, as: UTF8.self)
        return """
            {"ts":\(Double(SceneLines.now / 1_000_000) / 1e3),"level":"info","msg":\(value),"service":\(value),"host":\(value),\
            "file":\(value),"trace_id":\(value),"span_id":\(value),\(value):\(value),"__proto__":{"owned":1},\
            "constructor":{"prototype":{"owned":1}},"toString":"x","url":"javascript:alert(1)"}
            """
    }

    private func safe(_ browser: Browser) async throws {
        #expect(await browser.dialog() == nil)
        #expect(try await browser.run("return window.owned === undefined && ({}).owned === undefined") == true)
        #expect(
            try await browser.run(
                "return document.querySelectorAll('main script, main img, main iframe, main textarea, main svg[onload], main [onerror], main a[href^=javascript]').length"
            ) == 0)
        let console = try await browser.console()
        #expect(console == [])
    }

    @Test func `they stay text in the list, in the facets, opened, and as a trace`() async throws {
        try await PageScene.run { scene in
            try await scene.ingest(Self.texts.map(Self.line))
            let browser = try Browser.current
            try await browser.resize(1280, 800)
            try await browser.open(scene.url)
            try await browser.wait(
                "they are there", "return document.querySelectorAll('.row').length === arguments[0]",
                .number(Double(Self.texts.count)))
            try await browser.wait("so are the facets", "return document.querySelectorAll('.facet .value').length > 10")
            let shown = try await browser.texts(".row .text").joined(separator: "\n")
            #expect(shown.contains("<script>window.owned = 1; alert(1)</script>"))
            #expect(shown.contains("user U+202Egnp.exe"))
            #expect(shown.contains("nul ␀ bell ␇ esc ␛[31m"))
            #expect(shown.contains("zeroU+200Bwidth U+2066isolateU+2069"))
            try await safe(browser)
            for index in 0..<Self.texts.count {
                try await browser.press(index == 0 ? "g" : "j", "Enter")
                try await browser.wait(
                    "it is open", "return document.querySelectorAll('.row.selected .details .fields tr').length > 8")
                try await browser.run("document.querySelector('.row.selected .raw').open = true")
                let names = try await browser.texts(".row.selected .details .fields th")
                #expect(names.contains("__proto__.owned") && names.contains("constructor.prototype.owned"))
                try await browser.press("Enter")
                try await browser.wait("it is closed", "return document.querySelectorAll('.details').length === 0")
            }
            try await safe(browser)
            try await browser.click(".facet[aria-label='Filter by service'] .value")
            try await browser.wait(
                "the filter finds it",
                "return location.search.includes('service') && document.querySelectorAll('.row').length === 1")
            try await browser.press("Escape", "g", "t")
            try await browser.wait(
                "its trace is shown", "return document.querySelectorAll('.trace-lines .row').length === 1")
            try await safe(browser)
        }
    }

    @Test func `lone surrogates, a line of a megabyte and five thousand fields are shown in part, and whole on demand`()
        async throws
    {
        try await PageScene.run { scene in
            let many = (0..<5000).map { "\"field_\($0)\":\($0)" }.joined(separator: ",")
            let time = Double(SceneLines.now / 1_000_000) / 1e3
            try await scene.ingest([
                #"{"ts":\#(time),"msg":"lone \ud800 half","service":"halves"}"#,
                #"{"ts":\#(time),"msg":"\#(String(repeating: "long ", count: 200_000))end","service":"long"}"#,
                #"{"ts":\#(time),"msg":"wide","service":"wide",\#(many)}"#,
                #"{"ts":\#(time),"msg":"exact","service":"exact","big":12345678901234567890,"small":1.10}"#,
            ])
            let browser = try Browser.current
            try await browser.open(scene.url + "/?q=service:long")
            try await browser.wait("it is there", "return document.querySelectorAll('.row').length === 1")
            #expect(try await browser.run("return document.querySelector('.row').textContent.length < 1000") == true)
            try await browser.press("g", "Enter")
            try await browser.wait("it is open", "return !!document.querySelector('.details .message button')")
            #expect(
                try await browser.run("return document.querySelector('.details .message').textContent.length < 3000")
                    == true)
            try await browser.click(".details .message button")
            try await browser.wait(
                "it is whole", "return document.querySelector('.details .message').textContent.length === 1000003")
            try await browser.open(scene.url + "/?q=service:wide")
            try await browser.wait("it is there", "return document.querySelectorAll('.row').length === 1")
            try await browser.press("g", "Enter")
            try await browser.wait("it is open", "return document.querySelectorAll('.details .fields tr').length > 150")
            #expect(try await browser.count(".details .fields tr") < 300)
            try await browser.open(scene.url + "/?q=service:exact")
            try await browser.wait("it is there", "return document.querySelectorAll('.row').length === 1")
            try await browser.press("g", "Enter")
            try await browser.wait("it is open", "return document.querySelectorAll('.details .fields tr').length > 3")
            let values = try await browser.texts(".details .fields td.kind-number")
            #expect(values.contains("12345678901234567890") && values.contains("1.10"))
            try await browser.open(scene.url + "/?q=service:halves")
            try await browser.wait("it is there", "return document.querySelectorAll('.row').length === 1")
            try await safe(browser)
        }
    }
}
