import EventFields
import LogQuery

/// Random events out of few words, and random queries over them, with an evaluator that is plain instead of quick.
struct RandomEvents {
    var random: SeededGenerator
    static let words = [
        "card", "Declined", "retry", "ÜBER", "db", "timeout", "42", "7", "x_1", "4bf92f3577b34da6a3ce929d0e0e4736",
    ]
    static let services = ["checkout", "checkout-worker", "cart", ""]
    static let levels = ["info", "error", "warn", "debug"]

    struct Event {
        var service = "", level = "", time: Int64 = 0
        /// Path and value.
        var fields: [(String, String)] = []
        var json = ""
    }

    mutating func value() -> String {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in Self.words.randomElement(using: &random)! }
            .joined(separator: [" ", "-", ": "].randomElement(using: &random)!)
    }

    mutating func event(_ time: Int64) -> Event {
        var event = Event()
        event.service = Self.services.randomElement(using: &random)!
        event.level = Self.levels.randomElement(using: &random)!
        event.time = time
        event.fields = [
            ("msg", value()), ("user.name", value()), ("n", String(Int.random(in: 0...50, using: &random))),
        ]
        if Bool.random(using: &random) { event.fields.append(("extra.note", value())) }
        let line =
            #"{"level":"\#(event.level)","ts":\#(time),"service":"\#(event.service)","msg":"\#(event.fields[0].1)","user":{"name":"\#(event.fields[1].1)"},"n":\#(event.fields[2].1)"#
            + (event.fields.count > 3 ? #","extra.note":"\#(event.fields[3].1)"}"# : "}")
        event.fields += [("level", event.level), ("service", event.service)]
        let inside = line.replacing("\"", with: "\\\"")
        event.json = Bool.random(using: &random) ? line : #"{"message":"\#(inside)","agent":{"type":"card"}}"#
        return event
    }

    /// A query's text, and what it means.
    typealias Asked = (text: String, test: @Sendable (Event) -> Bool)

    mutating func query(_ depth: Int = 3) -> Asked {
        switch Int.random(in: 0...(depth > 0 ? 9 : 5), using: &random) {
        case 0:
            let word = Self.words.randomElement(using: &random)!
            return (word, { $0.fields.contains { Self.split($0.1).contains(word.lowercased()) } })
        case 1:
            let prefix = String(
                Self.words.randomElement(using: &random)!.prefix(Int.random(in: 1...12, using: &random)))
            return (
                prefix + "*",
                { $0.fields.contains { Self.split($0.1).contains { $0.hasPrefix(prefix.lowercased()) } } }
            )
        case 2:
            let (path, phrase) = (["msg", "user.name", "extra.note"].randomElement(using: &random)!, value())
            return (
                "\(path):\"\(phrase)\"",
                { $0.fields.contains { $0.0 == path && Self.has(Self.split($0.1), Self.split(phrase)) } }
            )
        case 3:
            let service = ["checkout", "cart"].randomElement(using: &random)!
            return ("service:\(service)", { $0.service == service })
        case 4:
            let level = Self.levels.randomElement(using: &random)!
            return ("level:\(level)", { $0.level == level })
        case 5:
            let low = Int.random(in: 0...50, using: &random)
            return ("n:>=\(low)", { Int($0.fields[2].1)! >= low })
        case 6:
            let inner = query(depth - 1)
            return ("NOT (\(inner.text))", { !inner.test($0) })
        case 7:
            let (one, two) = (query(depth - 1), query(depth - 1))
            return ("(\(one.text)) OR (\(two.text))", { one.test($0) || two.test($0) })
        default:
            let (one, two) = (query(depth - 1), query(depth - 1))
            return ("(\(one.text)) (\(two.text))", { one.test($0) && two.test($0) })
        }
    }

    static func split(_ text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    }

    static func has(_ words: [String], _ phrase: [String]) -> Bool {
        guard words.count >= phrase.count else { return false }
        return (0...(words.count - phrase.count)).contains { Array(words[$0..<($0 + phrase.count)]) == phrase }
    }
}
