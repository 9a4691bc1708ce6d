package import EventFields
package import LogStore

/// Says which events a query is about: by the columns of their block where these are enough, else by their text.
///
/// - Shape: one per thread and query; nothing is allocated per event once warm.
package final class QueryMatcher {
    /// What is known of an event before its text is read.
    package enum Verdict: Sendable { case no, yes, unknown }

    private indirect enum Plan {
        case all
        case leaf(Int)
        case not(Plan)
        case and([Plan])
        case or([Plan])
    }

    let root: QueryNode
    private let plan: Plan
    private let terms: [QueryTerm]
    private var scanner: EventScanner
    private var tests: LeafTests
    /// Of the block that is read: for each condition on a name, which of the block's names meet it.
    private var nameResults: [[LeafTests.State]] = []
    /// Whether no event's text has to be read.
    package let isByColumns: Bool
    /// Conditions on columns that every matching event meets.
    let required: [QueryTerm]
    private let requiredWord: RequiredWord?

    package init(_ query: Query, aliases: FieldAliases = .standard) {
        root = query.root
        var terms: [QueryTerm] = []
        plan = QueryMatcher.plan(query.root, &terms)
        self.terms = terms
        tests = LeafTests(terms)
        scanner = EventScanner(aliases: aliases)
        requiredWord = RequiredWord(query.root)
        isByColumns = terms.allSatisfy(QueryMatcher.isOfColumn)
        let parts: [QueryNode] = if case .and(let nodes) = query.root { nodes } else { [query.root] }
        required = parts.compactMap {
            if case .term(let term) = $0, QueryMatcher.isOfColumn(term) { term } else { nil }
        }
    }

    private static func isOfColumn(_ term: QueryTerm) -> Bool {
        switch term.field {
        case .level, .name: true
        default: false
        }
    }

    /// Whether a name meets a condition of this query.
    func meets(_ term: QueryTerm, _ name: [UInt8]) -> Bool {
        guard let index = terms.firstIndex(of: term) else { return true }
        tests.reset()
        tests.take(index, fact: name.span)
        return tests.states[index] == .yes
    }

    private static func plan(_ node: QueryNode, _ terms: inout [QueryTerm]) -> Plan {
        switch node {
        case .all: return .all
        case .term(let term):
            let index = terms.firstIndex(of: term) ?? terms.count
            if index == terms.count { terms.append(term) }
            return .leaf(index)
        case .not(let node): return .not(plan(node, &terms))
        case .and(let nodes): return .and(nodes.map { plan($0, &terms) })
        case .or(let nodes): return .or(nodes.map { plan($0, &terms) })
        }
    }

    // MARK: An event of a block

    /// To be called before the events of a block are asked for.
    package func begin(_ block: StoredBlock) {
        nameResults = terms.indices.map { index in
            guard case .name(let kind) = terms[index].field else { return [] }
            return block.names(kind).map { name in
                tests.reset()
                tests.take(index, fact: name.span)
                return tests.states[index] == .yes ? .yes : .no
            }
        }
    }

    /// By the columns alone.
    package func verdict(_ block: StoredBlock, _ event: Int) -> Verdict {
        takeColumns(block, event)
        return switch evaluate(plan) {
        case .no: .no
        case .yes: .yes
        case .unknown: .unknown
        }
    }

    private func takeColumns(_ block: StoredBlock, _ event: Int) {
        tests.reset()
        for index in terms.indices {
            switch terms[index].field {
            case .level: takeLevel(index, Severity(rawValue: block.severities[event]) ?? .unknown)
            case .name(let kind): tests.set(index, nameResults[index][Int(block.nameIndexes(kind)[event])])
            default: break
            }
        }
    }

    /// By the columns and the text.
    package func matches(_ block: StoredBlock, _ event: Int, text: Span<UInt8>) -> Bool {
        takeColumns(block, event)
        switch evaluate(plan) {
        case .no: return false
        case .yes: return true
        case .unknown: return requiredWord?.mayBe(in: text) ?? true ? scan(text) : false
        }
    }

    // MARK: An event by itself

    package func matches(_ event: Span<UInt8>) -> Bool {
        tests.reset()
        return scan(event)
    }

    private func scan(_ event: Span<UInt8>) -> Bool {
        let facts = scanner.scan(event) { tests.take($0) }
        for index in terms.indices where tests.states[index] == .unknown {
            switch terms[index].field {
            case .level: takeLevel(index, facts.severity)
            case .name(let kind): take(index, facts, QueryMatcher.role(kind))
            case .role(let role):
                if role == .message && facts.isMessageWholeLine {
                    tests.set(index, .no)
                } else {
                    take(index, facts, role)
                }
            // No value had it.
            case .any, .path: tests.set(index, .no)
            }
        }
        return evaluate(plan) == .yes
    }

    private func take(_ index: Int, _ facts: EventFacts, _ role: EventRole) {
        tests.take(index, fact: scanner.text.extracting(facts[role]))
        if tests.states[index] != .yes { tests.set(index, .no) }
    }

    private func takeLevel(_ index: Int, _ severity: Severity) {
        guard case .levels(let levels) = terms[index].condition else { return }
        tests.set(index, levels.contains(severity) ? .yes : .no)
    }

    static func role(_ kind: NameKind) -> EventRole {
        switch kind {
        case .service: .service
        case .host: .host
        case .file: .file
        }
    }

    private func evaluate(_ plan: Plan) -> LeafTests.State {
        switch plan {
        case .all: return .yes
        case .leaf(let index): return tests.states[index]
        case .not(let plan):
            switch evaluate(plan) {
            case .no: return .yes
            case .yes: return .no
            case .unknown: return .unknown
            }
        case .and(let plans):
            var result = LeafTests.State.yes
            for plan in plans {
                switch evaluate(plan) {
                case .no: return .no
                case .unknown: result = .unknown
                case .yes: break
                }
            }
            return result
        case .or(let plans):
            var result = LeafTests.State.no
            for plan in plans {
                switch evaluate(plan) {
                case .yes: return .yes
                case .unknown: result = .unknown
                case .no: break
                }
            }
            return result
        }
    }
}
