/// An encoding of a file's text, by what has to be done about it.
enum TextEncoding: Sendable, Equatable {
    enum ByteOrder: Sendable { case big, little, byMark }

    /// UTF-8, and `plain`: bytes are taken as they are.
    case utf8
    case utf16(ByteOrder)
    case latin1
    /// By iconv(3), under its name there.
    case converted(String)

    init(name: String) throws(ParsingError) {
        let lower = name.lowercased()
        switch lower {
        case "", "plain", "nop", "utf-8", "utf8", "unicode-1-1-utf-8": self = .utf8
        case "utf-16", "utf-16-bom": self = .utf16(.byMark)
        case "utf-16be", "utf-16be-bom": self = .utf16(.big)
        case "utf-16le", "utf-16le-bom": self = .utf16(.little)
        case "latin1", "latin-1", "iso8859-1", "iso-8859-1", "iso_8859-1": self = .latin1
        default:
            let charset = TextEncoding.charset(lower)
            guard TextConverter.exists(charset) else {
                throw ParsingError(
                    .unknownEncoding,
                    "encoding “\(name)” is not known; use plain, utf-8, utf-16-bom, latin1, or a name that iconv -l shows"
                )
            }
            self = .converted(charset)
        }
    }

    /// iconv's name for one of Filebeat's.
    private static func charset(_ name: String) -> String {
        switch name {
        case "koi8r": return "KOI8-R"
        case "koi8u": return "KOI8-U"
        case "macintosh-cyrillic", "x-mac-cyrillic": return "MAC-CYRILLIC"
        case "ebcdic-037": return "IBM037"
        case "ebcdic-1040": return "IBM1140"
        case "ebcdic-1047": return "IBM1047"
        // What the names mean on the web and to Go: Microsoft's supersets.
        case "shift-jis", "shift_jis", "sjis": return "CP932"
        case "euc-kr": return "UHC"
        case "big5": return "BIG5-HKSCS"
        default: break
        }
        if let number = digits(name, after: ["windows-", "windows", "cp"]) { return "CP" + number }
        if let part = digits(name.last == "e" || name.last == "i" ? String(name.dropLast()) : name, after: ["iso8859-"])
        {
            return "ISO-8859-" + part
        }
        return name.uppercased()
    }

    private static func digits(_ name: String, after prefixes: [String]) -> String? {
        for prefix in prefixes where name.hasPrefix(prefix) {
            let rest = name.dropFirst(prefix.count)
            if !rest.isEmpty, rest.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return String(rest) }
        }
        return nil
    }

    var unitWidth: Int { if case .utf16 = self { 2 } else { 1 } }

    /// The bytes of a character of the basic plane in this encoding; nil when it has none.
    func bytes(of scalar: Unicode.Scalar) -> [UInt8]? {
        let (high, low) = (UInt8(truncatingIfNeeded: scalar.value >> 8), UInt8(truncatingIfNeeded: scalar.value))
        switch self {
        case .utf8: return Array(String(scalar).utf8)
        case .utf16(.little): return [low, high]
        case .utf16: return [high, low]
        case .latin1: return scalar.value < 256 ? [low] : nil
        case .converted(let charset): return TextConverter.encode(scalar, in: charset)
        }
    }
}
