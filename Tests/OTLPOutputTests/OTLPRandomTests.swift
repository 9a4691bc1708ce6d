import EventModel
import HTTPTransport
import Publishing
import TestSupport
import Testing

@testable import OTLPOutput

/// Random lines, read back by our collector's own reader of OTLP, which another hand wrote.
@Suite struct OTLPRandomTests {
    @Test(.timeLimit(.minutes(5)), arguments: OTLPSettings.Encoding.allCases)
    func `all that is in a line comes back`(_ encoding: OTLPSettings.Encoding) async throws {
        var generator = SeededGenerator(seed: 11)
        var lines: [String] = []
        var expected: [[String: String]] = []
        for number in 0..<300 {
            var members: [String] = [#""msg":"m\#(number)""#]
            var values: [String: String] = [:]
            for key in 0..<generator.below(12) {
                let (text, value) = Self.value(&generator)
                members.append(#""k\#(key)":\#(text)"#)
                values["k\(key)"] = value
            }
            lines.append("{" + members.joined(separator: ",") + "}")
            expected.append(values)
        }
        try await OTLPScene.run({ $0.encoding = encoding }) { scene in
            let reply = try await scene.deliver(lines)
            #expect(reply == .delivered)
            let events = scene.events
            #expect(events.count == lines.count)
            for (number, event) in events.enumerated() {
                let tree = try #require(JSONTree(Array(event.utf8))?.object)
                #expect(tree["message"]?.text == Array("m\(number)".utf8))
                let attributes = tree["attributes"]?.object
                for (key, value) in expected[number] {
                    let found = attributes?[key].map { $0.text ?? $0.compact }
                    #expect(found.map { String(decoding: $0, as: UTF8.self) } == value, "\(lines[number])")
                }
            }
        }
    }

    /// A value in JSON, and as it must come back.
    private static func value(_ generator: inout SeededGenerator) -> (String, String) {
        switch generator.below(4) {
        case 0:
            let number = Int64(bitPattern: generator.next()) >> Int64(generator.below(64))
            return ("\(number)", "\(number)")
        case 1: return generator.below(2) == 0 ? ("true", "true") : ("false", "false")
        case 2:
            let number = Double(generator.below(1_000_000)) / 64 + 0.015625
            return ("\(number)", "\(number)")
        default:
            let scalars: [Unicode.Scalar] = ["a", "ü", "€", "😀", "\u{1}", "\"", "\\", "\u{7f}", " "]
            var text = ""
            for _ in 0..<(1 + generator.below(8)) {
                text.unicodeScalars.append(scalars[generator.below(scalars.count)])
            }
            text = "t" + text
            let quoted = JSONTree.string(text.utf8).compact
            return (String(decoding: quoted, as: UTF8.self), text)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [false, true])
    func `bytes that are no UTF-8 cannot leave`(_ parsed: Bool) async throws {
        var generator = SeededGenerator(seed: 5)
        var lines: [[UInt8]] = [
            Array(#"{"msg":"\ud800","a":"\udc00x","\ud83d":"key"}"#.utf8), [0xff], [0xed, 0xa0, 0x80], [0xc3],
        ]
        for number in 0..<400 {
            var line = number % 2 == 0 ? [] : Array(#"{"msg":""#.utf8)
            for _ in 0..<generator.below(30) {
                let byte = UInt8(truncatingIfNeeded: generator.next())
                line.append(byte == 0x0a ? 0x20 : byte)
            }
            if number % 2 == 1 { line += Array(#""}"#.utf8) }
            lines.append(line)
        }
        try await OTLPScene.run { scene in
            var factory = try BatchFactory.agent(parsed: parsed)
            let reply = await scene.driver.deliver(factory.batch(lines))
            #expect(reply == .delivered)
            let body = scene.peer.requests.flatMap { $0.plainBody ?? [] }
            let texts = try #require(ProtobufTexts.all(in: body[...]))
            #expect(texts.count > 3 * lines.count)
            for text in texts { #expect(String(validating: text, as: UTF8.self) != nil) }
            #expect(scene.events.count == lines.count)
        }
    }
}

/// The strings of an export request, wherever they are.
private enum ProtobufTexts {
    /// Fields of type 2 that are messages, by the path of numbers that leads to them; ids are bytes, all else is text.
    private static let messages: Set<[UInt64]> = [
        [1], [1, 1], [1, 1, 1], [1, 1, 1, 2], [1, 2], [1, 2, 2], [1, 2, 2, 5], [1, 2, 2, 6], [1, 2, 2, 6, 2],
        [1, 2, 2, 6, 2, 5], [1, 2, 2, 6, 2, 5, 1],
    ]

    static func all(in bytes: ArraySlice<UInt8>, at path: [UInt64] = []) -> [[UInt8]]? {
        var rest = bytes
        var texts: [[UInt8]] = []
        while !rest.isEmpty {
            guard let tag = varint(&rest) else { return nil }
            switch tag & 7 {
            case 0: guard varint(&rest) != nil else { return nil }
            case 1: rest = rest.dropFirst(8)
            case 5: rest = rest.dropFirst(4)
            case 2:
                guard let count = varint(&rest), count <= rest.count else { return nil }
                let place = path + [tag >> 3]
                let inside = rest.prefix(Int(count))
                rest = rest.dropFirst(Int(count))
                if messages.contains(place) {
                    guard let inner = all(in: inside, at: place) else { return nil }
                    texts += inner
                } else if place != [1, 2, 2, 9], place != [1, 2, 2, 10] {
                    texts.append(Array(inside))
                }
            default: return nil
            }
        }
        return texts
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
            if shift > 63 { return nil }
        }
        return nil
    }
}
