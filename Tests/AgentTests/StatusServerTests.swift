import Agent
import CShim
import Glibc
import Logging
import Publishing
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct StatusServerTests {
    private func serve(
        _ address: StatusAddress, status: AgentStatus = StatusExample.agent(),
        _ body: @escaping @Sendable (_ port: Int?) throws -> Void
    ) async throws {
        let (ports, announce) = AsyncStream.makeStream(of: Int?.self)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = StatusServer(address: address, logger: logger, onListening: { announce.yield($0) }) { status }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                for await port in ports {
                    try await OwnThreads.run { try body(port) }
                    return
                }
            }
            _ = try await group.next()
            group.cancelAll()
        }
    }

    @Test func `each page is served over TCP`() async throws {
        try await serve(.tcp(host: "127.0.0.1", port: 0)) { port in
            let address = PlainHTTP.Address.tcp(port: UInt16(try #require(port)))
            let metrics = try PlainHTTP.get("/metrics", from: address)
            #expect(metrics.status == 200)
            #expect(metrics.headers.contains("content-type: text/plain; version=0.0.4; charset=utf-8"))
            #expect(metrics.body.contains("needletail_read_bytes_total{pipeline=\"logstash\"} 1000000\n"))
            #expect(metrics.body.contains("process_open_fds "))
            let stats = try PlainHTTP.get("/stats", from: address)
            #expect(stats.headers.contains("content-type: application/json"))
            #expect(stats.body.contains("\"delivered\": 900000"))
            #expect(try PlainHTTP.get("/healthz", from: address).body == "ok\n")
            #expect(try PlainHTTP.get("/", from: address).body.contains("\"beat\":\"needletail\""))
            #expect(try PlainHTTP.get("/nothing", from: address).status == 404)
            #expect(try PlainHTTP.get("/stats", from: address, method: "POST").status == 405)
        }
    }

    @Test func `each page is served over a unix socket, which is removed in the end`() async throws {
        let path = "/tmp/needletail-status-\(getpid()).sock"
        try await serve(.unix(path: path)) { port in
            #expect(port == nil)
            var attributes = nt_stat()
            #expect(unsafe nt_stat_at(AT_FDCWD, path, 1, &attributes) == 0)
            #expect(attributes.mode & 0o777 == 0o660)
            let health = try PlainHTTP.get("/healthz", from: .unix(path: path))
            #expect(health.status == 200)
        }
        #expect(unsafe access(path, F_OK) != 0)
    }

    @Test func `an agent that is not healthy answers 503 with the reason`() async throws {
        var status = StatusExample.agent()
        status.registryTrouble = "read-only file system"
        try await serve(.tcp(host: "127.0.0.1", port: 0), status: status) { port in
            let answer = try PlainHTTP.get("/healthz", from: .tcp(port: UInt16(try #require(port))))
            #expect(answer.status == 503)
            #expect(answer.body == "not healthy\npositions cannot be stored: read-only file system\n")
        }
    }

    @Test func `an address that is taken is an error`() async throws {
        try await serve(.tcp(host: "127.0.0.1", port: 0)) { _ in }
        let (descriptor, port) = PlainHTTP.listen()
        defer { close(descriptor) }
        await #expect(throws: (any Error).self) {
            try await serve(.tcp(host: "127.0.0.1", port: Int(port))) { _ in }
        }
    }

    @Test(arguments: [
        ("localhost", true), ("127.0.0.1", true), ("::1", true), ("unix:///run/a.sock", true), ("0.0.0.0", false),
        ("192.0.2.1", false), ("::", false),
    ])
    func `only loopback and unix sockets are local`(_ host: String, _ isLocal: Bool) {
        #expect(StatusAddress(host: host, port: 5066).isLocal == isLocal)
    }

    @Test func `an address prints as it is written`() {
        #expect(StatusAddress(host: "unix:///run/a.sock", port: 5066).description == "unix:///run/a.sock")
        #expect(StatusAddress(host: "::1", port: 5066).description == "[::1]:5066")
        #expect(StatusAddress(host: "localhost", port: 5066).description == "localhost:5066")
    }
}
