import Agent
import CShim
import Glibc
import Logging
import Testing

struct AgentLogTests {
    /// A pipe for a sink to write to.
    private final class LogPipe {
        let readEnd: Int32
        let writeEnd: Int32

        init() {
            var ends: [Int32] = [-1, -1]
            _ = unsafe pipe(&ends)
            for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
            (readEnd, writeEnd) = (ends[0], ends[1])
        }

        deinit {
            close(readEnd)
            close(writeEnd)
        }

        /// What is in the pipe now.
        func lines() -> [String] {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65536)
            while case let count = unsafe read(readEnd, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    private func logger(_ pipe: LogPipe, _ style: AgentLogStyle, level: Logger.Level = .info) -> Logger {
        let sink = AgentLogSink(descriptor: pipe.writeEnd)
        return Logger(label: "input") { label in
            AgentLogHandler(label: label, level: level, style: style, sink: sink, now: { StatusExample.start })
        }
    }

    @Test func `as text a line has time, level, message and fields in order`() {
        let pipe = LogPipe()
        var logger = logger(pipe, AgentLogStyle(format: .text))
        logger[metadataKey: "pipeline"] = "my output"
        logger.warning("File was truncated", metadata: ["file.path": "/var/log/a.log", "bytes": .stringConvertible(5)])
        #expect(
            pipe.lines() == [
                "2026-01-22T16:34:53.963Z warning  File was truncated bytes=5 file.path=/var/log/a.log "
                    + "pipeline=\"my output\""
            ])
    }

    @Test func `as JSON the names are those of ECS`() {
        let pipe = LogPipe()
        logger(pipe, AgentLogStyle(format: .json)).error(
            "Output failed", metadata: ["output.endpoint": "a:1", "total": .stringConvertible(7), "a": ["b", "c"]])
        #expect(
            pipe.lines() == [
                #"{"@timestamp":"2026-01-22T16:34:53.963Z","log.level":"error","log.logger":"input","#
                    + #""message":"Output failed","service.name":"needletail","a":["b","c"],"#
                    + #""output.endpoint":"a:1","total":7}"#
            ])
    }

    @Test(arguments: [AgentLogStyle.Format.text, .json])
    func `a field with line feeds stays on the line`(_ format: AgentLogStyle.Format) {
        let pipe = LogPipe()
        logger(pipe, AgentLogStyle(format: format)).info("Read", metadata: ["file.path": "/a\nb \"c\""])
        let lines = pipe.lines()
        #expect(lines.count == 1)
        #expect(lines.first?.contains(#"/a\nb \"c\""#) == true)
    }

    @Test(arguments: [
        (Logger.Level.debug, "<7>"), (.info, "<6>"), (.notice, "<5>"), (.warning, "<4>"), (.error, "<3>"),
        (.critical, "<2>"),
    ])
    func `a line for the journal begins with its priority`(_ level: Logger.Level, _ prefix: String) {
        let pipe = LogPipe()
        logger(pipe, AgentLogStyle(format: .text, levelPrefix: true), level: .trace).log(level: level, "Hello")
        #expect(pipe.lines().first?.hasPrefix(prefix + "2026-") == true)
    }

    @Test func `the journal is known by device and inode`() {
        let pipe = LogPipe()
        var attributes = nt_stat()
        #expect(unsafe nt_stat_fd(pipe.writeEnd, &attributes) == 0)
        let own = "\(attributes.device):\(attributes.inode)"
        #expect(AgentLogStyle.isJournal(descriptor: pipe.writeEnd, variable: own))
        #expect(!AgentLogStyle.isJournal(descriptor: pipe.writeEnd, variable: own + "0"))
        #expect(!AgentLogStyle.isJournal(descriptor: pipe.writeEnd, variable: nil))
    }

    @Test func `lines below the level are not written`() {
        let pipe = LogPipe()
        let logger = logger(pipe, AgentLogStyle(format: .text), level: .warning)
        logger.info("Quiet")
        logger.warning("Loud")
        #expect(pipe.lines().count == 1)
    }

    @Test func `a reader that does not read loses lines, which are counted and told`() {
        let pipe = LogPipe()
        let sink = AgentLogSink(descriptor: pipe.writeEnd)
        let line = String(repeating: "x", count: 4000)
        var written = 0
        while sink.lostLines == 0 && written < 1000 {
            sink.write(line)
            written += 1
        }
        sink.write(line)
        #expect(sink.lostLines == 2)
        #expect(pipe.lines().count == written - 1)
        sink.write("after")
        #expect(pipe.lines() == ["needletail: 2 lines of this log were lost, because nobody read it", "after"])
        #expect(sink.lostLines == 0)
    }

    @Test func `a line that is too long for one write is cut`() {
        let pipe = LogPipe()
        AgentLogSink(descriptor: pipe.writeEnd).write(String(repeating: "x", count: 10_000))
        #expect(pipe.lines().map(\.count) == [AgentLogSink.longestLine - 1])
    }
}
