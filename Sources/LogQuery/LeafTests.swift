import EventFields

/// All conditions of a query that are asked of an event's values, and what is known of each by now.
struct LeafTests: ~Copyable {
    enum State: UInt8 { case no, yes, unknown }

    private var tests: [LeafTest]
    private(set) var states: [State]
    private var splitter = WordSplitter()
    /// Of the value that is read, the conditions that its words are shown to.
    private var asked: [Int] = []
    private let hasAny: Bool

    init(_ terms: [QueryTerm]) {
        tests = terms.map { LeafTest($0) }
        states = [State](repeating: .unknown, count: terms.count)
        hasAny = terms.contains { $0.field == .any }
    }

    var terms: [QueryTerm] { tests.map(\.term) }

    mutating func reset() {
        for index in states.indices { states[index] = .unknown }
    }

    mutating func set(_ index: Int, _ state: State) { states[index] = state }

    /// Asks a value of the event.
    mutating func take(_ value: borrowing EventValue) {
        asked.removeAll(keepingCapacity: true)
        for index in tests.indices where states[index] == .unknown {
            switch tests[index].term.field {
            case .any: if !value.isNoise { asked.append(index) }
            case .path(let path):
                if tests[index].pathHash == value.pathHash {
                    askField(index, value)
                } else if tests[index].term.condition == .exists, LeafTests.isBelow(value.path, path) {
                    states[index] = .yes
                }
            default: break
            }
        }
        if !asked.isEmpty { askWords(value.text) }
    }

    private mutating func askField(_ index: Int, _ value: borrowing EventValue) {
        switch tests[index].term.condition {
        case .exists: states[index] = .yes
        case .number(let range):
            if let number = Double(text(value.text)), range.contains(number) { states[index] = .yes }
        default: asked.append(index)
        }
    }

    /// Asks what the event says of its name or id.
    mutating func take(_ index: Int, fact: Span<UInt8>) {
        guard states[index] == .unknown else { return }
        switch tests[index].term.condition {
        case .exists: states[index] = fact.count > 0 ? .yes : .no
        case .number(let range): states[index] = Double(text(fact)).map(range.contains) == true ? .yes : .no
        default:
            asked.removeAll(keepingCapacity: true)
            asked.append(index)
            askWords(fact)
        }
    }

    private mutating func askWords(_ value: Span<UInt8>) {
        for index in asked { tests[index].begin() }
        splitter.forEach(in: value) { word in
            for index in asked { tests[index].take(word) }
        }
        for index in asked where tests[index].result { states[index] = .yes }
    }

    private func text(_ span: Span<UInt8>) -> String { String(decoding: Words.array(span), as: UTF8.self) }

    private static func isBelow(_ path: Span<UInt8>, _ parent: [UInt8]) -> Bool {
        guard path.count > parent.count, path[parent.count] == 0x2e else { return false }
        for index in parent.indices where path[index] != parent[index] { return false }
        return true
    }
}
