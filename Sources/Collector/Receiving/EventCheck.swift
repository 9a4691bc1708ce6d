import ByteTools
import CShim
import Glibc

/// Makes sure that the store gets JSON objects of one line and nothing else.
///
/// What is no JSON object is not refused: a client would drop it then, or send it for ever. It is kept as the text of an
/// event of its own: `{"message":"…","error":{"type":"json","message":"no object, at byte 0"}}`, its bytes that are no
/// UTF-8 written as `\xNN`.
enum EventCheck {
    /// Readable bytes that the validator needs behind an event.
    private static let padding = 64

    /// - Returns: how many events were wrapped.
    static func makeValid(_ bytes: inout [UInt8], _ ends: inout [Int]) -> Int {
        let count = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: padding))
        var bad: [(index: Int, result: nt_json_result)] = []
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            var start = 0
            for (index, end) in ends.enumerated() {
                var result = nt_json_result()
                unsafe nt_json_examine(base + start, end - start, keys.table, &result)
                if result.status > NT_JSON_MERGE.rawValue {
                    bad.append((index, result))
                } else {
                    unsafe joinLines(base + start, count: end - start)
                }
                start = end
            }
        }
        bytes.removeLast(padding)
        assert(bytes.count == count)
        if !bad.isEmpty { wrap(bad, &bytes, &ends) }
        return bad.count
    }

    /// Line ends in a valid object can only stand between its tokens, where a blank does as well.
    private static func joinLines(_ event: UnsafeMutablePointer<UInt8>, count: Int) {
        for byte in [CInt(0x0a), 0x0d] {
            var at = 0
            while let found = unsafe memchr(event + at, byte, count - at) {
                let place = unsafe found.assumingMemoryBound(to: UInt8.self)
                unsafe place.pointee = 0x20
                unsafe at = place - event + 1
            }
        }
    }

    private static func wrap(
        _ bad: [(index: Int, result: nt_json_result)], _ bytes: inout [UInt8], _ ends: inout [Int]
    ) {
        var newBytes: [UInt8] = []
        var newEnds: [Int] = []
        var next = bad[...]
        var start = 0
        for (index, end) in ends.enumerated() {
            if let first = next.first, first.index == index {
                newBytes += wrapped(Array(bytes[start..<end]), first.result)
                next = next.dropFirst()
            } else {
                newBytes += bytes[start..<end]
            }
            newEnds.append(newBytes.count)
            start = end
        }
        (bytes, ends) = (newBytes, newEnds)
    }

    private static func wrapped(_ text: [UInt8], _ result: nt_json_result) -> [UInt8] {
        var event = Array(#"{"message":"#.utf8)
        event += JSONEscape.quoted(bytes: text)
        event += Array(#","error":{"type":"json","message":"\#(reason(result)), at byte \#(result.at)"}}"#.utf8)
        return event
    }

    /// Why a text is no JSON object, in words that need no escapes.
    static func reason(_ result: nt_json_result) -> String {
        switch nt_json_status(result.status) {
        case NT_JSON_NO_OBJECT: "no object"
        case NT_JSON_END: "it ends too early"
        case NT_JSON_EXPECTED_KEY: "expected a key"
        case NT_JSON_EXPECTED_COLON: "expected a colon"
        case NT_JSON_EXPECTED_VALUE: "expected a value"
        case NT_JSON_EXPECTED_COMMA: "expected a comma or an end"
        case NT_JSON_CONTROL: "control character in a string"
        case NT_JSON_UTF8: "bytes that are no UTF-8"
        case NT_JSON_ESCAPE: "unknown escape"
        case NT_JSON_NUMBER: "malformed number"
        case NT_JSON_DEEP: "nested too deep"
        default: "something follows the object"
        }
    }

    /// Adds the bytes that `problem` needs behind the last text.
    static func pad(_ bytes: inout [UInt8]) { bytes.append(contentsOf: repeatElement(0, count: padding)) }

    /// The reason why a part of padded bytes is no JSON object, with its place; nil when it is one.
    static func problem(_ padded: [UInt8], _ range: Range<Int>) -> String? {
        precondition(range.upperBound + padding <= padded.count)
        var result = nt_json_result()
        unsafe padded.withUnsafeBufferPointer {
            unsafe nt_json_examine($0.baseAddress! + range.lowerBound, range.count, keys.table, &result)
        }
        return result.status > NT_JSON_MERGE.rawValue ? "\(reason(result)), at byte \(result.at)" : nil
    }

    private static let keys = NoKeys()

    /// The validator looks for no keys.
    // Safety: made once, and only read.
    @safe
    private final class NoKeys: @unchecked Sendable {
        // Safety: made once and never changed or freed.
        let table: OpaquePointer
        init() { unsafe table = nt_json_keys_new() }
    }
}
