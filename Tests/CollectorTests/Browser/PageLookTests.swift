import LogQuery
import Testing

/// The page in real Chromium: traces, live lines, keys, colours, widths.
@Suite(
    .serialized, .browser, .timeLimit(.minutes(5)),
    .enabled(if: DriverProcess.isInstalled, "chromium and chromium-driver are not installed"))
struct PageLookTests {
    private func opened(_ path: String = "/", _ body: (Browser, PageScene) async throws -> Void) async throws {
        try await PageScene.run { scene in
            try await scene.ingest(SceneLines.usual(120) + SceneLines.trace)
            let browser = try Browser.current
            try await browser.resize(1280, 800)
            try await browser.prefersDark(false)
            try await browser.open(scene.url + path)
            try await browser.wait("there are lines", "return document.querySelectorAll('.row').length > 5")
            _ = try await browser.console()
            try await body(browser, scene)
            let console = try await browser.console()
            #expect(console == [])
        }
    }

    @Test func `a trace shows its services as lanes, errors, gaps, spans and the lines in order`() async throws {
        try await opened("/?trace=\(SceneLines.troubled)") { browser, _ in
            try await browser.wait("the lanes are drawn", "return document.querySelectorAll('.lanes .mark').length > 3")
            #expect(try await browser.texts(".trace-lines .row .text").first == "request started")
            #expect(try await browser.texts(".trace-lines .row .text").last == "request completed")
            #expect(try await browser.count(".trace-lines .row") == 7)
            #expect(try await browser.count(".lanes .lane-line") == 3)
            #expect(try await browser.count(".lanes .mark.level-error") == 2)
            #expect(try await browser.count(".lanes .silence") == 2)
            #expect(try await browser.count(".trace-lines .gap") == 2)
            #expect(try await browser.text(".facts").contains("3 services"))
            let levels = try await browser.run(
                "return [...document.querySelectorAll('.span-row')].map((r) => r.getAttribute('aria-level'))")
            #expect(levels.texts == ["1", "2", "3", "4"])
            try await browser.click(".trace-lines .row.is-error .line")
            try await browser.wait("it opens", "return document.querySelectorAll('.details .fields tr').length > 4")
        }
    }

    @Test func `new lines come by themselves, and wait while one reads`() async throws {
        try await opened { browser, scene in
            try await scene.ingest([SceneLines.line(age: 0, "info", "gateway", "fresh as the dew")])
            try await browser.wait(
                "it is on top", "return document.querySelector('.row .text')?.innerText === 'fresh as the dew'")
            try await browser.run("document.getElementById('scroller').scrollTop = 400")
            try await scene.ingest([SceneLines.line(age: 0, "info", "gateway", "fresher yet")])
            try await browser.wait(
                "it waits",
                """
                const b = document.getElementById('newer');
                return !b.hidden && b.innerText.includes('1 new line') && document.getElementById('scroller').scrollTop > 300;
                """)
            try await browser.click("#newer")
            try await browser.wait(
                "it is shown",
                "return document.getElementById('scroller').scrollTop === 0 && document.querySelector('.row .text')?.innerText === 'fresher yet'"
            )
            try await browser.click("#live")
            try await scene.ingest([SceneLines.line(age: 0, "info", "gateway", "not to be shown")])
            try await browser.click("#live")
            try await browser.wait(
                "it is there once live is on again",
                "return document.querySelector('.row .text')?.innerText === 'not to be shown'")
        }
    }

    @Test func `everything goes by keys alone`() async throws {
        try await opened { browser, _ in
            try await browser.press("/")
            #expect(try await browser.run("return document.activeElement.id") == "query")
            try await browser.type("trace_id:\(SceneLines.troubled)")
            try await browser.press("Enter")
            try await browser.wait("the search is done", "return document.querySelectorAll('.row').length === 7")
            try await browser.press("Escape", "j", "j")
            #expect(
                try await browser.run("return document.activeElement.closest('.row')?.ariaPosInSet") == "2")
            try await browser.press("Enter")
            try await browser.wait("it is open", "return document.querySelectorAll('.details .fields tr').length > 4")
            #expect(
                try await browser.run(
                    "const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 1"
                )
                    == true)
            try await browser.press("Escape")
            try await browser.wait("it is closed", "return document.querySelectorAll('.details').length === 0")
            try await browser.press("t")
            try await browser.wait(
                "the trace is shown", "return document.querySelectorAll('.trace-lines .row').length === 7")
            try await browser.press("j", "j", "Enter")
            try await browser.wait(
                "a line of it is open", "return document.querySelectorAll('.details .fields tr').length > 4")
            try await browser.press("Escape", "Escape")
            try await browser.wait(
                "the lines are back", "return document.querySelectorAll('#scroller .row').length === 7")
            try await browser.press("h", "Left", "Left")
            try await browser.pressWithShift("Left", "Left")
            #expect(try await browser.text("#bucket").contains("line"))
            try await browser.press("Enter")
            try await browser.wait("it is narrowed", "return location.search.includes('from=')")
        }
    }

    @Test(arguments: [false, true])
    func `all text has enough contrast in both colours`(isDark: Bool) async throws {
        try await opened { browser, _ in
            try await browser.prefersDark(isDark)
            try await browser.click(".row.is-error .line")
            try await browser.wait("it is open", "return document.querySelectorAll('.details .fields tr').length > 4")
            try await browser.run("document.getElementById('help').showPopover()")
            let poor = try await browser.run(PageScripts.poorContrast)
            #expect(poor.texts == [])
            let ground = try await browser.run("return getComputedStyle(document.body).backgroundColor").text
            #expect(ground == (isDark ? "rgb(21, 24, 27)" : "rgb(251, 251, 250)"))
            try await browser.run("document.getElementById('help').hidePopover()")
            try await browser.run("document.querySelector('.trace-lines, #theme').click()")
            #expect(try await browser.run("return document.documentElement.dataset.theme") == "light")
            try await browser.run("localStorage.clear()")
        }
    }

    @Test(arguments: [(360, 640), (390, 844), (1280, 800), (2560, 1440)])
    func `nothing sticks out at any width`(width: Int, height: Int) async throws {
        try await opened { browser, _ in
            for path in ["/", "/?view=status", "/?trace=\(SceneLines.troubled)"] {
                try await browser.resize(width, height)
                let url = try await browser.url
                try await browser.open(String(url.prefix(while: { $0 != "?" }).dropLast()) + path)
                try await browser.wait(
                    "it is drawn",
                    "return document.querySelectorAll('.row .line, .fact-list div, .trace-lines .row').length > 3")
                #expect(try await browser.run("return document.documentElement.scrollWidth <= innerWidth") == true)
                let out = try await browser.run(PageScripts.sticksOut)
                #expect(out.texts == [], "\(path) at \(width)")
            }
            try await browser.resize(1280, 800)
        }
    }

    @Test func `an empty store says how to send the first line, and shows it when it comes`() async throws {
        try await PageScene.run { scene in
            let browser = try Browser.current
            try await browser.open(scene.url)
            try await browser.wait("it says how", "return document.body.innerText.includes('No line has come yet')")
            #expect(try await browser.text("#empty").contains("\(scene.url)/ingest"))
            try await scene.ingest([SceneLines.line(age: 0, "info", "me", "hello")])
            try await browser.wait("it is shown", "return document.querySelector('.row .text')?.innerText === 'hello'")
            #expect(try await browser.run("return document.getElementById('empty').checkVisibility()") == false)
        }
    }

    @Test func `the status shows who ships and how the store is`() async throws {
        try await opened("/") { browser, _ in
            try await browser.click("nav [data-view=status]")
            try await browser.wait(
                "the agents are shown", "return document.querySelectorAll('.agents tbody tr').length === 1")
            let cells = try await browser.texts(".agents tbody tr > *")
            #expect(cells.contains("web-1") && cells.contains("ndjson") && cells.contains("127"))
            #expect(try await browser.text(".fact-list").contains("127"))
            try await browser.press("Escape")
        }
    }
}

enum PageScripts {
    /// Texts whose contrast with what is behind them is below 4.5 to 1 (WCAG 2.2, 1.4.3); 3 to 1 for what is off.
    static let poorContrast = """
        const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        const parse = (color) => {
            canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
            const d = canvas.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255];
        };
        const over = (a, b) => [0, 1, 2].map((i) => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
        const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const ground = (e) => { const s = []; for (; e; e = e.parentElement) s.push(parse(getComputedStyle(e).backgroundColor)); return s.reverse().reduce((b, c) => over(c, b), [255, 255, 255, 1]); };
        const poor = new Set();
        for (const e of document.querySelectorAll('body *')) {
            if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility() || e.closest('.unseen, .skip, template, svg, option')) continue;
            const b = ground(e); const f = over(parse(getComputedStyle(e).color), b);
            const [x, y] = [light(f), light(b)].sort((m, n) => n - m);
            const ratio = (x + 0.05) / (y + 0.05);
            if (ratio < (e.disabled ? 3 : 4.5)) poor.add(`${e.tagName}.${e.className} "${e.textContent.slice(0, 30)}" ${ratio.toFixed(2)}`);
        }
        return [...poor].slice(0, 20);
        """

    /// Controls that lie outside of the window, those in parts that scroll by themselves left out.
    static let sticksOut = """
        return [...document.querySelectorAll('a, button, input, select, h1, h2')]
            .filter((e) => e.checkVisibility() && !e.closest('.wide, .skip, .unseen, #help'))
            .map((e) => [e, e.getBoundingClientRect()])
            .filter(([, b]) => b.width > 0 && (b.left < -1 || b.right > innerWidth + 1))
            .map(([e, b]) => `${e.tagName}.${e.className}#${e.id} ${Math.round(b.left)}..${Math.round(b.right)}`);
        """
}
