import Glibc

/// How the bytes of a file are cut into lines and become UTF-8: `encoding` and `line_terminator`.
///
/// Plain and UTF-8 files with line feeds need none of it (`isPlain`); their input splits and copies by itself.
///
/// - Ownership: one thread at a time, since a converter keeps state while it works.
/// - Source: encoding names as in Filebeat (its own and those of the WHATWG encoding standard).
package struct LineFormat: Sendable {
    private let encoding: TextEncoding
    private let terminatorName: String
    /// The terminator as it stands in the file.
    private let terminator: [UInt8]
    /// What stands in front of it and belongs to it: empty where that is nothing.
    private let carriageReturn: [UInt8]
    private let converter: TextConverter?

    /// - Parameter terminator: as in the configuration: `auto`, `line_feed`, `carriage_return_line_feed`, …
    package init(encoding: String, terminator: String) throws(ParsingError) {
        try self.init(TextEncoding(name: encoding), terminator)
    }

    private init(_ encoding: TextEncoding, _ name: String) throws(ParsingError) {
        self.encoding = encoding
        terminatorName = name
        guard let text = LineFormat.terminators[name] else {
            throw ParsingError(.unknownTerminator, "line_terminator “\(name)” is not known")
        }
        if case .converted(let charset) = encoding { converter = try TextConverter(charset) } else { converter = nil }
        guard let bytes = encoding.bytes(of: text) else {
            throw ParsingError(.unknownTerminator, "line_terminator “\(name)” does not exist in the file's encoding")
        }
        self.terminator = bytes
        carriageReturn = ["auto", "carriage_return_line_feed"].contains(name) ? encoding.bytes(of: "\r") ?? [] : []
    }

    private static let terminators: [String: Unicode.Scalar] = [
        "auto": "\n", "line_feed": "\n", "vertical_tab": "\u{0b}", "form_feed": "\u{0c}", "carriage_return": "\r",
        "carriage_return_line_feed": "\n", "next_line": "\u{85}", "line_separator": "\u{2028}",
        "paragraph_separator": "\u{2029}", "null_terminator": "\0",
    ]

    /// Lines end with a line feed, perhaps behind a carriage return, and their bytes are UTF-8 or taken for it.
    package var isPlain: Bool { encoding == .utf8 && terminatorName == "auto" }

    /// The bytes are UTF-8 or taken for it: `recode` is not needed.
    package var isUTF8: Bool { encoding == .utf8 }

    /// Bytes of a code unit: lines start at a multiple of it, counted from behind the byte order mark.
    package var unitWidth: Int { encoding.unitWidth }

    /// The format of a file that begins with these bytes (four are enough), with its byte order known, and the length of
    /// its byte order mark, which belongs to no line. A file whose reading goes on in the middle needs its head for it
    /// too. UTF-16 without a mark is taken for what its first character looks like, else for big-endian.
    package func start(of head: UnsafeBufferPointer<UInt8>) throws(ParsingError) -> (format: LineFormat, skip: Int) {
        let bytes = unsafe Array(head.prefix(3))
        switch encoding {
        case .utf8: return (self, bytes == [0xef, 0xbb, 0xbf] ? 3 : 0)
        case .utf16(let order):
            switch Array(bytes.prefix(2)) {
            case [0xfe, 0xff]: return (try LineFormat(.utf16(.big), terminatorName), 2)
            case [0xff, 0xfe]: return (try LineFormat(.utf16(.little), terminatorName), 2)
            default: break
            }
            if order != .byMark { return (self, 0) }
            let isLittle = bytes.count >= 2 && bytes[0] != 0 && bytes[1] == 0
            return (try LineFormat(.utf16(isLittle ? .little : .big), terminatorName), 0)
        case .latin1, .converted: return (self, 0)
        }
    }

    /// Finds the end of the line that starts at `start`.
    /// - Parameter scanned: bytes of the line that were searched before, without success.
    /// - Returns: where the line's text ends, and the length of the terminator behind it; nil when there is none yet.
    package func nextTerminator(
        in bytes: UnsafeBufferPointer<UInt8>, from start: Int, scanned: Int = 0
    ) -> (end: Int, length: Int)? {
        var at = start + max(0, scanned - terminator.count + 1) / unitWidth * unitWidth
        while let found = unsafe find(bytes, at) {
            guard (found - start) % unitWidth == 0 else {
                at = found + 1
                continue
            }
            if !carriageReturn.isEmpty {
                let before = found - carriageReturn.count
                if before >= start, unsafe carriageReturn.elementsEqual(bytes[before..<found]) {
                    return (before, terminator.count + carriageReturn.count)
                }
                if terminatorName == "carriage_return_line_feed" {
                    at = found + unitWidth
                    continue
                }
            }
            return (found, terminator.count)
        }
        return nil
    }

    /// Looks for the terminator's first byte that is not 0, since those that are stand everywhere in UTF-16.
    private func find(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let key = terminator.firstIndex { $0 != 0 } ?? 0
        var at = start + key
        while at < bytes.count, let hit = unsafe memchr(base + at, Int32(terminator[key]), bytes.count - at) {
            let place = unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base) - key
            if place + terminator.count <= bytes.count,
                unsafe terminator.elementsEqual(bytes[place..<(place + terminator.count)])
            {
                return place
            }
            at = place + key + 1
        }
        return nil
    }

    /// Appends a line's text as UTF-8. Bytes that mean nothing in the file's encoding become `\xNN`.
    /// - Returns: how many bytes became that.
    package func recode(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) -> Int {
        switch encoding {
        case .utf8:
            unsafe out.append(contentsOf: bytes)
            return 0
        case .latin1:
            for byte in unsafe Array(bytes) { LineFormat.append(Unicode.Scalar(byte), &out) }
            return 0
        case .utf16(let order): return unsafe LineFormat.recodeUTF16(bytes, order != .little, &out)
        case .converted: return unsafe converter?.convert(bytes, into: &out) ?? 0
        }
    }

    private static func recodeUTF16(_ bytes: UnsafeBufferPointer<UInt8>, _ isBig: Bool, _ out: inout [UInt8]) -> Int {
        func unit(_ at: Int) -> UInt32? {
            guard at + 1 < bytes.count else { return nil }
            let (first, second) = unsafe (UInt32(bytes[at]), UInt32(bytes[at + 1]))
            return isBig ? first << 8 | second : second << 8 | first
        }
        var bad = 0
        var at = 0
        while at < bytes.count {
            guard let first = unit(at) else {
                unsafe VisibleByte.append(bytes[at], to: &out)
                return bad + 1
            }
            if let scalar = Unicode.Scalar(first) {
                append(scalar, &out)
                at += 2
            } else if first < 0xdc00, let second = unit(at + 2), (0xdc00..<0xe000).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
            {
                append(scalar, &out)
                at += 4
            } else {
                unsafe VisibleByte.append(bytes[at], to: &out)
                unsafe VisibleByte.append(bytes[at + 1], to: &out)
                bad += 2
                at += 2
            }
        }
        return bad
    }

    private static func append(_ scalar: Unicode.Scalar, _ out: inout [UInt8]) {
        let value = scalar.value
        if value < 0x80 { out.append(UInt8(value)) } else { out.append(contentsOf: UTF8.encode(scalar)!) }
    }
}
