import EventFields
import EventModel
import TestSupport
import Testing

@testable import Parsing

/// Random lines of the names that are renamed, of ECS's own, and of others.
private struct LineGenerator {
    var random: SeededGenerator
    /// Now and then a name comes twice.
    var repeats = true

    private static let names =
        ECSField.allCases.flatMap { field in FieldAliases.standard.names(of: field).map(\.name) }
        + ["log", "error", "trace", "span", "service", "http", "process", "host", "event", "tags", "input"]

    private static let values = [
        #""x""#, #""x""#, #""INFO""#, #""""#, "5", "30", "1732351452.5", "1732351452123",
        #""2024-11-23T08:44:12.123Z""#,
        #""a/b.go:17""#, #""00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01""#, "null", "true", "[1]", "{}",
        #"{"id":"i"}"#, #"{"name":"n"}"#, #"{"level":"l","offset":9}"#, #"{"message":"m","stack":"s","code":1}"#,
        #"{"request":{"x":1}}"#, #"{"request":5}"#, #""A\"\u00C9\\""#, #""é:3""#,
    ]

    /// A line, the members of it that nobody renames, and the texts that come up once.
    mutating func line() -> (text: String, others: [String], texts: [String]) {
        var members: [String] = []
        var others: [String] = []
        var texts: [String] = []
        var names: Set<String> = []
        for index in 0..<random.below(9) {
            if random.below(3) == 0 {
                others.append("\"other\(index)\":" + value())
                members.append(others.last!)
                continue
            }
            let usual = [
                "level", "ts", "msg", "caller", "trace_id", "span_id", "service", "error", "stacktrace", "pid",
            ]
            let pool = random.below(2) == 0 ? usual : Self.names
            let name = pool[random.below(pool.count)]
            guard names.insert(name).inserted || (repeats && random.below(10) == 0) else { continue }
            if random.below(2) == 0 {
                texts.append("\"t\(index)\"")
                members.append("\"\(name)\":" + texts.last!)
            } else {
                members.append("\"\(name)\":" + value())
            }
        }
        return ("{" + members.joined(separator: ",") + "}", others, texts)
    }

    private mutating func value() -> String { Self.values[random.below(Self.values.count)] }
}

@Suite struct NormalizePropertyTests {
    private func input(_ random: inout SeededGenerator) throws -> NormalizingInput {
        let fields = [
            "", "", "", #"{"env":"a"}"#, #"{"service":{"name":"own"}}"#, #"{"log":{"level":"own"},"error":"x"}"#,
            #"{"trace":{"x":1},"message":"own","host":"h"}"#,
        ]
        return try NormalizingInput(
            hostName: random.below(2) == 0 ? nil : "web1", tags: random.below(2) == 0 ? [] : ["t"],
            fields: fields[random.below(fields.count)]
        ) { settings in
            settings.overwriteKeys = random.below(3) == 0
            settings.expandKeys = random.below(8) == 0
            settings.addErrorKey = random.below(4) == 0
            settings.messageKey = ["", "", "msg", "text", "a.b"][random.below(5)]
            settings.documentID = random.below(8) == 0 ? "request_id" : ""
        }
    }

    @Test func `the constants of the fields are their numbers`() {
        #expect(ECSSlot.all == ECSField.allCases.map(\.rawValue))
        #expect(LineRewrite.fieldCount == ECSField.allCases.count)
        #expect([ECSNames.traceparent, ECSNames.serviceName, ECSNames.none] == [13, 14, 15])
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `the fast way and the slow one make the same event`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let input = try input(&random)
        var lines = LineGenerator(random: random)
        var fast = 0
        for _ in 0..<30 {
            let (line, others, _) = lines.line()
            let event = input.event(line)
            let slow = input.slowEvent(line)
            let tree = try #require(JSONTree(event.utf8), "\(line) became \(event)")
            let isSame = tree == JSONTree(slow.utf8)
            #expect(isSame, "\(line) became \(event), the slow way \(slow)")
            // The tree keeps each name once, and the generator leaves no blanks.
            #expect(tree.compact.count == event.utf8.count, "a name is there twice: \(event)")
            for other in others { #expect(event.contains(other), "\(other) got lost: \(event)") }
            if input.isFast(line) { fast += 1 }
        }
        #expect(fast > 0 || !input.parser.verdict(Array("{}".utf8)).isRewritten)
    }

    @Test(arguments: 100..<110 as Range<UInt64>)
    func `all that a line says is in its event`(seed: UInt64) throws {
        var lines = LineGenerator(random: SeededGenerator(seed: seed), repeats: false)
        let input = try NormalizingInput(hostName: nil)
        for _ in 0..<30 {
            let (line, _, texts) = lines.line()
            // The event's own `log` and `input` win over what cannot be merged into them, and so does its time.
            let isOwn = ["\"log\":", "\"input\":", "\"@timestamp\":"].contains { line.contains($0) }
            let event = input.event(line)
            for text in texts where !isOwn { #expect(event.contains(text), "\(line) became \(event)") }
        }
    }
}

extension Verdict {
    fileprivate var isRewritten: Bool { if case .rewrite = self { true } else { false } }
}
