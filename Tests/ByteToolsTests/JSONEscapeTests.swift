import ByteTools
import TestSupport
import Testing

private let short: [UInt8: String] = [
    0x22: "\\\"", 0x5c: "\\\\", 0x08: "\\b", 0x09: "\\t", 0x0a: "\\n", 0x0c: "\\f", 0x0d: "\\r",
]

/// The escaping of RFC 8259 the slow and plain way: what the kernels are compared with.
private func model(_ bytes: [UInt8]) -> (text: [UInt8], isValid: Bool) {
    var out: [UInt8] = []
    var isValid = true
    var at = 0
    while at < bytes.count {
        let byte = bytes[at]
        if let escape = short[byte] {
            out += escape.utf8
        } else if byte < 0x20 {
            out += "\\u00\(hex(byte))".utf8
        } else if byte < 0x80 {
            out.append(byte)
        } else if let length = sequence(bytes[at...]) {
            out += bytes[at..<(at + length)]
            at += length
            continue
        } else {
            out += "\\\\x\(hex(byte))".utf8
            isValid = false
        }
        at += 1
    }
    return (out, isValid)
}

private func hex(_ byte: UInt8) -> String { String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }

/// Length of the UTF-8 sequence at the start, by the standard library.
private func sequence(_ bytes: ArraySlice<UInt8>) -> Int? {
    (2...4).first { length in
        guard bytes.count >= length, let text = String(validating: Array(bytes.prefix(length)), as: UTF8.self)
        else { return false }
        return text.unicodeScalars.count == 1
    }
}

/// The kernels' result for bytes that lie `offset` behind an aligned address, with `behind` in the padding.
private func escape(_ bytes: [UInt8], offset: Int = 0, behind: UInt8 = 0) -> (text: [UInt8], isValid: Bool) {
    let slab = Slab(capacity: offset + bytes.count)
    unsafe slab.base.initialize(repeating: behind, count: slab.capacity + Slab.padding)
    for (index, byte) in bytes.enumerated() { unsafe slab.base[offset + index] = byte }
    var findings: EscapeFindings = []
    let room = JSONEscape.room(for: bytes.count)
    let text = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: room))
        findings = unsafe JSONEscape.write(slab.base + offset, count: bytes.count, to: &cursor)
        count = room - cursor.room
    }
    return (text, !findings.contains(.invalidUTF8))
}

private func check(_ bytes: [UInt8], offset: Int = 0, behind: UInt8 = 0) {
    let expected = model(bytes)
    let result = escape(bytes, offset: offset, behind: behind)
    #expect(result.text == expected.text)
    #expect(result.isValid == expected.isValid)
}

@Suite struct JSONEscapeTests {
    @Test func `every byte value at every length and alignment`() {
        for byte in UInt8.min...UInt8.max {
            for length in [1, 8, 16, 33] {
                for place in Set([0, length / 2, length - 1]) {
                    var bytes = [UInt8](repeating: 0x61, count: length)
                    bytes[place] = byte
                    check(bytes, offset: Int(byte) % 16, behind: byte)
                }
            }
        }
    }

    @Test(arguments: 0...70)
    func `random bytes as the model has them`(length: Int) {
        var generator = SeededGenerator(seed: UInt64(length))
        // All bytes; quotes and backslashes mostly; and text with the odd special byte.
        let alphabets: [[UInt8]] = [
            Array(0...255), [0x22, 0x5c, 0x61], Array(0x61...0x7a) + [0x22], [0xe2, 0x82, 0xac, 0x61],
            [0xf0, 0x9f, 0x98, 0x80],
        ]
        for alphabet in alphabets {
            for offset in stride(from: length % 3, to: 16, by: 3) {
                let bytes = (0..<length).map { _ in alphabet[Int(generator.next() % UInt64(alphabet.count))] }
                check(bytes, offset: offset, behind: UInt8(truncatingIfNeeded: generator.next()))
            }
        }
    }

    /// The table of RFC 3629, section 4: first and last of each row, and what lies just outside.
    @Test(
        arguments: [
            ([0xc2, 0x80], true), ([0xdf, 0xbf], true), ([0xe0, 0xa0, 0x80], true), ([0xe1, 0x80, 0x80], true),
            ([0xec, 0xbf, 0xbf], true), ([0xed, 0x80, 0x80], true), ([0xed, 0x9f, 0xbf], true),
            ([0xee, 0x80, 0x80], true),
            ([0xef, 0xbf, 0xbf], true), ([0xf0, 0x90, 0x80, 0x80], true), ([0xf1, 0x80, 0x80, 0x80], true),
            ([0xf3, 0xbf, 0xbf, 0xbf], true), ([0xf4, 0x80, 0x80, 0x80], true), ([0xf4, 0x8f, 0xbf, 0xbf], true),
            ([0x80], false), ([0xbf], false), ([0xc0, 0x80], false), ([0xc1, 0xbf], false), ([0xc2], false),
            ([0xc2, 0x7f], false), ([0xc2, 0xc0], false), ([0xe0, 0x9f, 0xbf], false), ([0xe1, 0x80], false),
            ([0xe1, 0x80, 0xc0], false), ([0xed, 0xa0, 0x80], false), ([0xed, 0xbf, 0xbf], false),
            ([0xf0, 0x8f, 0xbf, 0xbf], false), ([0xf0, 0x90, 0x80], false), ([0xf4, 0x90, 0x80, 0x80], false),
            ([0xf5, 0x80, 0x80, 0x80], false), ([0xff], false), ([0xf8, 0x88, 0x80, 0x80, 0x80], false),
        ] as [([UInt8], Bool)])
    func `UTF-8 is what RFC 3629 says`(bytes: [UInt8], isValid: Bool) {
        // What lies behind the line could complete a sequence that is cut, but is no part of it.
        for behind: UInt8 in [0x00, 0x80] {
            let result = escape(bytes, behind: behind)
            #expect(result.isValid == isValid)
            if isValid { #expect(result.text == bytes) }
        }
        check([0x61] + bytes + [0x62])
        check(bytes + bytes)
    }

    @Test func `a quoted text is a JSON string`() {
        #expect(JSONEscape.quoted("") == Array(#""""#.utf8))
        #expect(JSONEscape.quoted("a\"b\\\n\u{1}é") == Array(#""a\"b\\\n\u0001é""#.utf8))
        #expect(JSONEscape.quoted(bytes: [0xff, 0x41]) == Array(#""\\xffA""#.utf8))
    }
}
