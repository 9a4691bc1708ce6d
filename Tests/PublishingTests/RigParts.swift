import Publishing
import Synchronization

/// Dead letters in memory, with a disk that can be full.
final class LetterBox: DeadLetterSink {
    struct Full: Error {}

    private let state = Mutex<(letters: [DeadLetter], isFull: Bool)>(([], false))

    var letters: [DeadLetter] { state.withLock { $0.letters } }
    var isFull: Bool {
        get { state.withLock { $0.isFull } }
        set { state.withLock { $0.isFull = newValue } }
    }

    var evictedLetters: Int { 0 }

    func keep(_ letters: [DeadLetter]) throws {
        try state.withLock { state in
            if state.isFull { throw Full() }
            state.letters += letters
        }
    }
}

/// A line of an imagined file.
enum Line: ExpressibleByStringLiteral {
    case event(String)
    /// The same, in a segment that gives the place of each line in the file, as recoded lines have it.
    case recoded(String)
    case filtered(String)
    case empty

    init(stringLiteral text: String) { self = .event(text) }

    var text: String {
        switch self {
        case .event(let text), .recoded(let text), .filtered(let text): text
        case .empty: ""
        }
    }

    var isEvent: Bool {
        switch self {
        case .event, .recoded: true
        case .filtered, .empty: false
        }
    }

    /// Bytes in the file, the line feed included; recoded lines take two per character there.
    var bytes: Int {
        if case .recoded = self { 2 * (text.utf8.count + 1) } else { text.utf8.count + 1 }
    }
}
