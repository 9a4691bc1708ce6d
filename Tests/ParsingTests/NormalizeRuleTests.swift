import EventModel
import Parsing
import Testing

/// Who wins when a line says the same twice, and what stays as it is.
@Suite struct NormalizeRuleTests {
    private func added(_ line: String, _ change: (inout NdjsonSettings) -> Void = { _ in }) throws -> Normalized? {
        let input = try NormalizingInput(change)
        let event = input.event(line)
        let slow = input.slowEvent(line)
        let isSame = JSONTree(event.utf8) == JSONTree(slow.utf8)
        #expect(isSame, "\(line) became \(event), the slow way \(slow)")
        return Normalized(event: event)
    }

    @Test(arguments: [
        // ECS's own name, dotted, nested or plain, before all others.
        (#"{"level":"warn","log.level":"ERROR"}"#, #""level":"error""#, #""level":"warn""#),
        (#"{"msg":"a","message":"b"}"#, "", #""msg":"a","message":"b""#),
        (#"{"trace_id":"a","trace":{"id":"b"}}"#, "", #""trace_id":"a","trace":{"id":"b"}"#),
        (#"{"trace_id":"a","trace.id":"b"}"#, "", #""trace_id":"a","trace":{"id":"b"}"#),
        (#"{"level":"warn","log":{"level":"x"}}"#, #""level":"x""#, #""level":"warn""#),
        // Of two others the one that stands first in the table, in whatever order they come.
        (#"{"severity":"a","level":"b"}"#, #""level":"b""#, #""severity":"a""#),
        (#"{"traceId":"a","trace_id":"b"}"#, "", #""traceId":"a","trace":{"id":"b"}"#),
        // A field goes into the object that is there already, but not where something else is.
        (#"{"trace_id":"a","trace":{"x":1}}"#, "", #""trace":{"x":1,"id":"a"}"#),
        (#"{"level":"b","log":{"x":1}}"#, #""x":1,"level":"b""#, ""),
        (#"{"error":{"code":5},"stacktrace":"s"}"#, "", #""error":{"code":5,"stack_trace":"s"}"#),
        (
            #"{"error":{"type":"T"},"err":{"type":"X","message":"m"}}"#, "",
            #""error":{"type":"T"},"err":{"type":"X","message":"m"}"#
        ),
        (#"{"error":5,"stacktrace":"s"}"#, "", #""error":5,"stacktrace":"s""#),
        (#"{"service":"a","service.name":"b"}"#, "", #""service":"a","service.name":"b""#),
        (
            #"{"request_id":"r","http":{"request":{"method":"GET"}}}"#, "",
            #""http":{"request":{"method":"GET","id":"r"}}"#
        ),
        // Names of somebody else's stay.
        (
            #"{"kubernetes.container.name":"c","dd.trace_id":"1"}"#, "",
            #""kubernetes.container.name":"c","dd.trace_id":"1""#
        ),
        // Without a process and a host, a name is nobody's service.
        (#"{"name":"Ann","pid":1}"#, "", #""name":"Ann","process":{"pid":1}"#),
        // A traceparent gives what is missing, and goes when all of it went into fields.
        (
            #"{"trace_id":"a","traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}"#, "",
            #""traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01","trace":{"id":"a"},"span":{"id":"00f067aa0ba902b7"}"#
        ),
    ])
    func `one of two wins, and nothing is lost`(line: String, log: String, members: String) throws {
        #expect(try added(line) == Normalized(log: log, members))
    }

    @Test(arguments: [
        #""level":{"a":1}"#, #""level":"""#, #""level":true"#, #""level":999"#, #""msg":5"#, #""msg":null"#,
        #""caller":"main""#, #""caller":"main.go:""#, #""caller":"main.go:017""#, #""caller":":17""#,
        #""file":"/var/log/a.log""#, #""trace_id":"""#, #""trace_id":null"#, #""service":["a"]"#, #""pid":"7""#,
        #""pid":-1"#, #""ts":12"#, #""time":"yesterday""#, #""stack":[{"func":"f"}]"#, #""err":{"code":1}"#,
        #""traceparent":"00-00000000000000000000000000000000-00f067aa0ba902b7-01""#, #""traceparent":"x""#,
    ])
    func `a value that is none for its field stays where it is`(member: String) throws {
        #expect(try added("{\(member)}") == Normalized(member))
        #expect(try added("{\(member),\"a\":1}") == Normalized(member + #","a":1"#))
    }

    @Test(arguments: [
        (#"1732351452"#, "2024-11-23T08:44:12.000Z"), (#"1732351452.9999"#, "2024-11-23T08:44:12.999Z"),
        (#"1.732351452123e9"#, "2024-11-23T08:44:12.123Z"), (#"1732351452123"#, "2024-11-23T08:44:12.123Z"),
        (#"1732351452123456"#, "2024-11-23T08:44:12.123Z"), (#"1732351452123456789"#, "2024-11-23T08:44:12.123Z"),
        (#""1732351452""#, "2024-11-23T08:44:12.000Z"),
        (#""2024-11-23T08:44:12.123456789+09:30""#, "2024-11-22T23:14:12.123Z"),
        (#""2024-11-23 08:44:12,5""#, "2024-11-23T08:44:12.500Z"),
        (#""1969-12-31T23:59:59.9999Z""#, "1969-12-31T23:59:59.999Z"),
    ])
    func `a time in whatever form is the event's`(value: String, time: String) throws {
        for name in ["ts", "time", "timestamp", "@t", "@timestamp"] {
            let log = name == "@t" ? #""level":"info""# : ""
            #expect(try added(#"{"a":1,"\#(name)":\#(value)}"#) == Normalized(time: time, log: log, #""a":1"#))
        }
    }

    @Test(arguments: [
        ("0", "fatal"), ("3", "error"), ("7", "debug"), ("10", "trace"), ("20", "debug"), ("30", "info"),
        ("40", "warn"), ("50", "error"), ("60", "fatal"), (#""30""#, "info"), (#""INFO""#, "info"),
        (#""Notice""#, "notice"), (#""DPANIC""#, "dpanic"), (#""A\u00C9\"B""#, #"a\u00c9\"b"#),
    ])
    func `a level is a name in lower case`(value: String, level: String) throws {
        #expect(try added(#"{"level":\#(value)}"#) == Normalized(log: #""level":"\#(level)""#))
    }

    @Test func `the shipper's host counts, and the line's name of it stays`() throws {
        #expect(try added(#"{"hostname":"box"}"#) == Normalized(#""hostname":"box""#))
        let lone = try NormalizingInput(hostName: nil)
        #expect(lone.event(#"{"hostname":"box"}"#).hasSuffix(#","host":{"name":"box"}}"#))
        let event = try NormalizingInput().event(#"{"host":"box"}"#)
        #expect(event.contains(#""host":{"name":"web1","hostname":"box"}"#))
    }

    @Test func `what the configuration has counts, and the line's stays`() throws {
        let input = try NormalizingInput(fields: #"{"service":{"name":"own"},"log":{"level":"own"},"error":5}"#)
        let event = input.event(#"{"service_name":"a","level":"warn","err":"e","trace_id":"t"}"#)
        #expect(event.contains(#""level":"own"}"#) && event.contains(#""service":{"name":"own"}"#))
        #expect(event.hasSuffix(#","service_name":"a","level":"warn","err":"e","trace":{"id":"t"}}"#))
    }

    @Test func `members are copied as they stand, wherever the renamed ones were`() throws {
        let line = #"{ "a" : 1 , "level":"i", "b":[ 1 , {} ] ,"ts":1732351452,"msg":"m" , "c" : "," }"#
        let input = try NormalizingInput()
        #expect(
            input.event(line)
                == Normalized(
                    time: "2024-11-23T08:44:12.000Z", log: #""level":"i""#,
                    #""a" : 1,"b":[ 1 , {} ],"c" : ",","message":"m""#
                ).event)
        #expect(input.event("{ }") == Normalized().event)
        #expect(input.event(#"{"msg":""}"#) == Normalized(#""message":"""#).event)
    }

    @Test func `keys that are there twice or escaped are renamed too`() throws {
        #expect(try added(#"{"level":"a","level":"b"}"#) == Normalized(log: #""level":"b""#))
        #expect(try added(#"{"\u006dsg":"m"}"#) == Normalized(#""message":"m""#))
        #expect(try added(#"{"msg":"\ud800"}"#) == Normalized("\"message\":\"\u{fffd}\""))
    }

    @Test func `a line with more names than there is room for is taken apart`() throws {
        let names = (0..<4).flatMap { _ in ["severity", "lvl", "traceId", "svc", "app", "stack", "reqId", "date"] }
        let distinct = Set(names).union([
            "TraceId", "TraceID", "traceid", "spanid", "SpanId", "SpanID", "appname", "appName", "app_name",
            "Application", "application", "serviceName", "ServiceName", "loglevel", "log_level", "logLevel", "Level",
            "levelname", "RequestId", "requestID", "requestId", "correlation_id", "correlationId", "exc_info", "body",
        ])
        #expect(distinct.count == 33)
        let members = distinct.sorted().map { #""\#($0)":"v""# }.joined(separator: ",")
        let input = try NormalizingInput()
        #expect(!input.isFast("{\(members)}"))
        #expect(input.event("{\(members)}").contains(#""trace":{"id":"v"}"#))
    }

    @Test func `message_key is one more name of the message, and its absence is told`() throws {
        let both = try added(#"{"text":"a","msg":"b"}"#) { $0.messageKey = "text" }
        #expect(both == Normalized(#""msg":"b","message":"a""#))
        let input = try NormalizingInput {
            $0.messageKey = "text"
            $0.addErrorKey = true
        }
        #expect(
            input.event(#"{"msg":"b"}"#).hasSuffix(
                #","message":"b","error":{"message":"Key 'text' not found","type":"json"}}"#))
        #expect(input.isFast(#"{"text":"a"}"#) && !input.isFast(#"{"msg":"b"}"#))
    }

    @Test func `text stays text, and is no error unless one asked for it`() throws {
        let text = try NormalizingInput { $0.acceptsText = true }
        #expect(text.parser.verdict(Array("panic: x".utf8)) == .text)
        #expect(text.parser.verdict([]) == .text)
        #expect(text.event("panic: x").contains(#""message":"panic: x""#))
        #expect(!text.event("panic: x").contains("error"))
        let strict = try NormalizingInput { $0.addErrorKey = true }
        #expect(strict.event("panic: x").contains(#""error":{"message":"Error decoding JSON"#))
    }

    @Test func `below a target nothing is renamed`() throws {
        let parser = parser {
            $0.normalize = .ecs
            $0.target = "json"
        }
        #expect(parser.verdict(Array(#"{"msg":"x"}"#.utf8)) == .splice(#""msg":"x""#))
    }
}

extension Normalized {
    /// What an event has beyond the event of an empty line; nil when that is not all there.
    fileprivate init?(event: String) {
        let empty = Normalized().event
        let parts = [#"{"@timestamp":""#, #"","log":{"offset":0,"file":{"path":"/a.log"}"#, #"},"input":"#]
        let rest = empty[empty.firstRange(of: parts[2])!.lowerBound...].dropLast()
        guard event.hasPrefix(parts[0]), event.hasSuffix("}"), let first = event.firstRange(of: parts[1]),
            let second = event.firstRange(of: rest)
        else { return nil }
        time = String(event[..<first.lowerBound].dropFirst(parts[0].count))
        log = String(event[first.upperBound..<second.lowerBound].drop { $0 == "," })
        members = String(event[second.upperBound...].dropLast().drop { $0 == "," })
    }
}
