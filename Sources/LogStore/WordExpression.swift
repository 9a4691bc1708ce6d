import EventFields

/// Which words an event must have for it to be looked at: more than a query's answers may pass, never less.
///
/// - Shape: words in lower case, as `Words` splits them, not in the form that the index holds.
package indirect enum WordExpression: Sendable, Equatable {
    case word([UInt8])
    case prefix([UInt8])
    case and([WordExpression])
    case or([WordExpression])
    /// Every event passes.
    case all

    /// As FTS5's MATCH has it; nil when every block passes. `false` in an OR of nothing: no block passes.
    func match() -> Match {
        switch self {
        case .all: return .everything
        case .word(let word):
            guard !word.isEmpty else { return .everything }
            return .text(WordExpression.quoted(Words.indexForm(word)))
        case .prefix(let prefix):
            guard !prefix.isEmpty else { return .everything }
            let texts = Words.indexPrefixes(prefix).map { WordExpression.quoted($0) + "*" }
            return .text(texts.count == 1 ? texts[0] : "(" + texts.joined(separator: " OR ") + ")")
        case .and(let parts):
            var texts: [String] = []
            for part in parts {
                switch part.match() {
                case .everything: continue
                case .nothing: return .nothing
                case .text(let text): texts.append(text)
                }
            }
            return WordExpression.joined(texts, " AND ", empty: .everything)
        case .or(let parts):
            var texts: [String] = []
            for part in parts {
                switch part.match() {
                case .everything: return .everything
                case .nothing: continue
                case .text(let text): texts.append(text)
                }
            }
            return WordExpression.joined(texts, " OR ", empty: .nothing)
        }
    }

    enum Match: Equatable {
        case everything
        case nothing
        case text(String)
    }

    private static func joined(_ texts: [String], _ separator: String, empty: Match) -> Match {
        switch texts.count {
        case 0: empty
        case 1: .text(texts[0])
        default: .text("(" + texts.joined(separator: separator) + ")")
        }
    }

    private static func quoted(_ word: [UInt8]) -> String {
        "\"" + String(decoding: word, as: UTF8.self).filter { $0 != "\"" } + "\""
    }
}
