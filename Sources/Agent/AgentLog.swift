import Glibc
package import Logging

/// How the agent's own log looks.
package struct AgentLogStyle: Sendable, Equatable {
    package enum Format: String, Sendable { case text, json }
    package var format: Format
    /// Each line begins with `<3>` … `<7>`, from which the journal takes the priority (sd-daemon(3)).
    package var levelPrefix: Bool

    package init(format: Format, levelPrefix: Bool = false) {
        self.format = format
        self.levelPrefix = levelPrefix
    }

    /// Standard error is a stream of the journal: `JOURNAL_STREAM` holds its device and inode (systemd.exec(5)).
    package static func isJournal(descriptor: Int32, variable: String?) -> Bool {
        guard let variable else { return false }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        return variable == "\(status.st_dev):\(status.st_ino)"
    }
}

/// Writes the agent's own log: constant messages, the facts beside them as fields, one line each.
///
/// As JSON the names are those of ECS, as Filebeat's own log has them: `@timestamp`, `log.level`, `log.logger`,
/// `message`, `service.name`.
package struct AgentLogHandler: LogHandler {
    package var metadata = Logger.Metadata()
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let label: String
    private let style: AgentLogStyle
    private let sink: AgentLogSink
    private let now: @Sendable () -> Int64

    /// - Parameter now: ms since 1970; the wall clock unless a test says otherwise.
    package init(
        label: String, level: Logger.Level, style: AgentLogStyle, sink: AgentLogSink,
        now: @escaping @Sendable () -> Int64 = AgentLogHandler.wallClock
    ) {
        self.label = label
        self.logLevel = level
        self.style = style
        self.sink = sink
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let given = event.metadata { fields.merge(given) { $1 } }
        if let error = event.error { fields["error.message"] = "\(error)" }
        let line = AgentLogLine(
            time: now(), level: event.level, logger: label, message: event.message.description, fields: fields)
        let prefix = style.levelPrefix ? "<\(event.level.syslogPriority)>" : ""
        sink.write(prefix + (style.format == .json ? line.json : line.text))
    }

    package static let wallClock: @Sendable () -> Int64 = {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

extension Logger {
    /// A logger of the agent; all of them share one sink.
    package static func agent(
        _ label: String, level: Logger.Level, style: AgentLogStyle, sink: AgentLogSink
    ) -> Logger {
        Logger(label: label) { AgentLogHandler(label: $0, level: level, style: style, sink: sink) }
    }
}

extension Logger.Level {
    /// Severity of RFC 5424, table 2.
    fileprivate var syslogPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
