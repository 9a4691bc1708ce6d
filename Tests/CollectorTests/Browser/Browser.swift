import FoundationEssentials
import TestSupport
import Testing

/// A headless Chromium with one window.
final class Browser: Sendable {
    private let process: DriverProcess
    private let driver: WebDriver
    private let session: String

    /// The one of the suite that runs.
    @TaskLocal static var shared: Browser?

    static var current: Browser {
        get throws {
            guard let shared else { throw BrowserError("the suite lacks .browser") }
            return shared
        }
    }

    init() async throws {
        process = try await OwnThreads.run { try DriverProcess() }
        driver = WebDriver(base: "http://127.0.0.1:\(process.port)")
        let arguments: JSONValue = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--window-size=1280,800", "--force-prefers-reduced-motion",
        ]
        let answer = try await driver.call(
            "POST", "/session",
            [
                "capabilities": [
                    "alwaysMatch": [
                        "goog:loggingPrefs": ["browser": "ALL"],
                        "goog:chromeOptions": ["args": arguments],
                        "unhandledPromptBehavior": "ignore",
                    ]
                ]
            ])
        guard let id = answer["sessionId"].text else { throw BrowserError("no session") }
        session = "/session/\(id)"
    }

    func quit() async {
        _ = try? await driver.call("DELETE", session)
        // A signal alone would wait for our connection to close.
        _ = try? await driver.call("GET", "/shutdown")
        await OwnThreads.run { [process] in process.stop() }
    }

    @discardableResult
    func command(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        try await driver.call(method, session + path, body)
    }

    // MARK: What tests do

    func open(_ url: String) async throws { try await command("POST", "/url", ["url": .string(url)]) }

    var url: String { get async throws { try await command("GET", "/url").text ?? "" } }

    /// Runs a function's body in the page.
    @discardableResult
    func run(_ script: String, _ arguments: JSONValue...) async throws -> JSONValue {
        try await command("POST", "/execute/sync", ["script": .string(script), "args": .array(arguments)])
    }

    /// Waits until the script answers true.
    func wait(_ what: String, _ script: String, _ arguments: JSONValue...) async throws {
        for _ in 0..<2400 {
            let isSo = try await command(
                "POST", "/execute/sync", ["script": .string(script), "args": .array(arguments)])
            if isSo == .bool(true) { return }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw BrowserError("waited in vain until \(what); the page says: \(try await text("body").prefix(600))")
    }

    func text(_ selector: String) async throws -> String {
        try await run("return document.querySelector(arguments[0])?.innerText ?? ''", .string(selector)).text ?? ""
    }

    func texts(_ selector: String) async throws -> [String] {
        try await run("return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText)", .string(selector))
            .texts
    }

    func count(_ selector: String) async throws -> Int {
        try await run("return document.querySelectorAll(arguments[0]).length", .string(selector)).int ?? 0
    }

    /// A real click in the element's middle.
    func click(_ selector: String, holding key: String? = nil) async throws {
        let element = try await command("POST", "/element", ["using": "css selector", "value": .string(selector)])
        var actions: [JSONValue] = [
            [
                "type": "pointer", "id": "mouse",
                "actions": [
                    ["type": "pointerMove", "duration": 0, "origin": element, "x": 0, "y": 0],
                    ["type": "pointerDown", "button": 0], ["type": "pointerUp", "button": 0],
                ],
            ]
        ]
        if let key {
            actions.insert(
                [
                    "type": "key", "id": "keys",
                    "actions": [
                        ["type": "keyDown", "value": .string(key)], ["type": "pause"], ["type": "pause"],
                        ["type": "keyUp", "value": .string(key)],
                    ],
                ], at: 0)
        }
        try await command("POST", "/actions", ["actions": .array(actions)])
    }

    /// Presses at one place, moves to another and lets go; in CSS pixels of the window.
    func drag(from: (Double, Double), to: (Double, Double)) async throws {
        func move(_ place: (Double, Double)) -> JSONValue {
            [
                "type": "pointerMove", "duration": 40, "origin": "viewport", "x": .number(place.0.rounded()),
                "y": .number(place.1.rounded()),
            ]
        }
        try await command(
            "POST", "/actions",
            [
                "actions": [
                    [
                        "type": "pointer", "id": "mouse",
                        "actions": [
                            move(from), ["type": "pointerDown", "button": 0],
                            move(((from.0 + to.0) / 2, (from.1 + to.1) / 2)), move(to),
                            ["type": "pointerUp", "button": 0],
                        ],
                    ]
                ]
            ])
    }

    /// Presses keys one after the other: letters, or the names below.
    func press(_ keys: String...) async throws {
        let strokes = keys.flatMap { key -> [JSONValue] in
            let value = JSONValue.string(Browser.codes[key] ?? key)
            return [["type": "keyDown", "value": value], ["type": "keyUp", "value": value]]
        }
        try await command(
            "POST", "/actions", ["actions": [["type": "key", "id": "keys", "actions": .array(strokes)]]])
    }

    /// Presses keys while Shift is held.
    func pressWithShift(_ keys: String...) async throws {
        var strokes: [JSONValue] = [["type": "keyDown", "value": .string("\u{e008}")]]
        for key in keys {
            let value = JSONValue.string(Browser.codes[key] ?? key)
            strokes += [["type": "keyDown", "value": value], ["type": "keyUp", "value": value]]
        }
        strokes.append(["type": "keyUp", "value": .string("\u{e008}")])
        try await command(
            "POST", "/actions", ["actions": [["type": "key", "id": "keys", "actions": .array(strokes)]]])
    }

    /// Types into whatever has the focus.
    func type(_ text: String) async throws {
        let strokes = text.map { JSONValue.string(String($0)) }.flatMap { value -> [JSONValue] in
            [["type": "keyDown", "value": value], ["type": "keyUp", "value": value]]
        }
        try await command(
            "POST", "/actions", ["actions": [["type": "key", "id": "keys", "actions": .array(strokes)]]])
    }

    /// Source: https://www.w3.org/TR/webdriver2/#keyboard-actions
    private static let codes = [
        "Enter": "\u{e007}", "Escape": "\u{e00c}", "Tab": "\u{e004}", "Left": "\u{e012}", "Up": "\u{e013}",
        "Right": "\u{e014}", "Down": "\u{e015}", "End": "\u{e010}", "Home": "\u{e011}",
    ]
    static let alt = "\u{e00a}"

    func resize(_ width: Int, _ height: Int) async throws {
        try await devTools(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .number(Double(width)), "height": .number(Double(height)), "deviceScaleFactor": 1,
                "mobile": .bool(width < 700),
            ])
    }

    @discardableResult
    func devTools(_ command: String, _ parameters: JSONValue) async throws -> JSONValue {
        try await self.command("POST", "/goog/cdp/execute", ["cmd": .string(command), "params": parameters])
    }

    func prefersDark(_ isDark: Bool) async throws {
        try await devTools(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": .string(isDark ? "dark" : "light")]]])
    }

    /// The window as a PNG.
    func screenshot() async throws -> [UInt8] {
        let text = try await command("GET", "/screenshot").text ?? ""
        return Array(Data(base64Encoded: text) ?? Data())
    }

    /// What the console said since the last call: errors, violations of the content security policy.
    func console() async throws -> [String] {
        try await command("POST", "/se/log", ["type": "browser"]).elements.compactMap { $0["message"].text }
    }

    /// The text of a dialog that is open; nil: there is none.
    func dialog() async -> String? { try? await command("GET", "/alert/text").text }
}

/// Gives a suite one browser for all its tests.
struct BrowserTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let browser = try await Browser()
        do {
            try await Browser.$shared.withValue(browser) { try await function() }
        } catch {
            await browser.quit()
            throw error
        }
        await browser.quit()
    }
}

extension Trait where Self == BrowserTrait {
    static var browser: Self { BrowserTrait() }
}
