/// Which fields say what: the one table that ingest and search go by.
///
/// A name is a dotted path: `trace.id` is a member with that name, or the member `id` of the object `trace`. Of a role's
/// names the one that stands first here wins, and ECS's own stands before all others; where the same one comes twice, the last. The service's own line (the text
/// in `message`) wins over the event around it, except for host, file and event id, which the shipper knows better.
package struct FieldAliases: Sendable {
    /// How a field is read where its role alone does not say it.
    package enum Form: UInt8, Sendable {
        case plain
        /// `00-<trace>-<span>-01`, W3C Trace Context.
        case traceparent
        /// 1 to 24, OpenTelemetry's SeverityNumber.
        case openTelemetryNumber
        /// 0 (emergency) to 7 (debug), RFC 5424.
        case syslogNumber
        /// The time of Serilog's compact lines, which leave the level out when it is Information.
        case compactTime
        /// Counts only beside `pid` and `hostname`: bunyan and pino call the service `name`, as others call a person.
        case besideProcess
        /// A path that is that of a log file, not of source code (`main.go:17`).
        case logFile
    }

    package struct Alias: Sendable {
        package let name: String
        package let role: EventRole
        package var form: Form = .plain
    }

    package private(set) var aliases: [Alias]

    /// What the libraries and shippers write that are known to us.
    package static let standard = FieldAliases(aliases: StandardAliases.all)

    /// Names of fields that are written in ECS's words (`ECSField`), but that no search asks for by role.
    static let onlyWritten: [ECSField: [String]] = [
        // zap, structlog; logstash-encoder; log4j2, logback; Serilog.
        .logger: ["logger", "logger_name", "loggerName", "SourceContext"],
        // zap, zerolog; logrus.
        .origin: ["caller", "file"],
        // zap, logrus, zerolog; slog, pino, bunyan.
        .errorMessage: ["error", "err"],
        // zap; logstash-encoder; zerolog; structlog; python-json-logger; Serilog.
        .stackTrace: ["stacktrace", "stack_trace", "stack", "exception", "exc_info", "@x"],
        .process: ["pid"],
    ]

    /// The same with names of one's own, which win over all others of that role.
    package func adding(_ names: [String], to role: EventRole) -> FieldAliases {
        let own = names.map { Alias(name: $0, role: role) }
        return FieldAliases(aliases: own + aliases.filter { !($0.role == role && names.contains($0.name)) })
    }
}

/// The names, with who writes them.
private enum StandardAliases {
    static let all = times + levels + services + traces + requests + origins + messages

    private static func named(_ role: EventRole, _ names: String..., form: FieldAliases.Form = .plain)
        -> [FieldAliases.Alias]
    {
        names.map { FieldAliases.Alias(name: $0, role: role, form: form) }
    }

    private static let times =
        // ECS, logstash-encoder; slog, pino, bunyan, logrus; structlog, GCP; zap.
        named(.time, "@timestamp", "time", "timestamp", "ts")
        // Serilog compact, Serilog, log4j2 (two layouts), Python's logging.
        + named(.time, "@t", form: .compactTime)
        + named(.time, "Timestamp", "timeMillis", "instant.epochSecond", "asctime", "datetime", "date", "t")
        // OTLP's JSON; journald.
        + named(.time, "timeUnixNano", "time_unix_nano", "observedTimeUnixNano", "observed_time_unix_nano")
        + named(.time, "observed_timestamp", "__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP")

    private static let levels =
        // ECS; zap, logrus, slog, pino, bunyan, logback, structlog; GCP.
        named(.level, "log.level", "level", "severity")
        // OTel; Serilog; Python's logging; others.
        + named(.level, "severity_text", "severityText", "SeverityText", "@l", "Level", "levelname", "lvl")
        + named(.level, "loglevel", "log_level", "logLevel", "level_name", "Severity", "severity_label", "level_value")
        + named(
            .level, "severity_number", "severityNumber", "SeverityNumber", form: .openTelemetryNumber)
        + named(.level, "PRIORITY", "log.syslog.severity.code", "syslog.severity", form: .syslogNumber)

    private static let services =
        // ECS and OTel, dotted or not; what people write themselves.
        named(.service, "service.name", "service_name", "serviceName", "ServiceName", "service", "svc")
        + named(.service, "app", "application", "app_name", "appName", "appname", "Application", "application_name")
        + named(.service, "springAppName", "dd.service")
        + named(.service, "name", form: .besideProcess)
        // Kubernetes as Filebeat, OTel and Fluent Bit say it; journald; rsyslog.
        + named(.service, "kubernetes.container.name", "k8s.container.name", "kubernetes.container_name")
        + named(.service, "container.name", "SYSLOG_IDENTIFIER", "syslog.appname", "programname", "app-name")
        + named(.service, "process.name")

    private static let traces =
        // ECS; logrus and zap as usual, OTel; Java and pino; others, by their spelling.
        named(.trace, "trace.id", "trace_id", "traceId", "traceID", "traceid", "TraceId", "TraceID", "trace")
        + named(.trace, "@tr", "otelTraceID", "dd.trace_id", "logging.googleapis.com/trace", "X-B3-TraceId")
        + named(.trace, "traceparent", "trace_parent", form: .traceparent)
        + named(.span, "span.id", "span_id", "spanId", "spanID", "spanid", "SpanId", "SpanID")
        + named(.span, "@sp", "otelSpanID", "dd.span_id", "logging.googleapis.com/spanId", "X-B3-SpanId")
        + named(.parentSpan, "parent_span_id", "parentSpanId", "parent.span_id", "span.parent_id", "parent.id")
        + named(.parentSpan, "parent_id", "parentId", "parentID", "ParentId", "@ps", "X-B3-ParentSpanId")

    private static let requests =
        named(.request, "http.request.id", "request_id", "requestId", "request.id", "RequestId", "requestID")
        + named(.request, "http.request_id", "req_id", "reqId", "req.id", "x_request_id", "x-request-id")
        + named(.request, "X-Request-ID", "X-Request-Id", "correlation_id", "correlationId", "CorrelationId")

    private static let origins =
        // ECS; OTel; pino and bunyan; Fluent Bit, Vector, GELF; journald; rsyslog.
        named(.host, "host.name", "host.hostname", "hostname", "host", "HOSTNAME", "_HOSTNAME", "log.syslog.hostname")
        // ECS and OTel; Vector.
        + named(.file, "log.file.path", "file", form: .logFile)
        + named(.eventID, "@metadata._id", "_id", "event.id", "log.record.uid")

    private static let messages =
        // ECS, logback, pino 2; zap, logrus, slog, pino, bunyan; Serilog; GELF; OTel; structlog; Docker; journald.
        named(.message, "message", "msg", "@m", "RenderedMessage", "short_message", "body", "Body", "event", "log")
        + named(.message, "MESSAGE", "textPayload", "@mt", "MessageTemplate", "error.message")
}
