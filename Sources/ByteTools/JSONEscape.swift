import CShim

/// What was seen while a line was written as a JSON string.
public struct EscapeFindings: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Bytes that are no UTF-8 were written as `\xNN` (visible in the decoded text).
    public static let invalidUTF8 = EscapeFindings(rawValue: 1)
}

/// Writes raw bytes as the inside of a JSON string (RFC 8259, section 7).
///
/// Valid UTF-8 is copied, quotes, backslashes and control bytes are escaped, and each byte that is no UTF-8 becomes the
/// four visible characters `\xNN`: nothing is dropped, and what leaves is always valid JSON.
public enum JSONEscape {
    /// Room that `write` needs for `count` bytes: five for a bad byte, six for a control byte, and the kernel's overrun.
    @inlinable
    public static func room(for count: Int) -> Int { 6 * count + 32 }

    /// - Precondition: 16 bytes behind `line` are readable (`Slab.padding`), and the cursor has `room(for: count)`.
    public static func write(
        _ line: UnsafePointer<UInt8>, count: Int, to cursor: inout ByteCursor
    ) -> EscapeFindings {
        var findings: EscapeFindings = []
        var at = 0
        while true {
            var written = 0
            unsafe at += nt_json_escape(cursor.next, line + at, count - at, &written)
            cursor.advance(written)
            if at == count { return findings }
            findings.insert(.invalidUTF8)
            cursor.put("\\\\x")
            unsafe writeHex(line[at], to: &cursor)
            at += 1
        }
    }

    private static func writeHex(_ byte: UInt8, to cursor: inout ByteCursor) {
        cursor.put(hexDigit(byte >> 4))
        cursor.put(hexDigit(byte & 15))
    }

    /// The lower-case hexadecimal digit of a number below 16.
    public static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? nibble &+ 0x30 : nibble &+ 0x57
    }

    /// A string as a quoted JSON string. For constants, once per file; not for lines.
    public static func quoted(_ text: String) -> [UInt8] {
        quoted(bytes: Array(text.utf8))
    }

    /// Raw bytes as a quoted JSON string; what is no UTF-8 becomes `\xNN`.
    public static func quoted(bytes: [UInt8]) -> [UInt8] {
        let count = bytes.count
        let padded = bytes + [UInt8](repeating: 0, count: Slab.padding)
        return unsafe [UInt8](unsafeUninitializedCapacity: room(for: count) + 2) { buffer, length in
            var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(buffer))
            let start = cursor.room
            cursor.put(0x22)
            _ = unsafe padded.withUnsafeBufferPointer { unsafe write($0.baseAddress!, count: count, to: &cursor) }
            cursor.put(0x22)
            length = start - cursor.room
        }
    }
}
