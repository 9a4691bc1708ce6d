/// Characters outside ASCII: the slow path of the words.
@usableFromInline
enum WordFolding {
    @usableFromInline
    enum Kind: UInt8 { case letter, separator, alone }

    @usableFromInline
    struct Folded {
        @usableFromInline let kind: Kind
        /// Bytes of the text that it stands for.
        @usableFromInline let taken: Int
        /// Bytes that were written.
        @usableFromInline let written: Int
    }

    /// Folds the character at `at`. What is no UTF-8 is kept as it is, byte by byte.
    /// - Precondition: room for twice as many bytes as the character has at `out`.
    @usableFromInline
    static func fold(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, into out: UnsafeMutablePointer<UInt8>) -> Folded {
        guard let (scalar, length) = unsafe decode(bytes, at) else {
            unsafe out[0] = bytes[at]
            return Folded(kind: .letter, taken: 1, written: 1)
        }
        let kind = kind(of: scalar)
        if kind == .separator { return Folded(kind: kind, taken: length, written: 0) }
        // Greek's final sigma is a sigma.
        if scalar.value == 0x3c2 {
            unsafe (out[0], out[1]) = (0xcf, 0x83)
            return Folded(kind: kind, taken: length, written: 2)
        }
        var written = 0
        for byte in scalar.properties.lowercaseMapping.utf8 where written < 2 * length {
            unsafe out[written] = byte
            written += 1
        }
        return Folded(kind: kind, taken: length, written: written)
    }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        // Kana, CJK ideographs with extension A, compatibility ideographs, the planes of more ideographs.
        case 0x3041...0x30ff, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xf900...0xfaff, 0x20000...0x3ffff: return .alone
        default: break
        }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation: return .letter
        case .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation, .spaceSeparator, .lineSeparator, .paragraphSeparator, .control:
            return .separator
        case .mathSymbol, .currencySymbol, .otherSymbol: return .alone
        default: return .letter
        }
    }

    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> (Unicode.Scalar, Int)? {
        let first = unsafe bytes[at]
        let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
        guard first >= 0xc2, first <= 0xf4, at + length <= bytes.count else { return nil }
        var value = UInt32(first) & (length == 4 ? 0x07 : length == 3 ? 0x0f : 0x1f)
        for index in (at + 1)..<(at + length) {
            let byte = unsafe bytes[index]
            guard byte & 0xc0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3f)
        }
        return Unicode.Scalar(value).map { ($0, length) }
    }
}
