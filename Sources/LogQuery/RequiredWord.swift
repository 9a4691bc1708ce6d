import EventFields

/// A word that every matching event has, looked for in the bytes of the event as it came: most events of a candidate block
/// do not have it, and need not be read as JSON.
///
/// A word is a run of ASCII letters, digits and `_` in a value, and so it stands in the text as it is, in whatever case,
/// unless characters of it are written as `\u…`, or are one of the two that become ASCII in lower case: U+0130 (`İ`, i) and
/// U+212A (the Kelvin sign, k). Texts with these pass.
/// - Units: eight bytes at a time.
struct RequiredWord {
    private let word: [UInt8]
    /// Its first and its last byte.
    private let ends: Pair
    /// What it may hide behind.
    private let hidden: [Pair]

    /// Two bytes at a distance.
    private struct Pair {
        let first: UInt64
        let second: UInt64
        let distance: Int
        /// 0x20 in each byte for any case.
        let fold: UInt64

        init(_ first: UInt8, _ second: UInt8, distance: Int = 1, fold: UInt8 = 0) {
            self.first = Pair.spread(first | fold)
            self.second = Pair.spread(second | fold)
            self.distance = distance
            self.fold = Pair.spread(fold)
        }

        private static func spread(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

        /// 0x80 in each byte of which the two bytes begin.
        @inline(__always)
        func places(_ here: UInt64, _ there: UInt64) -> UInt64 {
            Pair.zeroes((here | fold) ^ first) & Pair.zeroes((there | fold) ^ second)
        }

        @inline(__always)
        private static func zeroes(_ bytes: UInt64) -> UInt64 {
            let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
            return ~(((bytes & low) &+ low) | bytes | low)
        }
    }

    /// The longest word that the query cannot do without; nil when there is none that can be looked for.
    init?(_ root: QueryNode) {
        let nodes: [QueryNode] = if case .and(let nodes) = root { nodes } else { [root] }
        let words = nodes.flatMap { node -> [[UInt8]] in
            guard case .term(let term) = node else { return [] }
            switch term.field {
            // An id may have come beside the event; columns need no text.
            case .level, .name, .role(.eventID): return []
            case .any, .path, .role: break
            }
            switch term.condition {
            case .phrase(let words, _), .whole(let words, _): return words
            case .number, .levels, .exists: return []
            }
        }
        let longest = words.filter { !$0.isEmpty && $0.allSatisfy { $0 < 0x80 } }.max { $0.count < $1.count }
        guard let longest else { return nil }
        word = longest
        ends = Pair(longest[0], longest[longest.count - 1], distance: longest.count - 1, fold: 0x20)
        var hidden = [Pair(0x5c, 0x75)]
        if longest.contains(0x69) { hidden.append(Pair(0xc4, 0xb0)) }
        if longest.contains(0x6b) { hidden.append(Pair(0x84, 0xaa)) }
        self.hidden = hidden
    }

    /// False when the event cannot have the word.
    func mayBe(in text: Span<UInt8>) -> Bool {
        unsafe text.withUnsafeBytes { text in
            if unsafe find(ends, text, isWord: true) { return true }
            for pair in hidden where unsafe find(pair, text, isWord: false) { return true }
            return false
        }
    }

    /// Whether the pair is there, and between its bytes, if that is asked, the word.
    private func find(_ pair: Pair, _ text: UnsafeRawBufferPointer, isWord: Bool) -> Bool {
        let last = text.count - pair.distance
        var at = 0
        while at + 8 <= last {
            let here = unsafe text.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            let there = unsafe text.loadUnaligned(fromByteOffset: at + pair.distance, as: UInt64.self)
            var places = pair.places(UInt64(littleEndian: here), UInt64(littleEndian: there))
            while places != 0 {
                if unsafe !isWord || isHere(text, at + places.trailingZeroBitCount / 8) { return true }
                places &= places &- 1
            }
            at += 8
        }
        while at < last {
            let (here, there) = unsafe (UInt64(text[at]), UInt64(text[at + pair.distance]))
            if pair.places(here, there) & 0x80 != 0, unsafe !isWord || isHere(text, at) { return true }
            at += 1
        }
        return false
    }

    private func isHere(_ text: UnsafeRawBufferPointer, _ at: Int) -> Bool {
        for index in word.indices where unsafe text[at + index] | 0x20 != word[index] | 0x20 { return false }
        return true
    }
}
