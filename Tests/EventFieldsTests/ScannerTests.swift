import EventFields
import Testing

@Suite struct ScannerTests {
    @Test func `values come with their paths, those of a line inside the message in its place`() {
        let event =
            #"{"a":1,"b":{"c":"x","d":[true,null,{"e":-2.5e3},["f"]]},"message":"{\"g\":\"h\\ni\",\"j\":{\"k\":2}}","z":""}"#
        #expect(scan(event).values == ["a=1", "b.c=x", "b.d=true", "b.d.e=-2.5e3", "b.d=f", "g=h\ni", "j.k=2", "z="])
    }

    @Test func `constants of the shipper and times are noise, and nothing else`() {
        let event =
            #"{"@timestamp":"2024-11-23T08:44:12.123Z","@metadata":{"beat":"filebeat","_id":"1"},"agent":{"type":"filebeat","x":1},"log":{"offset":7},"date":"lunch","message":"{\"agent\":{\"type\":\"007\"}}","@metadata.x":"y","@metadatax":"z"}"#
        #expect(
            scan(event).values == [
                "~@timestamp=2024-11-23T08:44:12.123Z", "~@metadata.beat=filebeat", "~@metadata._id=1",
                "~agent.type=filebeat", "agent.x=1", "~log.offset=7", "date=lunch", "agent.type=007", "~@metadata.x=y",
                "@metadatax=z",
            ])
    }

    @Test(
        arguments: [
            (#"{"trace_id":"a","trace_id":"b"}"#, "b"),
            (#"{"traceId":"a","trace_id":"b"}"#, "b"),
            (#"{"trace_id":"b","traceId":"a"}"#, "b"),
            (#"{"trace_id":"","traceId":"a"}"#, "a"),
            (#"{"trace_id":null,"trace":{"id":"n"}}"#, "n"),
            (#"{"trace_\u0069d":"key"}"#, "key"),
            (#"{"trace_id":"\u00e9\ud83d\ude00\ud800\n\"\\\/"}"#, "é😀\u{fffd}\n\"\\/"),
            (#"{"trace_id":123456789012345678901}"#, "123456789012345678901"),
            (#"{"trace_id":"c","traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}"#, "c"),
            (#"{"traceparent":"nonsense"}"#, ""),
            (#" { "trace_id" : "blanks" } "#, "blanks"),
            (#"{"x":{"trace_id":"deeper"}}"#, ""),
            (#"{"fields":{"attributes":{"trace_id":"wrapped"}}}"#, "wrapped"),
        ])
    func `the last of one name, the best of several, and escapes resolved`(_ event: String, _ trace: String) {
        #expect(scan(event)[.trace] == trace)
    }

    @Test(
        arguments: [
            (#"{"message":"{not json} at all"}"#, ["message={not json} at all"]),
            (#"{"message":"{\"a\":1} and more"}"#, ["a=1", "message={\"a\":1} and more"]),
            (#"{"message":"{\"a\":1,\"b\":\"cut"}"#, ["a=1", "message={\"a\":1,\"b\":\"cut"]),
            (#"{"log":"{\"a\":1}\n"}"#, ["a=1"]),
            (#"{"message":"[1]"}"#, ["message=[1]"]),
        ])
    func `a message that is no object to its end is a text too`(_ event: String, _ values: [String]) {
        #expect(scan(event).values == values)
    }

    @Test func `a line without a message is shown as it is`() {
        #expect(scan(#"{"message":"{\"a\":1}"}"#)[.message] == #"{"a":1}"#)
        #expect(scan(#"{"message":"{\"msg\":\"m\"}"}"#)[.message] == "m")
    }

    @Test func `a name is a service beside pid and hostname only`() {
        #expect(scan(#"{"name":"Ada","msg":"signed up"}"#)[.service] == "")
        #expect(scan(#"{"name":"api","pid":1,"hostname":"h"}"#)[.service] == "api")
        #expect(scan(#"{"name":"api","service":"s","pid":1,"hostname":"h"}"#)[.service] == "s")
    }

    @Test func `what lies too deep is left out, and what came before is there`() {
        let deep = String(repeating: #"{"a":"#, count: 400) + "1" + String(repeating: "}", count: 400)
        let found = scan(#"{"trace_id":"t","x":"# + deep + "}")
        #expect(found[.trace] == "t")
        #expect(found.values == ["trace_id=t"])
        let allowed = String(repeating: #"{"a":"#, count: 120) + "1" + String(repeating: "}", count: 120)
        #expect(scan(allowed).values.count == 1)
    }

    @Test func `one scanner serves events of all sizes`() {
        var scanner = EventScanner()
        for count in [10, 100_000, 6_000_000, 20, 50_000] {
            let event = Array(#"{"msg":"\n"#.utf8) + [UInt8](repeating: 0x61, count: count) + Array(#""}"#.utf8)
            let facts = scanner.scan(event.span)
            #expect(facts[.message].count == count + 1)
        }
    }

    @Test func `facts of one event are gone with the next`() {
        var scanner = EventScanner()
        _ = scanner.scan(Array(#"{"level":"error","ts":1732351452,"trace_id":"t"}"#.utf8).span)
        let facts = scanner.scan(Array("{}".utf8).span)
        #expect(facts.time == nil && facts.severity == .unknown && facts[.trace].isEmpty)
    }
}
