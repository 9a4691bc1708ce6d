import EventModel
import Publishing

/// Which topic an event goes to, and its key.
struct TopicRouter: Sendable {
    enum Route {
        case record(topic: [UInt8], key: [UInt8]?)
        case refused(Reply.Rejection)
    }

    /// The topic of all events, when it depends on none of them and there is no key.
    let constantTopic: [UInt8]?
    private let topic: FormatRenderer
    private let key: FormatRenderer?
    private let rules: [(rule: Rule, topic: FormatRenderer)]

    init(_ settings: KafkaSettings) throws(KafkaOutputError) {
        topic = try TopicRouter.format(settings.topic, "topic")
        if let text = settings.key { key = try TopicRouter.format(text, "key") } else { key = nil }
        var rules: [(rule: Rule, topic: FormatRenderer)] = []
        for rule in settings.topics {
            rules.append((Rule(rule), try TopicRouter.format(rule.topic, "topics")))
        }
        self.rules = rules
        constantTopic = key == nil && rules.isEmpty ? topic.constant : nil
        if let name = topic.constant, !name.isEmpty, !TopicRouter.isName(name) {
            throw KafkaOutputError(
                .badFormat,
                "topic: “\(settings.topic)” is no name of a topic; letters, digits, '.', '_' and '-' are, up to 249")
        }
    }

    private static func format(_ text: String, _ setting: String) throws(KafkaOutputError) -> FormatRenderer {
        do {
            return try FormatRenderer(format: text)
        } catch {
            let message =
                error.message.hasPrefix("codec.format.string: ") ? error.message.dropFirst(21) : error.message[...]
            throw KafkaOutputError(.badFormat, "\(setting): \(message)")
        }
    }

    func route(_ event: UnsafeBufferPointer<UInt8>) -> Route {
        // A topic by day needs no more of an event than its time.
        if rules.isEmpty, key == nil, let time = unsafe RecordTime.text(of: event), let name = topic.fill(time: time) {
            return checked(name, key: nil)
        }
        guard let object = unsafe JSONTree(Array(event))?.object else {
            return .refused(.init(reason: "no_topic", answer: "the event is no JSON object"))
        }
        let key = key?.fill(from: object)
        let keyText = key.flatMap { $0.isComplete ? $0.text : nil }
        for rule in rules where rule.rule.holds(object) {
            let name = rule.topic.fill(from: object)
            if name.isComplete, TopicRouter.isName(name.text) { return .record(topic: name.text, key: keyText) }
        }
        let name = topic.fill(from: object)
        guard name.isComplete else {
            return .refused(
                .init(reason: "no_topic", answer: "a field that the name of the topic is made of is not in the event"))
        }
        return checked(name.text, key: keyText)
    }

    private func checked(_ name: [UInt8], key: [UInt8]?) -> Route {
        if TopicRouter.isName(name) { return .record(topic: name, key: key) }
        let shown = String(decoding: name.prefix(100), as: UTF8.self)
        return .refused(.init(reason: "no_topic", answer: "“\(shown)” is no name of a topic"))
    }

    /// - Source: `Topic.validate` of Kafka's clients.
    static func isName(_ name: [UInt8]) -> Bool {
        guard (1...249).contains(name.count), name != [0x2e], name != [0x2e, 0x2e] else { return false }
        return name.allSatisfy { byte in
            (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
                || byte == 0x2e || byte == 0x5f || byte == 0x2d
        }
    }
}

extension TopicRouter {
    /// The conditions of a rule, ready to be looked at.
    struct Rule: Sendable {
        private struct Test: Sendable {
            let test: TopicRule.Condition.Test
            let path: [[UInt8]]
            let value: [UInt8]
        }
        private let tests: [Test]

        init(_ rule: TopicRule) {
            tests = rule.conditions.map { condition in
                Test(
                    test: condition.test, path: condition.field.split(separator: ".").map { Array($0.utf8) },
                    value: Array(condition.value.utf8))
            }
        }

        func holds(_ event: JSONObject) -> Bool {
            tests.allSatisfy { test in
                guard let found = event[path: test.path], !found.isNull else { return false }
                let text = found.text ?? found.compact
                return test.test == .equals ? text == test.value : text.holds(test.value)
            }
        }
    }
}

extension [UInt8] {
    /// Whether the bytes stand somewhere in these.
    fileprivate func holds(_ part: [UInt8]) -> Bool {
        if part.isEmpty { return true }
        guard count >= part.count else { return false }
        return (0...(count - part.count)).contains { self[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
