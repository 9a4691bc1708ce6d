extension JSONReader {
    /// The inside of a JSON string without its escapes; half a surrogate pair becomes U+FFFD.
    static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == 0x5c, let code = rest.popFirst() else {
                out.append(byte)
                continue
            }
            switch code {
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0c)
            case UInt8(ascii: "n"): out.append(0x0a)
            case UInt8(ascii: "r"): out.append(0x0d)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"): out += Array(String(scalar(&rest)).utf8)
            default: out.append(code)
            }
        }
        return out
    }

    private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Character {
        let first = unit(&rest)
        if let scalar = Unicode.Scalar(first) { return Character(scalar) }
        if first < 0xdc00, rest.starts(with: [0x5c, UInt8(ascii: "u")]) {
            var behind = rest.dropFirst(2)
            let second = unit(&behind)
            if (0xdc00...0xdfff).contains(second) {
                rest = behind
                let value = 0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00)
                return Character(Unicode.Scalar(value) ?? "\u{fffd}")
            }
        }
        return "\u{fffd}"
    }

    private static func unit(_ rest: inout ArraySlice<UInt8>) -> UInt16 {
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0xfffd
    }
}
