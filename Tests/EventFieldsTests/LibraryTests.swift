import EventFields
import Testing

/// A line as a library writes it, and what is to be found in it.
struct LibraryLine: CustomTestStringConvertible, Sendable {
    let library: String
    let line: String
    var time: Int64? = 1_732_351_452_123_000_000
    var severity: Severity = .info
    var roles: [EventRole: String] = [:]

    var testDescription: String { library }
}

/// 2024-11-23T08:44:12.123Z, unless the line says otherwise.
let libraryLines: [LibraryLine] = [
    LibraryLine(
        library: "zap, production",
        line:
            #"{"level":"warn","ts":1732351452.123,"caller":"api/server.go:81","msg":"slow","service":"checkout","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","request_id":"r-7"}"#,
        severity: .warning,
        roles: [
            .message: "slow", .service: "checkout", .trace: "4bf92f3577b34da6a3ce929d0e0e4736",
            .span: "00f067aa0ba902b7", .request: "r-7",
        ]),
    LibraryLine(
        library: "zap, ISO 8601 with zone",
        line: #"{"level":"DPANIC","ts":"2024-11-23T09:44:12.123+0100","logger":"db","msg":"gone"}"#,
        severity: .fatal, roles: [.message: "gone"]),
    LibraryLine(
        library: "logrus",
        line:
            #"{"level":"warning","msg":"cache miss","time":"2024-11-23T09:44:12+01:00","file":"/src/main.go:17","traceId":"abc"}"#,
        time: 1_732_351_452_000_000_000, severity: .warning, roles: [.message: "cache miss", .trace: "abc"]),
    LibraryLine(
        library: "slog",
        line: #"{"time":"2024-11-23T08:44:12.123456789Z","level":"ERROR+2","msg":"boom","err":"EOF"}"#,
        time: 1_732_351_452_123_456_789, severity: .error, roles: [.message: "boom"]),
    LibraryLine(
        library: "logstash-logback-encoder",
        line:
            #"{"@timestamp":"2024-11-23T09:44:12.123456+01:00","@version":"1","message":"paid","logger_name":"com.x.Pay","thread_name":"http-1","level":"INFO","level_value":20000,"mdc":{"traceId":"t1","spanId":"s1"},"app":"payments"}"#,
        time: 1_732_351_452_123_456_000,
        roles: [.message: "paid", .trace: "t1", .span: "s1", .service: "payments"]),
    LibraryLine(
        library: "logback, JsonEncoder",
        line:
            #"{"sequenceNumber":0,"timestamp":1732351452123,"nanoseconds":123456789,"level":"TRACE","threadName":"main","mdc": {"trace_id":"t2"},"message":"in"}"#,
        severity: .trace, roles: [.message: "in", .trace: "t2"]),
    LibraryLine(
        library: "log4j2, JsonLayout",
        line:
            #"{"instant":{"epochSecond":1732351452,"nanoOfSecond":123000000},"thread":"main","level":"FATAL","message":"out","contextMap":{"traceId":"t3"}}"#,
        time: 1_732_351_452_000_000_000, severity: .fatal, roles: [.message: "out", .trace: "t3"]),
    LibraryLine(
        library: "pino",
        line:
            #"{"level":50,"time":1732351452123,"pid":657,"hostname":"web-1","name":"gateway","reqId":"req-1","msg":"refused"}"#,
        severity: .error,
        roles: [.message: "refused", .host: "web-1", .service: "gateway", .request: "req-1"]),
    LibraryLine(
        library: "bunyan",
        line:
            #"{"name":"myapp","hostname":"box","pid":40161,"level":20,"msg":"hi","time":"2024-11-23T08:44:12.123Z","v":0}"#,
        severity: .debug, roles: [.message: "hi", .host: "box", .service: "myapp"]),
    LibraryLine(
        library: "ECS, dotted",
        line:
            #"{"@timestamp":"2024-11-23T08:44:12.123Z","log.level":"error","message":"m","service.name":"a","trace.id":"t","span.id":"s","transaction.id":"x","http.request.id":"q","ecs.version":"1.6.0"}"#,
        severity: .error, roles: [.message: "m", .service: "a", .trace: "t", .span: "s", .request: "q"]),
    LibraryLine(
        library: "ECS, nested",
        line:
            #"{"@timestamp":"2024-11-23T08:44:12.123Z","log":{"level":"debug","file":{"path":"/var/log/a.log"}},"message":"m","service":{"name":"a"},"trace":{"id":"t"},"span":{"id":"s"},"parent":{"id":"p"},"host":{"name":"h"},"event":{"id":"e"}}"#,
        severity: .debug,
        roles: [
            .message: "m", .service: "a", .trace: "t", .span: "s", .parentSpan: "p", .host: "h",
            .file: "/var/log/a.log", .eventID: "e",
        ]),
    LibraryLine(
        library: "OpenTelemetry, OTLP's JSON flattened",
        line:
            #"{"timeUnixNano":"1732351452123000000","severityNumber":17,"severityText":"ERROR","body":"down","traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","resource":{"attributes":{"service.name":"cart"}}}"#,
        severity: .error,
        roles: [
            .message: "down", .trace: "5b8efff798038103d269b633813fc60c", .span: "eee19b7ec3c1b174", .service: "cart",
        ]),
    LibraryLine(
        library: "OpenTelemetry, number alone",
        line: #"{"time_unix_nano":1732351452123000000,"severity_number":13,"body":"b"}"#,
        severity: .warning, roles: [.message: "b"]),
    LibraryLine(
        library: "Serilog, compact, Information left out",
        line:
            #"{"@t":"2024-11-23T08:44:12.1230000Z","@mt":"Hello {Name}","@m":"Hello x","Name":"x","@tr":"t","@sp":"s"}"#,
        roles: [.message: "Hello x", .trace: "t", .span: "s"]),
    LibraryLine(
        library: "Serilog, compact, with a level",
        line: #"{"@t":"2024-11-23T08:44:12.1230000Z","@mt":"Hello","@l":"Warning"}"#,
        severity: .warning, roles: [.message: "Hello"]),
    LibraryLine(
        library: "Serilog",
        line:
            #"{"Timestamp":"2024-11-23T08:44:12.1230000+00:00","Level":"Fatal","MessageTemplate":"a {B}","RenderedMessage":"a 1","Properties":{"Application":"Shop","CorrelationId":"c"}}"#,
        severity: .fatal, roles: [.message: "a 1", .service: "Shop", .request: "c"]),
    LibraryLine(
        library: "structlog",
        line: #"{"user": 7, "event": "login", "level": "critical", "timestamp": "2024-11-23T08:44:12.123000Z"}"#,
        severity: .fatal, roles: [.message: "login"]),
    LibraryLine(
        library: "python-json-logger",
        line:
            #"{"asctime": "2024-11-23 08:44:12,123", "levelname": "WARNING", "message": "m", "otelTraceID": "t", "otelSpanID": "s"}"#,
        severity: .warning, roles: [.message: "m", .trace: "t", .span: "s"]),
    LibraryLine(
        library: "Rust's tracing",
        line:
            #"{"timestamp":"2024-11-23T08:44:12.123000Z","level":"INFO","fields":{"message":"ready","trace_id":"t"},"target":"api"}"#,
        roles: [.message: "ready", .trace: "t"]),
    LibraryLine(
        library: "GELF",
        line: #"{"version":"1.1","host":"h","short_message":"s","timestamp":1732351452.123,"level":3}"#,
        severity: .error, roles: [.message: "s", .host: "h"]),
    LibraryLine(
        library: "journald",
        line:
            #"{"__REALTIME_TIMESTAMP":"1732351452123000","PRIORITY":"4","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"no"}"#,
        severity: .warning, roles: [.message: "no", .host: "h", .service: "sshd"]),
    LibraryLine(
        library: "W3C traceparent",
        line:
            #"{"ts":1732351452123,"level":"info","msg":"m","traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}"#,
        roles: [.message: "m", .trace: "4bf92f3577b34da6a3ce929d0e0e4736", .span: "00f067aa0ba902b7"]),
    LibraryLine(
        library: "Filebeat's ndjson below json",
        line: #"{"@timestamp":"2024-11-23T08:44:12.123Z","json":{"level":"error","msg":"m","service_name":"s"}}"#,
        severity: .error, roles: [.message: "m", .service: "s"]),
]

@Suite struct LibraryTests {
    @Test(arguments: libraryLines)
    func `the facts are found where a library puts them`(_ line: LibraryLine) {
        let found = scan(line.line)
        #expect(found.time == line.time)
        #expect(found.severity == line.severity)
        #expect(found.roles == line.roles)
    }

    @Test(arguments: libraryLines)
    func `the line inside a shipper's message wins, except for host, file and id`(_ line: LibraryLine) {
        let inside = line.line.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let event =
            #"{"@timestamp":"2026-01-01T00:00:00.000Z","service":{"name":"outer"},"log":{"level":"trace","file":{"path":"/f.log"}},"host":{"name":"node"},"message":""#
            + inside + #"","@metadata":{"_id":"id-1"}}"#
        let found = scan(event)
        #expect(found.time == line.time)
        #expect(found.severity == line.severity)
        var roles = line.roles
        roles[.service] = roles[.service] ?? "outer"
        roles[.host] = "node"
        roles[.file] = "/f.log"
        roles[.eventID] = "id-1"
        #expect(found.roles == roles)
    }

    @Test func `one's own names win over ours`() {
        let aliases = FieldAliases.standard.adding(["meta.corr", "cid"], to: .trace)
        let event = #"{"trace_id":"a","cid":"b","meta":{"corr":"c"}}"#
        #expect(scan(event, aliases: aliases)[.trace] == "c")
        #expect(scan(event)[.trace] == "a")
    }

    @Test func `every role has a name in the table, and no name stands there twice`() {
        let all = FieldAliases.standard.aliases
        #expect(Set(all.map(\.role)) == Set(EventRole.allCases))
        #expect(Set(all.map(\.name)).count == all.count)
    }
}
