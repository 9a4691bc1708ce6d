import Glibc
import TestSupport
import Testing

/// Debian's rsyslog with omelasticsearch, a client that is not ours.
struct RsyslogTests {
    private static let module = "/usr/lib/x86_64-linux-gnu/rsyslog/omelasticsearch.so"
    private static var isThere: Bool { unsafe access(module, R_OK) == 0 && access("/usr/sbin/rsyslogd", X_OK) == 0 }

    /// Follows a file as the agent does, with an id of its own for each line.
    private static func configuration(_ directory: String, port: Int) -> String {
        """
        global(workDirectory="\(directory)")
        module(load="imfile" mode="inotify")
        module(load="omelasticsearch")
        template(name="event" type="list" option.jsonf="on") {
            property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
            property(outname="host" name="hostname" format="jsonf")
            property(outname="service" name="programname" format="jsonf")
            property(outname="message" name="msg" format="jsonf")
        }
        template(name="id" type="string" string="%$!metadata!filename%@%$!metadata!fileoffset%")
        input(type="imfile" file="\(directory)/app.log" tag="shop" freshStartTail="off" addMetadata="on")
        action(
            type="omelasticsearch" server="127.0.0.1" serverport="\(port)" template="event" searchIndex="logs"
            searchType="" healthCheckTimeout="120000" bulkmode="on" maxbytes="256k" bulkid="id" dynbulkid="on" writeoperation="create"
            retryfailures="on" errorfile="\(directory)/errors.json" action.resumeRetryCount="-1"
            action.resumeInterval="1" queue.type="LinkedList" queue.dequeueBatchSize="500" queue.timeoutShutdown="30000"
        )

        """
    }

    @Test(
        .timeLimit(.minutes(5)),
        .enabled(if: isThere, "rsyslog-elasticsearch is not installed"))
    func `every line that rsyslog ships is stored once`() async throws {
        try await PageScene.run { scene in
            let directory = try #require(Self.directory())
            let lines = (0..<6000).map { "order \($0) of \"café\" \\ paid\t€\($0 % 97)" }
            Self.append(lines[..<4000], to: "\(directory)/app.log")
            let port = try #require(scene.url.split(separator: ":").last.flatMap { Int($0) })
            Self.append([Self.configuration(directory, port: port)], to: "\(directory)/rsyslog.conf")
            // Ended by `timeout` if these tests end before it.
            let arguments = [
                "280", "/usr/sbin/rsyslogd", "-n", "-f", "\(directory)/rsyslog.conf", "-i", "\(directory)/pid",
            ]
            let running = Task { await ChildProcess.run("timeout", arguments, limit: .seconds(290)) }
            do {
                try await Self.stored(1, scene)
                Self.append(lines[4000...], to: "\(directory)/app.log")
                try await Self.stored(lines.count, scene)
            } catch {
                let said = await Self.stop(directory, running)
                throw BrowserError("\(error); rsyslogd: \(said)")
            }
            let said = await Self.stop(directory, running)
            // What it still had to send when it ended would be in excess.
            let messages = try await Self.messages(scene)
            #expect(messages.count == lines.count, "\(said)")
            #expect(Set(messages) == Set(lines), "\(said)")
            let facets = try await scene.json("/api/v1/facets?q=")
            #expect(facets["service"][0]["value"] == "shop" && facets["service"][0]["count"].int == lines.count)
            _ = await ChildProcess.run("rm", ["-rf", directory])
        }
    }

    /// Waits until so many events are there.
    private static func stored(_ count: Int, _ scene: PageScene) async throws {
        while try await scene.json("/api/v1/status")["store"]["events"].int ?? 0 < count {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// All messages in the store, page by page.
    private static func messages(_ scene: PageScene) async throws -> [String] {
        var messages: [String] = []
        var next = ""
        repeat {
            let page = try await scene.json("/api/v1/search?limit=1000&q=\(next)")
            messages += page["events"].elements.compactMap { $0["message"].text }
            next = page["next"].text.map { "&before=\($0)" } ?? ""
        } while !next.isEmpty
        return messages
    }

    private static func directory() -> String? {
        var template = Array("/tmp/needletail-rsyslog-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { return nil }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func append(_ lines: some Sequence<String>, to path: String) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(file) }
        let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
        precondition(unsafe write(file, bytes, bytes.count) == bytes.count)
    }

    /// Ends rsyslogd as systemd would, which makes it send what it has.
    private static func stop(_ directory: String, _ running: Task<ChildProcess, Never>) async -> String {
        let stop = "test ! -s '\(directory)/pid' || kill $(cat '\(directory)/pid'); cat '\(directory)/errors.json'"
        let refused = await ChildProcess.run("sh", ["-c", stop]).output
        let run = await running.value
        return run.output + run.errors + refused.prefix(2000)
    }
}
