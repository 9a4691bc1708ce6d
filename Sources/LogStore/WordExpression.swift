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

    /// As FTS5's MATCH has it: bytes, because the index's form of a long word may end inside a character.
    func match() -> Match {
        switch self {
        case .all: return .everything
        case .word(let word):
            guard !word.isEmpty else { return .everything }
            return .text(WordExpression.quoted(Words.indexForm(word)))
        case .prefix(let prefix):
            guard !prefix.isEmpty else { return .everything }
            let texts = Words.indexPrefixes(prefix).map { WordExpression.quoted($0) + [0x2a] }
            return WordExpression.joined(texts, " OR ", empty: .everything)
        case .and(let parts):
            var texts: [[UInt8]] = []
            for part in parts {
                switch part.match() {
                case .everything: continue
                case .nothing: return .nothing
                case .text(let text): texts.append(text)
                }
            }
            return WordExpression.joined(texts, " AND ", empty: .everything)
        case .or(let parts):
            var texts: [[UInt8]] = []
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
        case text([UInt8])
    }

    private static func joined(_ texts: [[UInt8]], _ separator: String, empty: Match) -> Match {
        switch texts.count {
        case 0: empty
        case 1: .text(texts[0])
        default: .text([0x28] + texts.joined(separator: Array(separator.utf8)) + [0x29])
        }
    }

    /// Words hold no quotes.
    private static func quoted(_ word: [UInt8]) -> [UInt8] { [0x22] + word.filter { $0 != 0x22 && $0 != 0 } + [0x22] }
}
