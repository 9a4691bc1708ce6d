/// Texts from logs, made fit for a terminal: nothing in them moves the cursor, changes colours or turns the writing.
package enum TerminalText {
    /// Control characters, and those that turn the direction of writing or cannot be seen, as `\x1b` or `\u{202e}`.
    /// Bytes that are no UTF-8 become U+FFFD.
    package static func safe(_ bytes: [UInt8]) -> String { safe(String(decoding: bytes, as: UTF8.self)) }

    package static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHostile) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isHostile(scalar) {
                result.append(contentsOf: shown(scalar).unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\t": return " "
        case "\n": return "\\n"
        case "\r": return "\\r"
        default:
            let hex = String(scalar.value, radix: 16)
            return scalar.value < 0x100 ? "\\x" + (hex.count < 2 ? "0" : "") + hex : "\\u{" + hex + "}"
        }
    }

    private static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7e: false
        case 0..<0x20, 0x7f...0x9f: true
        // Marks and overrides of direction, separators of lines, joiners and tags that nobody sees.
        case 0xad, 0x61c, 0x180e, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff, 0xfff9...0xfffb,
            0xe0000...0xe0fff:
            true
        default: false
        }
    }

    /// Columns that a safe text takes.
    package static func width(_ text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    /// As much of a safe text as fits, with `…` at its end when it was cut.
    package static func fitted(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        var result = String.UnicodeScalarView()
        var used = 1
        for scalar in text.unicodeScalars {
            used += width(scalar)
            guard used <= columns else { break }
            result.append(scalar)
        }
        return columns > 0 ? String(result) + "…" : ""
    }

    package static func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - width(text)))
    }

    /// Two for East Asian wide characters and emoji, none for what joins the character before.
    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20...0x2ff: return 1
        case 0xfe00...0xfe0f: return 0
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
            return 2
        default:
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark: return 0
            default: return 1
            }
        }
    }
}
