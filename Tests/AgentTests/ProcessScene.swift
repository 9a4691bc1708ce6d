import Glibc
import Synchronization
import TestSupport

/// A directory with logs, a configuration and a data directory; agents that work there, and collectors.
/// Whatever happens, the processes end and the directory goes.
final class ProcessScene: Sendable {
    let directory: String
    private let agents = Mutex<[ProcessAgent]>([])
    private let collectors = Mutex<[ProcessCollector]>([])

    /// Runs on threads of its own, so that neither the test waits for others of the suite nor they for it.
    static func play(_ body: @escaping @Sendable (ProcessScene) async throws -> Void) async throws {
        try await OwnThreads.run { try await perform(body) }
    }

    private static func perform(_ body: (ProcessScene) async throws -> Void) async throws {
        let scene = try ProcessScene()
        do {
            try await body(scene)
        } catch {
            let log = scene.log
            await scene.clear()
            throw ProcessFailure(description: "\(error)\nThe agent's log ends with:\n\(log)")
        }
        await scene.clear()
    }

    private init() throws {
        var template = Array("/tmp/needletail-process-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw ProcessFailure(description: "no temporary directory") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for name in ["logs", "data"] { _ = unsafe mkdir("\(directory)/\(name)", 0o700) }
    }

    private func clear() async {
        for agent in agents.withLock({ $0 }) { try? await agent.destroy() }
        for collector in collectors.withLock({ $0 }) { collector.end() }
        _ = await ChildProcess.run("rm", ["-rf", directory])
    }

    var logs: String { "\(directory)/logs" }
    var data: String { "\(directory)/data" }
    var socket: String { "\(directory)/status.sock" }
    var log: String { String(ProcessFile.text("\(directory)/stderr").suffix(6000)) }
    var output: String { ProcessFile.text("\(directory)/stdout") }

    func collector(_ wire: ProcessCollector.Wire, listening: Bool = true) throws -> ProcessCollector {
        let collector = try ProcessCollector(wire, listening: listening)
        collectors.withLock { $0.append(collector) }
        return collector
    }

    /// Writes the configuration.
    /// - Parameters:
    ///   - outputs: what follows `output.`, with its settings, or all of `outputs:`.
    ///   - pattern: which files below `logs` are read.
    func configure(
        _ outputs: String, pattern: String = "*.log*", checkInterval: String = "1s", shutdownTimeout: String = "40s",
        more: String = ""
    ) {
        ProcessFile.write(
            """
            path.data: \(data)
            filebeat.shutdown_timeout: \(shutdownTimeout)
            filebeat.inputs:
              - type: filestream
                id: app
                paths: ["\(logs)/\(pattern)"]
                prospector.scanner.check_interval: \(checkInterval)
            \(outputs)
            \(more)

            """, to: "\(directory)/needletail.yml")
    }

    /// The usual configuration: short waits between attempts, and deliveries so small that many are needed.
    func configure(_ collector: ProcessCollector, wire: ProcessCollector.Wire, pattern: String = "*.log*") {
        configure(ProcessScene.output(collector, wire: wire), pattern: pattern)
    }

    static func output(_ collector: ProcessCollector, wire: ProcessCollector.Wire) -> String {
        """
        output.\(wire == .lines ? "tcp" : "logstash"):
          hosts: ["127.0.0.1:\(collector.port)"]
          bulk_max_size: 300
          backoff.init: 20ms
          backoff.max: 200ms
        """
    }

    /// - Parameter output: a file in the scene's directory.
    func start(
        path: String = ChildProcess.needletail, _ arguments: [String], input: String = "/dev/null",
        output: String = "stdout"
    ) throws -> ProcessAgent {
        let agent = try ProcessAgent(
            path: path, arguments, input: input, output: "\(directory)/\(output)", errors: "\(directory)/stderr")
        agents.withLock { $0.append(agent) }
        return agent
    }

    func run(_ more: String...) throws -> ProcessAgent {
        try start(["run", "-c", "\(directory)/needletail.yml"] + more)
    }

    /// Waits until so many different lines have come.
    func arrived(_ lines: Int, at collector: ProcessCollector) async throws {
        try await collector.wait("for \(lines) lines") { $0.tally.distinct >= lines }
    }
}

extension ProcessTally {
    /// Nothing lost, nothing unknown, nothing twice by id, and every file in its order.
    /// - Throws: what is wrong.
    func checkAll(_ written: [String: Int], exactlyOnce: Bool = false) throws {
        var wrong = problems
        let missing = missing(written)
        if !missing.isEmpty { wrong.append("\(missing.count) lines are missing: \(missing.prefix(10))") }
        let total = written.values.reduce(0, +)
        if distinct != total { wrong.append("\(distinct) different lines came, \(total) were written") }
        if exactlyOnce, self.total != total { wrong.append("\(self.total - total) events came twice") }
        if !wrong.isEmpty { throw ProcessFailure(description: wrong.joined(separator: "\n")) }
    }
}

/// Whole files.
enum ProcessFile {
    static func write(_ text: String, to path: String, append: Bool = false) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0o600)
        precondition(descriptor >= 0, "\(path) cannot be written")
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        precondition(unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count, "a short write to \(path)")
    }

    static func text(_ path: String) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = unsafe read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Calls with each line of a file, without its end.
    static func forEachLine(_ path: String, _ body: (String) -> Void) {
        guard let file = unsafe fopen(path, "re") else { return }
        var line: UnsafeMutablePointer<CChar>?
        var room = 0
        defer {
            unsafe free(line)
            unsafe fclose(file)
        }
        while case let count = unsafe getline(&line, &room, file), count > 0, let start = unsafe line {
            let text = unsafe UnsafeRawBufferPointer(start: start, count: count)
            unsafe body(String(decoding: text.last == 0x0a ? text.dropLast() : text[...], as: UTF8.self))
        }
    }
}
