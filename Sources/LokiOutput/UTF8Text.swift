import ByteTools
import CShim
import RecordTools

/// Lines as they stand in files, which need not be UTF-8.
enum UTF8Text {
    /// Appends a line; each byte that is no UTF-8 becomes the four characters `\xNN`, as everywhere else.
    static func put(_ line: UnsafeBufferPointer<UInt8>, to out: ByteArena) {
        guard let base = line.baseAddress else { return }
        var at = 0
        var start = 0
        while at < line.count {
            if unsafe line[at] < 0x80 {
                at += 1
                continue
            }
            let valid = unsafe nt_utf8_wide_prefix(base + at, line.count - at)
            at += valid
            if valid > 0 { continue }
            unsafe out.put(UnsafeBufferPointer(rebasing: line[start..<at]))
            out.put("\\x")
            unsafe out.put(JSONEscape.hexDigit(line[at] >> 4))
            unsafe out.put(JSONEscape.hexDigit(line[at] & 15))
            at += 1
            start = at
        }
        unsafe out.put(UnsafeBufferPointer(rebasing: line[start..<at]))
    }
}
