import CPCRE2
import EventModel

/// A regular expression on raw bytes, compiled by PCRE2.
///
/// - Syntax: Go's RE2 as Filebeat has it, in PCRE2's reading. `\z`, classes, flags and named groups `(?P<name>…)` are the
///   same in both; `\C` (a single byte) is refused. `$` without `m` is the very end of the line, as in Go.
/// - Bytes: matched as UTF-8, where bytes that are no UTF-8 match nothing; a line with such bytes is still searched.
/// - Limits: one million steps a line; a line that takes more counts as no match.
/// - Ownership: one thread at a time, since the working memory is kept between calls; a call allocates nothing.
@safe
package final class Pattern: @unchecked Sendable {
    // Safety: the working memory is used by the one thread that owns the pattern; all else is read-only.
    private let code: OpaquePointer
    private let work: OpaquePointer
    private let context: OpaquePointer
    package let text: String

    private static let matchLimit: UInt32 = 1_000_000
    private static let heapLimit: UInt32 = 8 * 1024

    package init(_ text: String) throws(ParsingError) {
        self.text = text
        var number: Int32 = 0
        var offset = 0
        let options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C
        let bytes = Array(text.utf8)
        let compiled = unsafe bytes.withUnsafeBufferPointer {
            unsafe pcre2_compile_8(
                $0.baseAddress ?? UnsafePointer(Pattern.empty), $0.count, UInt32(options), &number, &offset, nil
            )
        }
        guard let compiled = unsafe compiled else { throw Pattern.error(text, number, offset) }
        unsafe code = compiled
        // Without JIT (a processor without it, or no executable memory) the interpreter does the same.
        _ = unsafe pcre2_jit_compile_8(compiled, PCRE2_JIT_COMPLETE)
        unsafe work = pcre2_match_data_create_8(1, nil)
        unsafe context = pcre2_match_context_create_8(nil)
        _ = unsafe pcre2_set_match_limit_8(context, Pattern.matchLimit)
        _ = unsafe pcre2_set_heap_limit_8(context, Pattern.heapLimit)
    }

    deinit {
        unsafe pcre2_match_context_free_8(context)
        unsafe pcre2_match_data_free_8(work)
        unsafe pcre2_code_free_8(code)
    }

    /// Whether the pattern is found anywhere in the bytes.
    package func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = unsafe bytes.baseAddress ?? UnsafePointer(Pattern.empty)
        return unsafe pcre2_match_8(code, start, bytes.count, 0, 0, work, context) >= 0
    }

    package func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { unsafe matches($0) }
    }

    /// An address for no bytes at all; nothing is read from it.
    // Safety: never written.
    private nonisolated(unsafe) static let empty = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)

    private static func error(_ text: String, _ number: Int32, _ offset: Int) -> ParsingError {
        var buffer = [UInt8](repeating: 0, count: 256)
        let length = unsafe buffer.withUnsafeMutableBufferPointer {
            unsafe pcre2_get_error_message_8(number, $0.baseAddress, $0.count)
        }
        let reason = String(decoding: buffer.prefix(Int(max(0, length))), as: UTF8.self)
        return ParsingError(.badPattern, "regular expression “\(text)”, at byte \(offset): \(reason)")
    }
}
