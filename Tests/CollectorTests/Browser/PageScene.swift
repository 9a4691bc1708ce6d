import AgentConfig
import AsyncHTTPClient
import ByteTools
import Collector
import FoundationEssentials
import Glibc
import Hummingbird
import LogStore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TestSupport

/// A collector with its page on a free port, for the time of one test.
struct PageScene: Sendable {
    /// Without a slash at its end.
    let url: String
    private let http: HTTPClient

    /// - Parameter prepare: changes the settings before the start.
    static func run(
        _ prepare: (inout CollectorSettings) -> Void = { _ in }, _ body: (PageScene) async throws -> Void
    ) async throws {
        var template = Array("/tmp/needletail-page-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw BrowserError("no temporary directory") }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do {
            try await play(in: directory, prepare, body)
        } catch {
            _ = await ChildProcess.run("rm", ["-rf", directory])
            throw error
        }
        _ = await ChildProcess.run("rm", ["-rf", directory])
    }

    private static func play(
        in directory: String, _ prepare: (inout CollectorSettings) -> Void, _ body: (PageScene) async throws -> Void
    ) async throws {
        var settings = CollectorSettings()
        settings.dataPath = directory
        settings.http.port = 0
        settings.lumberjack.enabled = false
        prepare(&settings)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let parts = try CollectorParts(settings, logger: logger)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = CollectorHTTPServer(
            settings.http, limits: settings.limits, tls: nil,
            router: CollectorRoutesOfAll.router(parts, CollectorRoutesOfAll.front(parts)),
            group: MultiThreadedEventLoopGroup.singleton, logger: logger, onListening: { port.yield($0) })
        let running = Task { try await server.run() }
        do {
            guard let port = await ports.first(where: { _ in true }) else { throw BrowserError("no port") }
            try await body(PageScene(url: "http://127.0.0.1:\(port)", http: .shared))
        } catch {
            running.cancel()
            _ = try? await running.value
            await parts.store.close()
            throw error
        }
        running.cancel()
        _ = try? await running.value
        await parts.store.close()
    }

    /// Sends lines, each a JSON object, and returns when they are stored.
    func ingest(_ lines: [String]) async throws {
        var request = HTTPClientRequest(url: url + "/ingest")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-ndjson")
        request.body = .bytes(ByteBuffer(string: lines.map { $0 + "\n" }.joined()))
        let response = try await http.execute(request, timeout: .seconds(60))
        let answer = try await response.body.collect(upTo: 1 << 20)
        guard response.status == .ok else {
            throw BrowserError("ingest: \(response.status) \(String(buffer: answer))")
        }
    }

    func get(
        _ path: String, _ headers: [(String, String)] = [], method: String = "GET"
    ) async throws -> (status: Int, headers: [String: String], body: String) {
        var request = HTTPClientRequest(url: url + path)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let response = try await http.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 64 << 20)
        let fields = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $1 }
        return (Int(response.status.code), fields, String(buffer: body))
    }
}

extension PageScene {
    /// The API's answer.
    func json(_ path: String) async throws -> JSONValue {
        let answer = try await get(path)
        guard answer.status == 200 else { throw BrowserError("\(path): \(answer.status) \(answer.body)") }
        return try JSONDecoder().decode(JSONValue.self, from: Data(answer.body.utf8))
    }
}

/// Lines as the tests send them.
enum SceneLines {
    /// ns since 1970.
    static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    static let troubled = "4bf92f3577b34da6a3ce929d0e0e4736"

    /// - Parameter age: seconds before now.
    static func line(
        age: Double, _ level: String, _ service: String, _ message: String, _ more: [(String, String)] = []
    ) -> String {
        let time = Double(now / 1000) / 1e6 - age
        var members = [
            ("level", level), ("service", service), ("msg", message), ("host", "web-1"),
            ("file", "/var/log/\(service).log"),
        ]
        members += more
        let texts = members.map { "\(quoted($0.0)):\(quoted($0.1))" }.joined(separator: ",")
        return "{\"ts\":\(time),\(texts)}"
    }

    static func quoted(_ text: String) -> String {
        String(decoding: JSONEscape.quoted(text), as: UTF8.self)
    }

    /// So many lines over the last ten minutes, of three services, every tenth an error of checkout.
    static func usual(_ count: Int) -> [String] {
        (0..<count).map { index in
            let age = 590 - Double(index) * 580 / Double(count)
            if index % 10 == 3 { return line(age: age, "error", "checkout", "card declined \(index)") }
            let service = ["gateway", "checkout", "payments"][index % 3]
            return line(age: age, index % 7 == 0 ? "warn" : "info", service, "request \(index) served")
        }
    }

    /// One request through three services that ends badly: seven lines, four spans.
    static var trace: [String] {
        func of(_ age: Double, _ level: String, _ service: String, _ text: String, _ span: String, _ parent: String?)
            -> String
        {
            var more = [("trace_id", troubled), ("span_id", span)]
            if let parent { more.append(("parent_span_id", parent)) }
            return line(age: age, level, service, text, more)
        }
        let spans = (1...4).map { "000000000000000\($0)" }
        return [
            of(30, "info", "gateway", "request started", spans[0], nil),
            of(29.99, "info", "checkout", "cart loaded", spans[1], spans[0]),
            of(29.98, "info", "payments", "charge requested", spans[2], spans[1]),
            of(29.50, "warn", "payments", "issuer is slow", spans[3], spans[2]),
            of(29.10, "error", "payments", "charge declined", spans[3], spans[2]),
            of(29.09, "error", "checkout", "card declined at last", spans[1], spans[0]),
            of(29.08, "info", "gateway", "request completed", spans[0], nil),
        ]
    }
}
