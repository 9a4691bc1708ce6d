/// Text as a part of a URL or a form may hold it.
///
/// - Source: https://www.rfc-editor.org/rfc/rfc3986#section-2.3
package enum PercentEncoding {
    /// All but letters, digits, `-`, `.`, `_` and `~` become `%` and two digits.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || "-._~".utf8.contains(byte)
            text += isPlain ? [byte] : [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
