/// Paths as text. To the kernel a name is any bytes; what is not UTF-8 in them has to survive in a `String`.
///
/// - Shape: a byte 0xNN that is no UTF-8 is carried as the private character U+10FFNN, and becomes the byte again where
///   the kernel is asked. The bytes of such a character in a real name are carried the same way, so no two names meet.
package enum PathText {
    /// The text of a name or path of the kernel's.
    package static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        if let text = unsafe String(validating: bytes, as: UTF8.self), !mayBeEscaped(text) { return text }
        var text = String.UnicodeScalarView()
        var parser = Unicode.UTF8.ForwardParser()
        var rest = unsafe bytes.makeIterator()
        var at = 0
        while true {
            switch unsafe parser.parseScalar(from: &rest) {
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                if escapes.contains(scalar) {
                    for byte in encoded { text.append(escape(byte)) }
                } else {
                    text.append(scalar)
                }
                at += encoded.count
            case .error(let length):
                for index in at..<(at + length) { text.append(escape(unsafe bytes[index])) }
                at += length
            case .emptyInput: return String(text)
            }
        }
    }

    /// The same of a C string.
    package static func text(cString: UnsafePointer<CChar>) -> String {
        var count = 0
        while unsafe cString[count] != 0 { count += 1 }
        return unsafe cString.withMemoryRebound(to: UInt8.self, capacity: count) {
            unsafe text(UnsafeBufferPointer(start: $0, count: count))
        }
    }

    /// Calls the body with the path's bytes, as the kernel wants them.
    package static func withCString<Result>(_ path: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        guard mayBeEscaped(path) else { return unsafe path.withCString(body) }
        var bytes: [CChar] = []
        for scalar in path.unicodeScalars {
            if escapes.contains(scalar) {
                bytes.append(CChar(bitPattern: UInt8(truncatingIfNeeded: scalar.value)))
            } else {
                bytes += UTF8.encode(scalar)!.map { CChar(bitPattern: $0) }
            }
        }
        return unsafe (bytes + [0]).withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
    }

    /// What people and events are shown: `\xNN` for a byte that is no UTF-8.
    package static func shown(_ path: String) -> String {
        guard mayBeEscaped(path) else { return path }
        return path.unicodeScalars.reduce(into: "") { shown, scalar in
            if escapes.contains(scalar) {
                shown += "\\x" + String(UInt8(truncatingIfNeeded: scalar.value), radix: 16)
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
    }

    private static let escapes: ClosedRange<Unicode.Scalar> = "\u{10FF80}"..."\u{10FFFF}"

    private static func escape(_ byte: UInt8) -> Unicode.Scalar { Unicode.Scalar(0x10FF00 + UInt32(byte))! }

    /// All of the escapes begin with this byte, and hardly anything else does.
    private static func mayBeEscaped(_ text: String) -> Bool { text.utf8.contains(0xf4) }
}
