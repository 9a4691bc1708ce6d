import Glibc
import TestSupport
import Testing

/// Debian's rsyslog with omelasticsearch, a client that is not ours, ships to the collector's `_bulk`.
@Suite(.timeLimit(.minutes(5)))
struct ProcessRsyslogTests {
    private static let program = "/usr/sbin/rsyslogd"
    private static let module = "/usr/lib/x86_64-linux-gnu/rsyslog/omelasticsearch.so"
    private static var isThere: Bool { unsafe access(module, R_OK) == 0 && access(program, X_OK) == 0 }

    /// Follows a file as the agent does, with an id of its own for each line. Its patience is long: rsyslog 8.2302 itself
    /// loses lines of the batch during which it has suspended an action.
    private static func configuration(_ scene: ProcessScene, port: Int) -> String {
        """
        global(workDirectory="\(scene.directory)")
        module(load="imfile" mode="inotify")
        module(load="omelasticsearch")
        template(name="event" type="list" option.jsonf="on") {
            property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
            property(outname="host" name="hostname" format="jsonf")
            property(outname="service" name="programname" format="jsonf")
            property(outname="message" name="msg" format="jsonf")
        }
        template(name="id" type="string" string="%$!metadata!filename%@%$!metadata!fileoffset%")
        input(type="imfile" file="\(scene.logs)/app.log" tag="shop" freshStartTail="off" addMetadata="on")
        action(
            type="omelasticsearch" server="127.0.0.1" serverport="\(port)" template="event" searchIndex="logs"
            searchType="" healthCheckTimeout="120000" bulkmode="on" maxbytes="256k" bulkid="id" dynbulkid="on"
            writeoperation="create" retryfailures="on" errorfile="\(scene.directory)/errors.json"
            action.resumeRetryCount="-1" action.resumeInterval="1"
            queue.type="LinkedList" queue.dequeueBatchSize="500" queue.timeoutShutdown="30000"
        )

        """
    }

    @Test(.enabled(if: isThere, "rsyslog-elasticsearch is not installed"))
    func `every line that rsyslog ships is stored once`() async throws {
        try await ProcessScene.play { scene in
            let port = ReservedPort()
            let store = "\(scene.directory)/store"
            let collector = try scene.start([
                "collect", "--data", store, "-E", "collector.lumberjack.enabled=false",
                "-E", "collector.http.port=\(port.port)",
            ])
            try await Self.stored(0, port.port)
            Self.append(0..<4000, scene)
            let configuration = "\(scene.directory)/rsyslog.conf"
            ProcessFile.write(Self.configuration(scene, port: port.port), to: configuration)
            let rsyslog = try scene.start(
                path: Self.program, ["-n", "-f", configuration, "-i", "\(scene.directory)/rsyslog.pid"])
            try await Self.stored(1, port.port)
            Self.append(4000..<6000, scene)
            try await Self.stored(6000, port.port)
            // It sends what it still has, which would be in excess.
            _ = try await rsyslog.terminate()
            #expect(try await collector.terminate() == 0)
            try await Self.check(scene, store)
        }
    }

    private static func append(_ numbers: Range<Int>, _ scene: ProcessScene) {
        let lines = numbers.map { "order \($0) of \"café\" \\ paid\t€\($0 % 97)\n" }
        ProcessFile.write(lines.joined(), to: "\(scene.logs)/app.log", append: true)
    }

    /// Waits until the collector says that it has so many events.
    private static func stored(_ count: Int, _ port: Int) async throws {
        let net = ContinuousClock.now + .seconds(180)
        var stored: Int?
        while stored ?? -1 < count {
            guard ContinuousClock.now < net else {
                throw ProcessFailure(description: "waited for \(count) events: the store has \(stored ?? -1)")
            }
            let answer = try? PlainHTTP.get("/api/v1/status", from: .tcp(port: UInt16(port)))
            stored = answer.flatMap { ProcessStatus.number("events", in: $0.body) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private static func check(_ scene: ProcessScene, _ store: String) async throws {
        let search = try scene.start(["search", "--data", store, "--limit", "0"], output: "found")
        #expect(try await search.exitStatus() == 0)
        var missing = Set((0..<6000).map { #""message":"order \#($0) of \"café\" \\ paid\t€\#($0 % 97)"}"# })
        var surplus: [String] = []
        ProcessFile.forEachLine("\(scene.directory)/found") { line in
            #expect(line.contains(#""service":"shop""#))
            let message = line.firstRange(of: #""message":"#).map { String(line[$0.lowerBound...]) } ?? line
            if missing.remove(message) == nil { surplus.append(line) }
        }
        #expect(missing.isEmpty, "\(missing.count) lines are missing: \(missing.sorted().prefix(5))")
        #expect(surplus.isEmpty, "\(surplus.count) lines came twice or were never written: \(surplus.prefix(5))")
    }
}
