import EventModel
import Parsing
import Testing

private let event =
    #"{"@timestamp":"2026-01-22T16:34:53.963Z","@metadata":{"beat":"needletail","_id":"k-0"},"#
    + #""log":{"offset":0,"file":{"path":"/a"}},"input":{"type":"filestream"},"ecs":{"version":"8.0.0"},"#
    + #""host":{"name":"web1"},"agent":{"id":"A"},"tags":["t"],"fields":{"team":"core"}}"#
private let keys = EventKeys(
    own: ["log", "input"], defaults: ["ecs", "host", "agent"], configured: ["fields"], hasTags: true
)

/// The member `name` of a merged event, as compact JSON.
private func member(_ name: String, of event: String) -> String? {
    JSONTree(event.utf8)?.object?[path: name.split(separator: ".").map { Array($0.utf8) }]
        .map { String(decoding: $0.compact, as: UTF8.self) }
}

@Suite struct NdjsonExamineTests {
    @Test func `members are spliced as they stand`() {
        let parser = parser(keys: keys)
        #expect(parser.verdict(Array(#" {"b" : 1.0, "a":"\u00e9"} "#.utf8)) == .splice(#""b" : 1.0, "a":"\u00e9""#))
        #expect(parser.verdict(Array("{}".utf8)) == .splice(""))
    }

    @Test(arguments: ["@metadata", "log", "input", "ecs", "host", "agent", "tags", "fields"])
    func `a key of the event's own goes the slow way`(name: String) {
        let parser = parser(keys: keys)
        #expect(parser.verdict(Array(#"{"a":1,"\#(name)":2}"#.utf8)) == .merge)
        #expect(parser.verdict(Array(#"{"\#(name)":2,"a":1}"#.utf8)) == .merge)
        for harmless in [#"{"\#(name)x":1}"#, #"{"x\#(name)":1}"#, #"{"a":{"\#(name)":1}}"#, #"{"a":"\#(name)"}"#] {
            #expect(parser.verdict(Array(harmless.utf8)) == .splice(String(harmless.dropFirst().dropLast())))
        }
    }

    @Test(arguments: [
        (#"{"@timestamp":"2026-01-22T16:34:53.963Z"}"#, ""), (#"{ "@timestamp" : "x" , "a":1 }"#, #"  "a":1 "#),
        (#"{"a":1,"@timestamp":{"@timestamp":[1,{}]},"b":2}"#, #""a":1,"b":2"#),
        (#"{"a":1 , "@timestamp":7 }"#, #""a":1 "#), (#"{ "@timestamp":null}"#, ""),
    ])
    func `the line's own time is cut out`(line: String, rest: String) {
        #expect(parser(keys: keys).verdict(Array(line.utf8)) == .around(rest, time: nil))
        let deeper = #"{"a":{"@timestamp":1}}"#
        #expect(parser(keys: keys).verdict(Array(deeper.utf8)) == .splice(String(deeper.dropFirst().dropLast())))
    }

    @Test func `the line's own time takes the place of the event's where it can be read`() {
        let parser = parser(keys: keys) { $0.overwriteKeys = true }
        func verdict(_ value: String) -> Verdict { parser.verdict(Array("{\"a\":1,\"@timestamp\":\(value)}".utf8)) }
        #expect(verdict(#""1970-01-01T01:00:00.1239+01:00""#) == .around(#""a":1"#, time: 123))
        for bad in ["1", "null", #""""#, #""yesterday""#, #""2026-02-29T00:00:00Z""#, #""2026-01-22T16:34:5\u0033Z""#] {
            #expect(verdict(bad) == .merge, "\(bad)")
        }
    }

    @Test func `a time that comes twice, or is asked for as an id, goes the slow way`() {
        #expect(parser(keys: keys).verdict(Array(#"{"@timestamp":"x","@timestamp":"y"}"#.utf8)) == .merge)
        let id = parser(keys: keys) { $0.documentID = "@timestamp" }
        #expect(id.verdict(Array(#"{"@timestamp":"x"}"#.utf8)) == .merge)
        let below = parser(keys: keys) { $0.target = "json" }
        #expect(below.verdict(Array(#"{"@timestamp":"x"}"#.utf8)) == .splice(#""@timestamp":"x""#))
    }

    @Test func `a message that is an object with texts in it is no text`() {
        let parser = parser(keys: keys) {
            $0.messageKey = "message"
            $0.addErrorKey = true
        }
        #expect(parser.verdict(Array(#"{"message":{"a":"x"}}"#.utf8)) == .merge)
        #expect(parser.verdict(Array(#"{"message":"x"}"#.utf8)) == .splice(#""message":"x""#))
    }

    @Test func `a key that comes twice goes the slow way`() {
        let parser = parser()
        #expect(parser.verdict(Array(#"{"a":1,"b":2,"a":3}"#.utf8)) == .merge)
        #expect(parser.verdict(Array(#"{"":1,"":3}"#.utf8)) == .merge)
        #expect(parser.verdict(Array(#"{"a":{"b":1,"b":2}}"#.utf8)) == .splice(#""a":{"b":1,"b":2}"#))
        let long = String(repeating: "middle", count: 9)
        #expect(parser.verdict(Array(#"{"12345678\#(long)87654321":1,"12345678\#(long)87654321":2}"#.utf8)) == .merge)
    }

    @Test func `keys that only look alike are told apart`() {
        let parser = parser()
        let members = #""12345678AA87654321":1,"12345678BA87654321":2,"1234567800":1,"12345678000":2"#
        #expect(parser.verdict(Array("{\(members)}".utf8)) == .splice(members))
        // Every pair of short keys: the set of hashes is small, and collides often.
        let many = (0..<200).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(parser.verdict(Array("{\(many)}".utf8)) == .splice(many))
        let double = many + #","k117":0"#
        #expect(parser.verdict(Array("{\(double)}".utf8)) == .merge)
        let tooMany = (0..<300).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(parser.verdict(Array("{\(tooMany)}".utf8)) == .merge)
    }

    @Test func `a key with escapes goes the slow way`() {
        let parser = parser(keys: keys)
        #expect(parser.verdict(Array(#"{"\u006cog":1}"#.utf8)) == .merge)
        #expect(parser.verdict(Array(#"{"a\n":1}"#.utf8)) == .merge)
        #expect(parser.verdict(Array(#"{"a":{"\u006cog":1}}"#.utf8)) == .splice(#""a":{"\u006cog":1}"#))
    }

    @Test func `a target has no collisions, but keys that come twice`() {
        let parser = parser(keys: keys) { $0.target = "json" }
        #expect(parser.verdict(Array(#"{"log":1}"#.utf8)) == .splice(#""log":1"#))
        #expect(parser.verdict(Array(#"{"a":1,"a":2}"#.utf8)) == .merge)
        #expect(withTarget("log.json").verdict(Array(#"{"a":1}"#.utf8)) == .merge)
    }

    private func withTarget(_ target: String) -> NdjsonParser { parser(keys: keys) { $0.target = target } }

    @Test func `dots go the slow way only where they are expanded`() {
        let line = Array(#"{"a":[{"b.c":1}]}"#.utf8)
        #expect(parser { $0.expandKeys = true }.verdict(line) == .merge)
        #expect(parser { $0.expandKeys = true }.verdict(Array(#"{"a":"b.c"}"#.utf8)) == .splice(#""a":"b.c""#))
        #expect(parser().verdict(line) == .splice(#""a":[{"b.c":1}]"#))
    }

    @Test func `message as message_key is spliced, and checked where errors are asked for`() {
        let plain = parser { $0.messageKey = "message" }
        #expect(plain.verdict(Array(#"{"message":"x"}"#.utf8)) == .splice(#""message":"x""#))
        #expect(plain.verdict(Array(#"{"a":1}"#.utf8)) == .splice(#""a":1"#))
        let strict = parser {
            $0.messageKey = "message"
            $0.addErrorKey = true
        }
        #expect(strict.verdict(Array(#"{"message":"x"}"#.utf8)) == .splice(#""message":"x""#))
        #expect(strict.verdict(Array(#"{"message":1}"#.utf8)) == .merge)
        #expect(strict.verdict(Array(#"{"a":{"message":"x"}}"#.utf8)) == .merge)
        #expect(strict.verdict(Array(#"{"message":"x","message":"y"}"#.utf8)) == .merge)
    }

    @Test(arguments: [
        (#"{"msg":"hello","a":{"msg":"no"}}"#, "hello"), (#"{"msg":"a\tb"}"#, "a\tb"), (#"{"a":1}"#, ""),
        (#"{"msg":[1]}"#, ""), (#"{"msg":""}"#, ""), (#"{"\u006dsg":"escaped"}"#, "escaped"),
        (#"{"msg":"one","msg":"two"}"#, "two"), ("no json", "no json"), (#"{"msg" : "blank" , "b":2}"#, "blank"),
    ])
    func `filters see the text of message_key`(line: String, text: String) {
        let parser = parser { $0.messageKey = "msg" }
        let seen = unsafe withLine(Array(line.utf8)) { line in
            unsafe parser.withMessageText(line) { String(decoding: unsafe Array($0), as: UTF8.self) }
        }
        #expect(seen == text)
    }
}

@Suite struct NdjsonMergeTests {
    @Test func `without overwrite_keys the input's keys win, deep, and time and metadata stay`() {
        let line =
            #"{"@timestamp":"2000-01-01T00:00:00Z","@metadata":{"_id":"x"},"log":{"offset":7,"level":"i"},"a":1}"#
        let merged = parser(keys: keys).merged(line, into: event)
        #expect(member("@timestamp", of: merged) == #""2026-01-22T16:34:53.963Z""#)
        #expect(member("@metadata._id", of: merged) == #""k-0""#)
        #expect(member("log", of: merged) == #"{"offset":0,"file":{"path":"/a"},"level":"i"}"#)
        #expect(merged.hasSuffix(#","a":1}"#))
    }

    @Test func `the line's ecs, host and agent stand before the agent's defaults`() {
        let merged = parser(keys: keys).merged(#"{"host":{"name":"h2"},"agent":"x","ecs":{"v":1}}"#, into: event)
        #expect(member("host", of: merged) == #"{"name":"h2"}"#)
        #expect(member("agent", of: merged) == #""x""#)
        #expect(member("ecs", of: merged) == #"{"version":"8.0.0","v":1}"#)
    }

    @Test func `configured fields win, and tags are added to the line's`() {
        let line = #"{"fields":{"team":"x","b":1},"tags":["a"]}"#
        for overwrite in [false, true] {
            let merged = parser(keys: keys) { $0.overwriteKeys = overwrite }.merged(line, into: event)
            #expect(member("fields", of: merged) == #"{"team":"core","b":1}"#)
            #expect(member("tags", of: merged) == #"["a","t"]"#)
        }
        #expect(member("tags", of: parser(keys: keys).merged(#"{"tags":"a"}"#, into: event)) == #"["a","t"]"#)
    }

    @Test(arguments: [
        ("2020-02-29T12:00:00Z", "2020-02-29T12:00:00.000Z"), ("2020-01-01T00:00:00.5Z", "2020-01-01T00:00:00.500Z"),
        ("2020-01-01T00:00:00.123456789+01:00", "2019-12-31T23:00:00.123Z"),
        ("2020-01-01T00:00:00.000-0130", "2020-01-01T01:30:00.000Z"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
    ])
    func `overwrite_keys takes over the line's time`(text: String, time: String) {
        let parser = parser(keys: keys) { $0.overwriteKeys = true }
        let merged = parser.merged(#"{"@timestamp":"\#(text)","log":{"offset":7}}"#, into: event)
        #expect(member("@timestamp", of: merged) == "\"\(time)\"")
        #expect(member("log.offset", of: merged) == "7")
    }

    @Test(arguments: [
        "yesterday", "2020-02-30T00:00:00Z", "2020-01-01 00:00:00Z", "2020-01-01T24:00:00Z", "2020-01-01T00:00:00",
        "2021-02-29T00:00:00Z", "2020-01-01T00:00:00.Z", "2020-13-01T00:00:00Z", "2020-01-01T00:00:00Zx", "",
    ])
    func `a time that cannot be read is named and not taken`(text: String) {
        let parser = parser(keys: keys) {
            $0.overwriteKeys = true
            $0.addErrorKey = true
        }
        let merged = parser.merged(#"{"@timestamp":"\#(text)"}"#, into: event)
        #expect(member("@timestamp", of: merged) == #""2026-01-22T16:34:53.963Z""#)
        #expect(member("error.message", of: merged) == #""@timestamp not overwritten (parse error on \#(text))""#)
        #expect(member("error.type", of: merged) == #""json""#)
    }

    @Test func `a time that is no text, and metadata that is no object, are named`() {
        let parser = parser(keys: keys) {
            $0.overwriteKeys = true
            $0.addErrorKey = true
        }
        let time = parser.merged(#"{"@timestamp":1}"#, into: event)
        #expect(member("error.message", of: time) == #""@timestamp not overwritten (not string)""#)
        let metadata = parser.merged(#"{"@metadata":1}"#, into: event)
        #expect(member("error.message", of: metadata) == #""failed to update @metadata""#)
        let merged = parser.merged(#"{"@metadata":{"pipeline":"p","beat":"b"}}"#, into: event)
        #expect(member("@metadata", of: merged) == #"{"beat":"b","_id":"k-0","pipeline":"p"}"#)
    }

    @Test func `expand_keys makes objects of dots`() {
        let parser = parser(keys: keys) { $0.expandKeys = true }
        let merged = parser.merged(#"{"a.b":1,"a":{"c.d":2},"log.level":"x","e":[{"f.g":1}]}"#, into: event)
        #expect(member("a", of: merged) == #"{"c":{"d":2},"b":1}"#)
        #expect(member("log.level", of: merged) == #""x""#)
        #expect(merged.hasSuffix(#","e":[{"f.g":1}]}"#))
    }

    @Test(arguments: [#"{"a":1,"a.b":2}"#, #"{"a.b":1,"a":{"b":2}}"#, #"{"a.b.c":1,"a.b":2}"#])
    func `keys that cannot be expanded stay, with an error`(line: String) {
        let parser = parser(keys: keys) {
            $0.expandKeys = true
            $0.addErrorKey = true
        }
        let merged = parser.merged(line, into: event)
        #expect(merged.contains(String(line.dropFirst().dropLast())))
        #expect(member("error.message", of: merged)?.contains("cannot expand") == true)
    }

    @Test func `keys of a hundred thousand dots do no harm`() {
        let parser = parser(keys: keys) { $0.expandKeys = true }
        let key = String(repeating: "a.", count: 100_000)
        #expect(parser.merged("{\"\(key)\":1}", into: event).contains(key))
    }

    @Test func `message_key gives the message and keeps its key`() {
        let parser = parser(keys: keys) {
            $0.messageKey = "msg"
            $0.addErrorKey = true
        }
        let merged = parser.merged(#"{"msg":"a\"b","n":1}"#, into: event)
        #expect(member("message", of: merged) == #""a\"b""#)
        #expect(member("msg", of: merged) == #""a\"b""#)
        #expect(member("error.message", of: parser.merged("{}", into: event)) == #""Key 'msg' not found""#)
        #expect(
            member("error.message", of: parser.merged(#"{"msg":1}"#, into: event))
                == #""Value of key 'msg' is not a string""#
        )
    }

    @Test func `document_id becomes the id and leaves the line`() {
        let parser = parser(keys: keys) { $0.documentID = "id" }
        #expect(parser.verdict(Array(#"{"id":"x"}"#.utf8)) == .merge)
        let merged = parser.merged(#"{"id":"x","a":1}"#, into: event)
        #expect(member("@metadata._id", of: merged) == #""x""#)
        #expect(member("id", of: merged) == nil)
        let nested = withDocumentID("meta.id").merged(#"{"meta":{"id":"y","b":1}}"#, into: event)
        #expect(member("@metadata._id", of: nested) == #""y""#)
        #expect(member("meta", of: nested) == #"{"b":1}"#)
        let number = parser.merged(#"{"id":5}"#, into: event)
        #expect(member("@metadata._id", of: number) == #""k-0""#)
        #expect(member("id", of: number) == "5")
    }

    private func withDocumentID(_ name: String) -> NdjsonParser { parser(keys: keys) { $0.documentID = name } }

    @Test func `the last of equal keys counts, numbers and nulls stay as they are`() {
        let merged = parser(keys: keys).merged(#"{"a":1,"b":1.50,"c":null,"a":{"x":1,"x":2}}"#, into: event)
        #expect(merged.hasSuffix(#","a":{"x":2},"b":1.50,"c":null}"#))
    }

    @Test func `half a surrogate pair becomes the replacement character`() {
        let merged = parser(keys: keys).merged(#"{"a":"x\ud800y","\udc00":1,"b":"\ud83d\ude00"}"#, into: event)
        #expect(merged.hasSuffix(#","a":"x\#u{fffd}y","\#u{fffd}":1,"b":"\ud83d\ude00"}"#))
    }

    @Test func `a target holds the line, also one below the event's own keys`() {
        let root = parser(keys: keys) { $0.target = "json" }.merged(#"{"log":1,"log":2}"#, into: event)
        #expect(member("json", of: root) == #"{"log":2}"#)
        let below = parser(keys: keys) { $0.target = "log.json" }.merged(#"{"a":1}"#, into: event)
        #expect(member("log", of: below) == #"{"offset":0,"file":{"path":"/a"},"json":{"a":1}}"#)
    }

    @Test func `a line with very many keys is merged in one go`() {
        let members = (0..<20_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(parser(keys: keys).merged("{\(members)}", into: event).hasSuffix(",\(members)}"))
    }
}
