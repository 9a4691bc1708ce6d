import Testing

/// The page in real Chromium, with a real collector behind it.
@Suite(
    .serialized, .browser, .timeLimit(.minutes(5)),
    .enabled(if: DriverProcess.isInstalled, "chromium and chromium-driver are not installed"))
struct PageSearchTests {
    private func opened(_ path: String = "/", _ body: (Browser, PageScene) async throws -> Void) async throws {
        try await PageScene.run { scene in
            try await scene.ingest(SceneLines.usual(300) + SceneLines.trace)
            let browser = try Browser.current
            try await browser.resize(1280, 800)
            try await browser.open(scene.url + path)
            try await browser.wait("there are lines", "return document.querySelectorAll('.row').length > 5")
            _ = try await browser.console()
            try await body(browser, scene)
            let console = try await browser.console()
            #expect(console == [])
        }
    }

    @Test func `typing searches, and the address carries the search`() async throws {
        try await opened { browser, scene in
            try await browser.press("/")
            try await browser.type("level:error declined")
            try await browser.wait(
                "only errors are left",
                """
                const rows = [...document.querySelectorAll('.row')];
                return rows.length > 3 && rows.every((r) => r.innerText.includes('declined'));
                """)
            #expect(try await browser.url.contains("q=level%3Aerror+declined"))
            try await browser.open(try await browser.url)
            try await browser.wait("it is there again", "return document.querySelectorAll('.row.is-error').length > 3")
            #expect(try await browser.run("return document.getElementById('query').value") == "level:error declined")
        }
    }

    @Test func `a wrong query is underlined at its place and said in words`() async throws {
        try await PageScene.run { scene in
            try await scene.ingest(SceneLines.usual(20))
            let browser = try Browser.current
            try await browser.open(scene.url)
            try await browser.wait("there are lines", "return document.querySelectorAll('.row').length > 5")
            try await browser.press("/")
            try await browser.type("häuser (level:error")
            try await browser.press("Enter")
            try await browser.wait("it is said", "return !document.getElementById('query-error').hidden")
            #expect(try await browser.run("return document.getElementById('query').ariaInvalid") == "true")
            #expect(try await browser.count("#underline mark") == 1)
            // Of the query's two parts in front of the mark, each letter counts once, whatever its bytes.
            let before = try await browser.run("return document.querySelector('#underline mark').previousSibling.data")
            #expect(before == "häuser (level:error" || before == "häuser ")
            try await browser.type(")")
            try await browser.wait("it is gone", "return document.getElementById('query-error').hidden")
            _ = try await browser.console()
        }
    }

    @Test func `dragging over the histogram narrows, the back button widens again`() async throws {
        try await opened { browser, _ in
            try await browser.wait("it is drawn", "return document.querySelectorAll('#histogram .bar').length > 20")
            let before = try await browser.text("#total")
            let box = try await browser.run(
                "const b = document.getElementById('histogram').getBoundingClientRect(); return [b.left, b.top, b.width, b.height]"
            )
            let (left, width) = (box[0].number ?? 0, box[2].number ?? 0)
            let middle = (box[1].number ?? 0) + (box[3].number ?? 0) / 2
            try await browser.drag(from: (left + width * 0.5, middle), to: (left + width * 0.7, middle))
            try await browser.wait(
                "it is narrower",
                "return location.search.includes('from=') && document.getElementById('total').textContent !== arguments[0]",
                .string(before))
            #expect(try await browser.run("return document.getElementById('since').value") == "span")
            try await browser.wait(
                "all lines are within",
                """
                const p = new URLSearchParams(location.search);
                const times = [...document.querySelectorAll('.row time')].map((t) => t.dateTime);
                return times.length > 0 && times.every((t) => t.slice(0, 23) >= p.get('from').slice(0, 23) && t.slice(0, 23) < p.get('to').slice(0, 23));
                """)
            try await browser.command("POST", "/back", [:])
            try await browser.wait(
                "it is wide again", "return document.getElementById('total').textContent === arguments[0]",
                .string(before))
        }
    }

    @Test func `a facet filters, with Alt it excludes, and again it lets go`() async throws {
        try await opened { browser, _ in
            let payments = ".facet [data-key='service payments']"
            try await browser.wait(
                "there are facets", "return !!document.querySelector(arguments[0])", .string(payments))
            try await browser.click(payments)
            try await browser.wait(
                "only payments",
                "return [...document.querySelectorAll('.row .service')].every((s) => s.innerText === 'payments') && location.search.includes('service%3Apayments')"
            )
            #expect(
                try await browser.run("return document.querySelector(arguments[0]).ariaPressed", .string(payments))
                    == "true")
            try await browser.click(payments)
            try await browser.wait(
                "all again",
                "return new Set([...document.querySelectorAll('.row .service')].map((s) => s.innerText)).size === 3")
            try await browser.click(payments, holding: Browser.alt)
            try await browser.wait(
                "no payments",
                "return location.search.includes('-service%3Apayments') && document.querySelectorAll('.row').length > 5 && [...document.querySelectorAll('.row .service')].every((s) => s.innerText !== 'payments')"
            )
        }
    }

    @Test func `a line opens to its fields; a field filters, its minus excludes`() async throws {
        try await opened { browser, _ in
            try await browser.click(".row.is-error .line")
            try await browser.wait(
                "its fields are there", "return document.querySelectorAll('.details .fields tr').length > 4")
            let names = try await browser.texts(".details .fields th")
            #expect(names.contains("level") && names.contains("service") && names.contains("msg"))
            #expect(try await browser.url.contains("event="))
            try await browser.click(".details button[aria-label='Filter by service']")
            try await browser.wait("it filters", "return document.getElementById('query').value === 'service:checkout'")
            try await browser.wait(
                "lines are back",
                "return document.querySelectorAll('.row .line').length > 3 && document.querySelectorAll('.details').length === 0"
            )
            try await browser.click(".row.is-error .line")
            try await browser.wait(
                "its fields are there", "return document.querySelectorAll('.details .fields tr').length > 4")
            try await browser.click(".details button[aria-label='Exclude this level']")
            try await browser.wait(
                "it excludes",
                "return document.getElementById('query').value === 'service:checkout -level:error' && document.querySelectorAll('.row').length > 0 && document.querySelectorAll('.row.is-error').length === 0"
            )
        }
    }

    @Test func `thousands of lines scroll, with some dozens of them in the document`() async throws {
        try await PageScene.run { scene in
            try await scene.ingest(SceneLines.usual(3000))
            let browser = try Browser.current
            try await browser.open(scene.url)
            try await browser.wait("there are lines", "return document.querySelectorAll('.row').length > 5")
            try await browser.wait(
                "the end is reached",
                """
                const s = document.getElementById('scroller');
                s.scrollTop = s.scrollHeight;
                return document.getElementById('foot').innerText.startsWith('That is all: 3,000 lines');
                """)
            try await browser.wait(
                "the last line is drawn",
                "return [...document.querySelectorAll('.row .text')].at(-1)?.innerText === 'request 0 served'")
            #expect(try await browser.count(".row") < 150)
        }
    }
}
