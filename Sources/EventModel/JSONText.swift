import ByteTools

/// The inside of JSON strings.
package enum JSONText {
    /// Resolves the escapes. A surrogate without its other half becomes U+FFFD, as Go's decoder has it.
    package static func unescaped(_ raw: ArraySlice<UInt8>) -> [UInt8] {
        guard raw.contains(0x5c) else { return Array(raw) }
        var result: [UInt8] = []
        result.reserveCapacity(raw.count)
        var at = raw.startIndex
        while at < raw.endIndex {
            let byte = raw[at]
            at += 1
            guard byte == 0x5c, at < raw.endIndex else {
                result.append(byte)
                continue
            }
            let escape = raw[at]
            at += 1
            switch escape {
            case 0x62: result.append(0x08)
            case 0x66: result.append(0x0c)
            case 0x6e: result.append(0x0a)
            case 0x72: result.append(0x0d)
            case 0x74: result.append(0x09)
            case 0x75: appendUnicode(raw, &at, &result)
            default: result.append(escape)
            }
        }
        return result
    }

    /// Whether the inside of a string holds an escaped surrogate without its other half.
    package static func hasLoneSurrogate(_ raw: ArraySlice<UInt8>) -> Bool {
        var at = raw.startIndex
        while at < raw.endIndex {
            guard raw[at] == 0x5c else {
                at += 1
                continue
            }
            guard at + 1 < raw.endIndex, raw[at + 1] == 0x75 else {
                at += 2
                continue
            }
            at += 2
            if scalar(raw, &at) == nil { return true }
        }
        return false
    }

    private static func appendUnicode(_ raw: ArraySlice<UInt8>, _ at: inout Int, _ result: inout [UInt8]) {
        let scalar = scalar(raw, &at) ?? "\u{fffd}"
        result.append(contentsOf: String(Character(scalar)).utf8)
    }

    /// The scalar whose first four digits are at `at`, and of its second half if it has one; nil for a lone surrogate.
    private static func scalar(_ raw: ArraySlice<UInt8>, _ at: inout Int) -> Unicode.Scalar? {
        guard let first = unit(raw, at) else {
            at = raw.endIndex
            return nil
        }
        at += 4
        guard (0xd800..<0xdc00).contains(first) else { return Unicode.Scalar(first) }
        guard at + 1 < raw.endIndex, raw[at] == 0x5c, raw[at + 1] == 0x75,
            let second = unit(raw, at + 2), (0xdc00..<0xe000).contains(second)
        else { return nil }
        at += 6
        return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    }

    private static func unit(_ raw: ArraySlice<UInt8>, _ at: Int) -> UInt32? {
        guard at + 4 <= raw.endIndex else { return nil }
        var value: UInt32 = 0
        for byte in raw[at..<(at + 4)] {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            default: return nil
            }
        }
        return value
    }
}
