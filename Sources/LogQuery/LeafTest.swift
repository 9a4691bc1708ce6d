import EventFields
import Glibc

/// One condition of a query, made ready to be asked of values.
struct LeafTest {
    let term: QueryTerm
    let pathHash: UInt64
    /// Of a phrase: its words, whether the last is a beginning, and whether nothing may stand around them.
    private let words: [[UInt8]]
    private let isOpen: Bool
    private let isWhole: Bool
    private let firstByte: UInt8
    /// How far the phrase has come in the value that is read: bit i when its first i + 1 words stand behind each other.
    private var progress: UInt64 = 0
    private var count = 0
    private var isFound = false

    init(_ term: QueryTerm) {
        self.term = term
        if case .path(let path) = term.field { pathHash = WordHash.of(path.span) } else { pathHash = 0 }
        switch term.condition {
        case .phrase(let words, let isOpen): (self.words, self.isOpen, isWhole) = (words, isOpen, false)
        case .whole(let words, let isOpen): (self.words, self.isOpen, isWhole) = (words, isOpen, true)
        default: (words, isOpen, isWhole) = ([], false, false)
        }
        firstByte = words.first?.first ?? 0
    }

    var isOfWords: Bool { !words.isEmpty }

    mutating func begin() {
        progress = 0
        count = 0
        isFound = false
    }

    /// The next word of the value.
    @inline(__always)
    mutating func take(_ word: Span<UInt8>) {
        if progress == 0, isWhole ? count > 0 : word[0] != firstByte {
            count &+= 1
            return
        }
        advance(word)
    }

    private mutating func advance(_ word: Span<UInt8>) {
        var next: UInt64 = 0
        for index in words.indices {
            guard index == 0 ? (!isWhole || count == 0) : progress >> UInt64(index - 1) & 1 == 1 else { continue }
            if LeafTest.agrees(word, words[index], isOpen: isOpen && index == words.count - 1) {
                next |= 1 << UInt64(index)
            }
        }
        progress = next
        count += 1
        if next >> UInt64(words.count - 1) & 1 == 1, !isWhole { isFound = true }
    }

    /// Whether the value that was read has it.
    var result: Bool { isWhole ? count == words.count && progress >> UInt64(words.count - 1) & 1 == 1 : isFound }

    private static func agrees(_ word: Span<UInt8>, _ wanted: [UInt8], isOpen: Bool) -> Bool {
        guard isOpen ? word.count >= wanted.count : word.count == wanted.count else { return false }
        return unsafe word.withUnsafeBufferPointer { word in
            unsafe wanted.withUnsafeBufferPointer { unsafe memcmp(word.baseAddress!, $0.baseAddress!, $0.count) == 0 }
        }
    }
}
