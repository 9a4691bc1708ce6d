import EventFields
import LogStore

extension QueryMatcher {
    /// By the text of an event whose columns did not decide.
    func matches(_ block: StoredBlock, _ event: Int) throws -> Bool {
        let bytes = try block.originals()
        return matches(block, event, text: bytes.span.extracting(block.range(event)))
    }

    /// Whether a block can have a matching event, by its head.
    func mayMatch(_ head: BlockHead) -> Bool {
        guard !required.isEmpty, let summary = try? head.summary() else { return true }
        return required.allSatisfy { term in
            switch (term.field, term.condition) {
            case (.level, .levels(let levels)):
                return Severity.allCases.contains { levels.contains($0) && summary.severities[Int($0.rawValue)] > 0 }
            case (.name(let kind), _):
                guard let names = summary.names(kind) else { return true }
                return names.contains { meets(term, $0.name) }
            default: return true
            }
        }
    }

    /// Whether every event matches.
    var matchesAll: Bool { root == .all }

    /// The levels, when nothing else is asked.
    var onlyLevels: ClosedRange<Severity>? {
        guard case .term(let term) = root, case .levels(let levels) = term.condition else { return nil }
        return levels
    }
}
