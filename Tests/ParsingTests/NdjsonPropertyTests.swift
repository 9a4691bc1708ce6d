import ByteTools
import CShim
import EventModel
import Parsing
import TestSupport
import Testing

/// Makes random JSON objects: top-level keys once each, so that lines can be spliced.
private struct JSONGenerator {
    var random: SeededGenerator

    /// - Parameter time: text of a value for `@timestamp`, which then is somewhere among the members.
    mutating func object(depth: Int, time: String? = nil) -> String {
        let names = (0..<Int.random(in: 0...9, using: &random)).map { "\"\(key())\($0)\"" }
        var members = names.map { $0 + blank() + ":" + blank() + value(depth: depth) }
        if let time {
            let member = #""@timestamp""# + blank() + ":" + blank() + time
            members.insert(member, at: Int.random(in: 0...members.count, using: &random))
        }
        return "{" + blank() + members.joined(separator: blank() + "," + blank()) + blank() + "}"
    }

    private mutating func value(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &random) {
        case 0: return ["true", "false", "null"].randomElement(using: &random)!
        case 1: return String(Int64.random(in: .min ... .max, using: &random))
        case 2: return String(UInt8.random(in: 0...255, using: &random)) + ".50e-3"
        case 3: return "-0." + String(UInt64.random(in: 0 ... .max, using: &random))
        case 7: return object(depth: depth - 1)
        case 8:
            let elements = (0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth: depth - 1) }
            return "[" + blank() + elements.joined(separator: ",") + blank() + "]"
        default: return "\"" + text(Int.random(in: 0...80, using: &random)) + "\""
        }
    }

    private mutating func key() -> String { text(Int.random(in: 0...20, using: &random)).replacing("\\", with: "/") }

    private mutating func text(_ count: Int) -> String {
        let pieces = ["a", "Z", " ", "0", ".", "{", "}", ":", ",", "é", "€", "😀", #"\n"#, #"\\"#, #"\u00e9"#, "\u{7f}"]
        return (0..<count).map { _ in
            // Mostly plain, so that long runs come up too.
            Int.random(in: 0..<8, using: &random) > 0 ? "x" : pieces.randomElement(using: &random)!
        }.joined()
    }

    private mutating func blank() -> String {
        Int.random(in: 0..<6, using: &random) > 0 ? "" : [" ", "\t", "\r", "\n", "  "].randomElement(using: &random)!
    }
}

extension String {
    fileprivate func replacing(_ byte: Character, with other: Character) -> String {
        // An escape loses its backslash and is plain text then.
        String(map { $0 == byte ? other : $0 })
    }
}

@Suite struct NdjsonPropertyTests {
    private static let event = #"{"@timestamp":"2026-01-22T16:34:53.963Z","log":{"offset":0}"#

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `a spliced line and a merged line are the same event`(seed: UInt64) throws {
        var generator = JSONGenerator(random: SeededGenerator(seed: seed))
        let parser = NdjsonParser(NdjsonSettings(), keys: EventKeys(own: ["log"]))
        for _ in 0..<50 {
            let line = generator.object(depth: 4)
            guard case .splice(let members) = parser.verdict(Array(line.utf8)) else {
                Issue.record("refused: \(line)")
                return
            }
            let spliced = Self.event + (members.isEmpty ? "" : ",") + members + "}"
            let merged = parser.merged(line, into: Self.event + "}")
            #expect(JSONTree(spliced.utf8) == JSONTree(merged.utf8))
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>, [true, false])
    func `a line whose time is cut out and a merged one are the same event`(seed: UInt64, overwrites: Bool) throws {
        var generator = JSONGenerator(random: SeededGenerator(seed: seed))
        let parser = parser(keys: EventKeys(own: ["log"])) { $0.overwriteKeys = overwrites }
        for _ in 0..<50 {
            let own = TimeText(milliseconds: Int64.random(in: TimeText.range, using: &generator.random)).text
            let line = generator.object(depth: 3, time: "\"\(own)\"")
            guard case .around(let members, let time) = parser.verdict(Array(line.utf8)) else {
                Issue.record("not cut: \(line)")
                return
            }
            #expect((time != nil) == overwrites)
            let shown = time.map { TimeText(milliseconds: $0).text } ?? "2026-01-22T16:34:53.963Z"
            let event = #"{"@timestamp":"\#(shown)","log":{"offset":0}"#
            let spliced = event + (members.isEmpty ? "" : ",") + members + "}"
            let merged = parser.merged(line, into: Self.event + "}")
            #expect(JSONTree(spliced.utf8) == JSONTree(merged.utf8), "\(line)")
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `all instruction sets say the same, of good lines and of broken ones`(seed: UInt64) {
        var generator = JSONGenerator(random: SeededGenerator(seed: seed))
        let keys: OpaquePointer = unsafe nt_json_keys_new()
        defer { unsafe nt_json_keys_free(keys) }
        unsafe nt_json_keys_reserve(keys, Array("log".utf8), 3)
        unsafe nt_json_keys_cut(keys, Array("@timestamp".utf8), 10)
        for _ in 0..<50 {
            var line = Array(generator.object(depth: 3, time: #""2026""#).utf8)
            for _ in 0..<Int.random(in: 0...2, using: &generator.random) {
                let at = Int.random(in: 0..<line.count, using: &generator.random)
                line[at] = UInt8.random(in: 0...255, using: &generator.random)
            }
            let results = (0...2).map { level in
                unsafe withLine(line, padding: UInt8.random(in: 0...255, using: &generator.random)) { line in
                    var result = nt_json_result()
                    _ = unsafe nt_json_examine_level(Int32(level), line.baseAddress, line.count, keys, &result, nil)
                    return [
                        result.status, result.at, result.start, result.end, result.cut_key, result.cut_start,
                        result.cut_end,
                    ]
                }
            }
            #expect(results[0] == results[1] && results[1] == results[2], "\(String(decoding: line, as: UTF8.self))")
        }
    }
}
