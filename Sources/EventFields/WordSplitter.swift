/// Splits values into the words that are searched for.
///
/// A word is a run of letters, digits, `_` and characters outside ASCII that are no punctuation, in lower case. Characters
/// of scripts that write no blanks, and symbols (`€`, `✓`), are words of their own, so that a part of such a text is found
/// as a phrase.
/// - Shape: a buffer of twice the longest value; one per thread.
@safe
package struct WordSplitter: ~Copyable {
    /// Longest word that the index holds as it is.
    package static let longestIndexed = 20
    /// Bytes of a longer one that it begins with there.
    package static let indexedPrefix = 8

    /// For each byte what it is in lower case, 0 where it ends a word, 1 where it is outside ASCII.
    @usableFromInline let folds: UnsafeMutablePointer<UInt8>
    @usableFromInline var word: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity = 4096

    package init() {
        unsafe folds = .allocate(capacity: 256)
        for byte in UInt8.min...UInt8.max {
            unsafe folds[Int(byte)] =
                switch byte {
                case 0x80...: 1
                case 0x41...0x5a: byte | 0x20
                case 0x61...0x7a, 0x30...0x39, 0x5f: byte
                default: 0
                }
        }
        unsafe word = .allocate(capacity: 4096)
    }

    deinit {
        unsafe folds.deallocate()
        unsafe word.deallocate()
    }

    /// The words of a value, in their order, in lower case.
    @inlinable
    package mutating func forEach(in value: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        if value.count * 2 + 16 > capacity { grow(to: value.count * 2 + 16) }
        unsafe value.withUnsafeBufferPointer { bytes in
            let (word, folds, count) = unsafe (word, folds, bytes.count)
            var length = 0
            var at = 0
            while at < count {
                let fold = unsafe folds[Int(bytes[at])]
                if fold > 1 {
                    unsafe word[length] = fold
                    length &+= 1
                    at &+= 1
                    continue
                }
                if fold == 0 {
                    if length > 0 { unsafe body(Span(_unsafeStart: UnsafePointer(word), count: length)) }
                    length = 0
                    at &+= 1
                    continue
                }
                let wide = unsafe WordFolding.fold(bytes, at, into: word + length)
                at &+= wide.taken
                if wide.kind != .letter {
                    if length > 0 { unsafe body(Span(_unsafeStart: UnsafePointer(word), count: length)) }
                    if wide.kind == .alone {
                        unsafe body(Span(_unsafeStart: UnsafePointer(word + length), count: wide.written))
                    }
                    length = 0
                } else {
                    length &+= wide.written
                }
            }
            if length > 0 { unsafe body(Span(_unsafeStart: UnsafePointer(word), count: length)) }
        }
    }

    /// The words of a value as the index holds them.
    @inlinable
    package mutating func forEachIndexed(in value: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        forEach(in: value) { word in
            if word.count <= WordSplitter.longestIndexed {
                body(word)
            } else {
                let indexed = IndexedWord(word)
                body(indexed.bytes.span)
            }
        }
    }

    @usableFromInline
    mutating func grow(to count: Int) {
        unsafe word.deallocate()
        capacity = count + count / 4
        unsafe word = .allocate(capacity: capacity)
    }
}

/// A long word as the index holds it: its first eight bytes, `~`, and its hash in base 32. An id of 32 digits is one.
@usableFromInline
struct IndexedWord {
    @usableFromInline var bytes: InlineArray<22, UInt8>

    @usableFromInline
    init(_ word: Span<UInt8>) {
        bytes = InlineArray(repeating: 0x7e)
        for index in 0..<WordSplitter.indexedPrefix { bytes[index] = word[index] }
        var hash = WordHash.of(word)
        for index in 9..<22 {
            let digit = UInt8(truncatingIfNeeded: hash & 31)
            bytes[index] = digit < 26 ? digit &+ 0x61 : digit &+ 0x18
            hash >>= 5
        }
    }
}

/// What words are made of, for callers that are in no hurry.
package enum Words {
    /// The words of a text, in lower case.
    package static func of(_ text: some Collection<UInt8>) -> [[UInt8]] {
        var splitter = WordSplitter()
        var words: [[UInt8]] = []
        let bytes = Array(text)
        splitter.forEach(in: bytes.span) { words.append(array($0)) }
        return words
    }

    /// A word, in lower case, as the index holds it.
    package static func indexForm(_ word: [UInt8]) -> [UInt8] {
        word.count <= WordSplitter.longestIndexed ? word : array(IndexedWord(word.span).bytes.span)
    }

    /// The beginnings in the index that words beginning with `prefix` have: one of them, or two for a long one.
    package static func indexPrefixes(_ prefix: [UInt8]) -> [[UInt8]] {
        if prefix.count <= WordSplitter.indexedPrefix { return [prefix] }
        let long = Array(prefix.prefix(WordSplitter.indexedPrefix)) + [0x7e]
        return prefix.count <= WordSplitter.longestIndexed ? [prefix, long] : [long]
    }

    package static func array(_ span: Span<UInt8>) -> [UInt8] {
        unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
    }
}
