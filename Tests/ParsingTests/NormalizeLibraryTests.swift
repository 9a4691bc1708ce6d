import EventFields
import EventModel
import Parsing
import Testing

/// A line as a library writes it, and the event that becomes of it.
struct LibraryEvent: CustomTestStringConvertible, Sendable {
    let library: String
    let line: String
    var time = "2024-11-23T08:44:12.123Z"
    var log = ""
    var members: String
    /// Written without being taken apart.
    var isFast = true

    var testDescription: String { library }
}

private let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
private let span = "00f067aa0ba902b7"

let libraryEvents: [LibraryEvent] = [
    LibraryEvent(
        library: "zap, production",
        line:
            #"{"level":"warn","ts":1732351452.123456,"logger":"db","caller":"api/server.go:81","msg":"slow \"q\"","service_name":"checkout","trace_id":"\#(trace)","span_id":"\#(span)","request_id":"r-7","latency":0.25,"status":200}"#,
        log: #""level":"warn","logger":"db","origin":{"file":{"name":"api/server.go","line":81}}"#,
        members:
            #""latency":0.25,"status":200,"message":"slow \"q\"","trace":{"id":"\#(trace)"},"span":{"id":"\#(span)"},"service":{"name":"checkout"},"http":{"request":{"id":"r-7"}}"#
    ),
    LibraryEvent(
        library: "zap, an error with its stack",
        line:
            #"{"level":"error","ts":"2024-11-23T09:44:12.123+0100","caller":"pay/card.go:7","msg":"declined","attempt":3,"error":"EOF","errorVerbose":"EOF\nmain","stacktrace":"main.pay\n\t/src/card.go:7"}"#,
        log: #""level":"error","origin":{"file":{"name":"pay/card.go","line":7}}"#,
        members:
            #""attempt":3,"errorVerbose":"EOF\nmain","message":"declined","error":{"message":"EOF","stack_trace":"main.pay\n\t/src/card.go:7"}"#
    ),
    LibraryEvent(
        library: "logrus, with the caller",
        line:
            #"{"file":"/src/main.go:17","func":"main.run","level":"warning","msg":"cache miss","time":"2024-11-23T09:44:12+01:00","traceId":"abc"}"#,
        time: "2024-11-23T08:44:12.000Z",
        log: #""level":"warning","origin":{"file":{"name":"/src/main.go","line":17}}"#,
        members: #""func":"main.run","message":"cache miss","trace":{"id":"abc"}"#),
    LibraryEvent(
        library: "slog",
        line: #"{"time":"2024-11-23T08:44:12.123456789Z","level":"ERROR+2","msg":"boom","err":"EOF","n":1}"#,
        log: #""level":"error+2""#, members: #""n":1,"message":"boom","error":{"message":"EOF"}"#),
    LibraryEvent(
        library: "zerolog",
        line:
            #"{"level":"fatal","stack":"a\nb","error":"no disk","service":"store","time":1732351452,"caller":"/go/src/main.go:21","message":"gone"}"#,
        time: "2024-11-23T08:44:12.000Z",
        log: #""level":"fatal","origin":{"file":{"name":"/go/src/main.go","line":21}}"#,
        members:
            #""message":"gone","error":{"message":"no disk","stack_trace":"a\nb"},"service":{"name":"store"}"#),
    LibraryEvent(
        library: "logstash-logback-encoder",
        line:
            #"{"@timestamp":"2024-11-23T09:44:12.123456+01:00","@version":"1","message":"paid","logger_name":"com.x.Pay","thread_name":"http-1","level":"INFO","level_value":20000,"stack_trace":"java.io.IOException\n\tat X","traceId":"t1","spanId":"s1","app":"payments"}"#,
        log: #""level":"info","logger":"com.x.Pay""#,
        members:
            #""@version":"1","thread_name":"http-1","level_value":20000,"message":"paid","error":{"stack_trace":"java.io.IOException\n\tat X"},"trace":{"id":"t1"},"span":{"id":"s1"},"service":{"name":"payments"}"#
    ),
    LibraryEvent(
        library: "logback, JsonEncoder",
        line:
            #"{"sequenceNumber":0,"timestamp":1732351452123,"nanoseconds":123456789,"level":"TRACE","threadName":"main","loggerName":"a.B","context":{"name":"default"},"mdc": {"user":"u"},"message":"in"}"#,
        log: #""level":"trace","logger":"a.B""#,
        members:
            #""sequenceNumber":0,"nanoseconds":123456789,"threadName":"main","context":{"name":"default"},"mdc": {"user":"u"},"message":"in""#
    ),
    LibraryEvent(
        library: "pino",
        line:
            #"{"level":50,"time":1732351452123,"pid":657,"hostname":"web-1","name":"gateway","reqId":"req-1","msg":"refused"}"#,
        log: #""level":"error""#,
        members:
            #""hostname":"web-1","message":"refused","service":{"name":"gateway"},"http":{"request":{"id":"req-1"}},"process":{"pid":657}"#
    ),
    LibraryEvent(
        library: "pino, an error as an object",
        line:
            #"{"level":60,"time":1732351452123,"pid":657,"hostname":"web-1","err":{"type":"TypeError","message":"x is not a function","stack":"TypeError: x\n    at f (a.js:1:2)","code":"E1"},"msg":"x is not a function"}"#,
        log: #""level":"fatal""#,
        members:
            #""hostname":"web-1","err":{"code":"E1"},"message":"x is not a function","error":{"type":"TypeError","message":"x is not a function","stack_trace":"TypeError: x\n    at f (a.js:1:2)"},"process":{"pid":657}"#,
        isFast: false),
    LibraryEvent(
        library: "bunyan",
        line:
            #"{"name":"myapp","hostname":"box","pid":40161,"level":20,"msg":"hi","time":"2024-11-23T08:44:12.123Z","v":0}"#,
        log: #""level":"debug""#,
        members:
            #""hostname":"box","v":0,"message":"hi","service":{"name":"myapp"},"process":{"pid":40161}"#),
    LibraryEvent(
        library: "structlog",
        line:
            #"{"user": 7, "event": "login", "level": "critical", "logger": "auth", "exception": "Traceback\n  x", "timestamp": "2024-11-23T08:44:12.123000Z"}"#,
        log: #""level":"critical","logger":"auth""#,
        members: #""user": 7,"message":"login","error":{"stack_trace":"Traceback\n  x"}"#),
    LibraryEvent(
        library: "Serilog, compact, Information left out",
        line:
            #"{"@t":"2024-11-23T08:44:12.1230000Z","@mt":"Hello {Name}","@m":"Hello x","Name":"x","@tr":"t","@sp":"s"}"#,
        log: #""level":"info""#,
        members:
            #""@mt":"Hello {Name}","Name":"x","message":"Hello x","trace":{"id":"t"},"span":{"id":"s"}"#),
    LibraryEvent(
        library: "Serilog, compact, with a level and an exception",
        line:
            #"{"@t":"2024-11-23T08:44:12.1230000Z","@mt":"Hello","@l":"Warning","@x":"System.Exception: x","SourceContext":"Shop.Cart"}"#,
        log: #""level":"warning","logger":"Shop.Cart""#,
        members: #""message":"Hello","error":{"stack_trace":"System.Exception: x"}"#),
    LibraryEvent(
        library: "ECS, dotted",
        line:
            #"{"@timestamp":"2024-11-23T08:44:12.123Z","log.level":"ERROR","log.logger":"a","log.origin":{"file.name":"a.go","file.line":3},"message":"m","service.name":"a","trace.id":"t","span.id":"s","http.request.id":"q","ecs.version":"1.6.0"}"#,
        log: #""level":"error","logger":"a","origin":{"file.name":"a.go","file.line":3}"#,
        members:
            #""ecs.version":"1.6.0","message":"m","trace":{"id":"t"},"span":{"id":"s"},"service":{"name":"a"},"http":{"request":{"id":"q"}}"#
    ),
    LibraryEvent(
        library: "ECS, nested",
        line:
            #"{"@timestamp":"2024-11-23T08:44:12.123Z","log":{"level":"debug","logger":"a"},"message":"m","service":{"name":"a"},"trace":{"id":"t"},"error":{"message":"e"}}"#,
        log: #""level":"debug","logger":"a""#,
        members: #""service":{"name":"a"},"trace":{"id":"t"},"error":{"message":"e"},"message":"m""#, isFast: false),
    LibraryEvent(
        library: "W3C traceparent",
        line: #"{"ts":1732351452123,"level":"info","msg":"m","traceparent":"00-\#(trace)-\#(span)-01","k":[1,2]}"#,
        log: #""level":"info""#,
        members: #""k":[1,2],"message":"m","trace":{"id":"\#(trace)"},"span":{"id":"\#(span)"}"#),
    LibraryEvent(
        library: "journald",
        line:
            #"{"__REALTIME_TIMESTAMP":"1732351452123000","PRIORITY":"4","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"no","_PID":"7"}"#,
        log: #""level":"warn""#,
        members: #""_HOSTNAME":"h","_PID":"7","message":"no","service":{"name":"sshd"}"#),
    LibraryEvent(
        library: "Docker's json-file",
        line: #"{"log":"started\n","stream":"stdout","time":"2024-11-23T08:44:12.123456789Z"}"#,
        members: #""stream":"stdout","message":"started\n""#),
]

@Suite struct NormalizeLibraryTests {
    @Test(arguments: libraryEvents)
    func `a library's line becomes an event of ECS`(_ sample: LibraryEvent) throws {
        let input = try NormalizingInput()
        let expected = Normalized(time: sample.time, log: sample.log, sample.members).event
        let event = input.event(sample.line)
        // What is taken apart loses the blanks between its members.
        if sample.isFast { #expect(event == expected) }
        let slow = input.slowEvent(sample.line)
        let isSame = [event, slow].map { JSONTree($0.utf8) == JSONTree(expected.utf8) }
        #expect(isSame == [true, true], "\(event), the slow way \(slow)")
        #expect(input.isFast(sample.line) == sample.isFast)
    }

    @Test(arguments: libraryEvents)
    func `a scan finds in the event what it finds in the line`(_ sample: LibraryEvent) throws {
        let input = try NormalizingInput()
        let line = Facts(of: sample.line)
        #expect(line == Facts(of: input.event(sample.line)))
        #expect(line.time != nil)
    }
}

/// What outputs and the collector ask for.
struct Facts: Equatable {
    /// Milliseconds: what an event's time has.
    let time: Int64?
    let severity: Severity
    let service: [UInt8]
    let trace: [UInt8]
    let span: [UInt8]
    let request: [UInt8]

    init(of text: String) {
        var scanner = EventScanner()
        let facts = scanner.scan(Array(text.utf8).span)
        time = facts.time.map { $0 / 1_000_000 }
        severity = facts.severity
        service = scanner.copy(facts[.service])
        trace = scanner.copy(facts[.trace])
        span = scanner.copy(facts[.span])
        request = scanner.copy(facts[.request])
    }
}
