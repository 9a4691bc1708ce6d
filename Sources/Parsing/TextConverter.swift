import ByteTools
import CShim
import Glibc

/// A converter to UTF-8 by iconv(3).
///
/// - Ownership: one thread at a time.
@safe
final class TextConverter: @unchecked Sendable {
    // Safety: the descriptor is used by the one thread that owns the converter.
    private let descriptor: iconv_t

    init(_ charset: String) throws(ParsingError) {
        guard let opened = unsafe TextConverter.open(to: "UTF-8", from: charset) else {
            throw ParsingError(.unknownEncoding, "encoding \(charset) is not known to this system's iconv")
        }
        unsafe descriptor = opened
    }

    deinit { unsafe iconv_close(descriptor) }

    private static func open(to: String, from: String) -> iconv_t? {
        let opened = unsafe iconv_open(to, from)
        // iconv_open(3): (iconv_t) -1 for an error.
        return unsafe opened == iconv_t(bitPattern: -1) ? nil : opened
    }

    static func exists(_ charset: String) -> Bool {
        guard let opened = unsafe open(to: "UTF-8", from: charset) else { return false }
        unsafe iconv_close(opened)
        return true
    }

    /// A character in another encoding, or nil when it has none.
    static func encode(_ scalar: Unicode.Scalar, in charset: String) -> [UInt8]? {
        guard let opened = unsafe open(to: charset, from: "UTF-8") else { return nil }
        defer { unsafe iconv_close(opened) }
        var input = String(scalar).utf8.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: 16)
        var (inputLeft, outputLeft) = (input.count, output.count)
        let result = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                var (from, to) = (input.baseAddress, output.baseAddress)
                return unsafe iconv(opened, &from, &inputLeft, &to, &outputLeft)
            }
        }
        guard result == 0, inputLeft == 0 else { return nil }
        return output.prefix(output.count - outputLeft).map { UInt8(bitPattern: $0) }
    }

    /// Appends the text as UTF-8; bytes that mean nothing become `\xNN`. Returns how many did.
    func convert(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) -> Int {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return 0 }
        // Each line starts in the encoding's first state.
        _ = unsafe iconv(descriptor, nil, nil, nil, nil)
        var from: UnsafeMutablePointer<CChar>? = unsafe UnsafeMutableRawPointer(mutating: base)
            .assumingMemoryBound(to: CChar.self)
        var left = bytes.count
        var bad = 0
        while left > 0 {
            let error = unsafe step(&from, &left, &out)
            guard error == EILSEQ || error == EINVAL else { continue }
            // The byte in front cannot be read, or the line ends in the middle of a character.
            unsafe VisibleByte.append(UInt8(bitPattern: from!.pointee), to: &out)
            unsafe from = from! + 1
            left -= 1
            bad += 1
        }
        return bad
    }

    /// Converts as far as one buffer goes; returns 0 or the errno.
    private func step(_ from: inout UnsafeMutablePointer<CChar>?, _ left: inout Int, _ out: inout [UInt8]) -> Int32 {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            var to = buffer.baseAddress
            var room = buffer.count
            let result = unsafe iconv(descriptor, &from, &left, &to, &room)
            let error = result == -1 ? errno : 0
            let written = unsafe UnsafeRawBufferPointer(start: buffer.baseAddress, count: buffer.count - room)
            unsafe out.append(contentsOf: written)
            return error
        }
    }
}

/// A byte that cannot be read, as the four characters `\xNN`.
enum VisibleByte {
    static func append(_ byte: UInt8, to out: inout [UInt8]) {
        out += [0x5c, 0x78, JSONEscape.hexDigit(byte >> 4), JSONEscape.hexDigit(byte & 15)]
    }
}
