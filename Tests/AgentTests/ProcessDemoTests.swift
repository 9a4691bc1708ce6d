import Glibc
import TestSupport
import Testing

/// `demo` from its start to Ctrl-C.
@Suite(.timeLimit(.minutes(5)))
struct ProcessDemoTests {
    @Test func `the demo shows lines of three services and traces, and leaves nothing behind`() async throws {
        try await play([]) { port, output in
            let services = try await facets(port, until: 3)
            for name in ["gateway", "checkout", "payments"] { #expect(services.contains("\"value\":\"\(name)\"")) }
            // The commands that it offers.
            let commands = output.split(separator: "\n").filter { $0.contains(" --url ") }
            #expect(commands.count == 3)
            let trace = try #require(commands.first { $0.contains(" trace ") })
            let words = trace.split(separator: " ").dropFirst().map { String($0) }
            // Its lines are the last of the past that is shipped first.
            var run = await ChildProcess.run(ChildProcess.needletail, words)
            while run.status == 66 || (run.status == 0 && !run.output.contains("3 services")) {
                try await Task.sleep(for: .milliseconds(50))
                run = await ChildProcess.run(ChildProcess.needletail, words)
            }
            #expect(run.status == 0 && run.output.contains("3 services"), "\(run.output)\(run.errors)")
        }
    }

    @Test func `with paths the demo follows those`() async throws {
        let log = "/tmp/needletail-demo-test-\(getpid()).log"
        defer { _ = unsafe unlink(log) }
        let file = unsafe open(log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let bytes = Array(#"{"level":"info","service":"mine","msg":"hello"}"#.utf8) + [0x0a]
        #expect(unsafe write(file, bytes, bytes.count) == bytes.count)
        close(file)
        try await play([log]) { port, _ in
            let services = try await facets(port, until: 1)
            #expect(services.contains(#""service":[{"value":"mine","count":1}]"#), "\(services)")
        }
    }

    @Test func `a path that is not there is named`() async {
        let run = await ChildProcess.run(ChildProcess.needletail, ["demo", "/nothing/here.log"])
        #expect(run.status == 66 && run.errors.contains("/nothing/here.log"), "\(run.errors)")
    }

    /// Runs `demo`, hands over the port of its page and what it printed, and ends it as Ctrl-C does.
    private func play(
        _ paths: [String], _ body: @escaping @Sendable (_ port: UInt16, _ output: String) async throws -> Void
    ) async throws {
        try await OwnThreads.run {
            var template = Array("/tmp/needletail-demo-out-XXXXXX".utf8CString)
            let out = unsafe mkstemp(&template)
            try #require(out >= 0)
            let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            defer {
                close(out)
                _ = unsafe unlink(path)
            }
            let demo = try ProcessAgent(["demo"] + paths, output: path, errors: path)
            do {
                var text = ""
                while !text.contains("Its files") {
                    try #require(demo.isRunning, "\(text)")
                    try await Task.sleep(for: .milliseconds(10))
                    text = Self.text(out)
                }
                try await body(try #require(Self.port(text)), text)
            } catch {
                try await demo.destroy()
                throw error
            }
            demo.signal(SIGINT)
            #expect(try await demo.exitStatus() == 0)
            let text = Self.text(out)
            let directory = try #require(Self.word(after: "Its files", text))
            #expect(unsafe access(directory, F_OK) != 0 && text.contains("\(directory) is removed"), "\(text)")
        }
    }

    /// The facets, once there are so many services.
    private func facets(_ port: UInt16, until count: Int) async throws -> String {
        while true {
            let answer = try PlainHTTP.get("/api/v1/facets?q=", from: .tcp(port: port))
            try #require(answer.status == 200, "\(answer.body)")
            let services = answer.body.split(separator: "\"service\":").last?.prefix { $0 != "]" } ?? ""
            if services.split(separator: "\"value\"").count > count { return answer.body }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private static func text(_ file: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = unsafe pread(file, &bytes, bytes.count, 0)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }

    private static func word(after name: String, _ text: String) -> String? {
        text.split(separator: name).dropFirst().first?.split(whereSeparator: \.isWhitespace).first.map { String($0) }
    }

    private static func port(_ text: String) -> UInt16? {
        word(after: "Look at them", text)?.split(separator: ":").last.flatMap { UInt16($0.filter(\.isNumber)) }
    }
}
