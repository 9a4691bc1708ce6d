import ByteTools
import EventFields
import EventModel

/// Writes the fields: nested, as the event's own are, so that consumers find one object `log` and one of each other.
extension ECSRewriter {
    /// Bytes that a line's fields need besides their values.
    static let room = 512

    func writeLog(_ rewrite: LineRewrite, to cursor: inout ByteCursor) {
        let level = rewrite[.level]
        if let severity = Severity(rawValue: rewrite.level), severity != .unknown {
            cursor.put(",\"level\":\"")
            let (word, count) = severity.word
            cursor.put(word: word, keeping: count)
            cursor.put(0x22)
        } else if !level.isEmpty {
            cursor.put(",\"level\":")
            unsafe cursor.putLowercase(rewrite.bytes(level))
        }
        put(",\"logger\":", .logger, of: rewrite, to: &cursor)
        let origin = rewrite[.origin]
        guard !origin.isEmpty else { return }
        cursor.put(",\"origin\":")
        let value = unsafe ECSValue(rewrite.bytes(origin))
        guard let colon = unsafe value.colon else {
            return unsafe cursor.put(value.bytes)
        }
        cursor.put("{\"file\":{\"name\":")
        unsafe cursor.put(UnsafeBufferPointer(rebasing: value.bytes[..<colon]))
        cursor.put("\",\"line\":")
        unsafe cursor.put(UnsafeBufferPointer(rebasing: value.bytes[(colon + 1)..<(value.bytes.count - 1)]))
        cursor.put("}}")
    }

    func writeRoot(_ rewrite: LineRewrite, to cursor: inout ByteCursor) {
        for index in 0..<rewrite.keptCount {
            cursor.put(0x2c)
            unsafe cursor.put(rewrite.bytes(rewrite.kept[index]))
        }
        put(",\"message\":", .message, of: rewrite, to: &cursor)
        writeError(rewrite, to: &cursor)
        put(",\"trace\":{\"id\":", .trace, of: rewrite, "}", to: &cursor)
        put(",\"span\":{\"id\":", .span, of: rewrite, "}", to: &cursor)
        put(",\"service\":{\"name\":", .service, of: rewrite, "}", to: &cursor)
        put(",\"http\":{\"request\":{\"id\":", .request, of: rewrite, "}}", to: &cursor)
        put(",\"process\":{\"pid\":", .process, of: rewrite, "}", to: &cursor)
        put(",\"host\":{\"name\":", .host, of: rewrite, "}", to: &cursor)
    }

    private func writeError(_ rewrite: LineRewrite, to cursor: inout ByteCursor) {
        let hasMessage = !rewrite[.errorMessage].isEmpty
        guard hasMessage || !rewrite[.stackTrace].isEmpty else { return }
        put(",\"error\":{\"message\":", .errorMessage, of: rewrite, to: &cursor)
        if hasMessage {
            put(",\"stack_trace\":", .stackTrace, of: rewrite, to: &cursor)
        } else {
            put(",\"error\":{\"stack_trace\":", .stackTrace, of: rewrite, to: &cursor)
        }
        cursor.put(0x7d)
    }

    @inline(__always)
    private func put(
        _ before: StaticString, _ field: ECSField, of rewrite: LineRewrite, _ behind: StaticString = "",
        to cursor: inout ByteCursor
    ) {
        let place = rewrite[field]
        if place.isEmpty { return }
        cursor.put(before)
        let isUnquoted = rewrite.unquoted & (1 << UInt16(field.rawValue)) != 0
        if isUnquoted { cursor.put(0x22) }
        unsafe cursor.put(rewrite.bytes(place))
        if isUnquoted { cursor.put(0x22) }
        cursor.put(behind)
    }
}

extension LineRewrite {
    fileprivate subscript(field: ECSField) -> Place { values[Int(field.rawValue)] }
}

extension ByteCursor {
    /// A string with its quotes; escapes stay what they are, since theirs are small letters and digits of either case.
    fileprivate mutating func putLowercase(_ bytes: UnsafeBufferPointer<UInt8>) {
        for index in bytes.indices { unsafe put(bytes[index].lowercase) }
    }
}

extension UInt8 {
    /// In lower case, if it is a letter of ASCII's.
    var lowercase: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}

extension Severity {
    /// The name, eight bytes of it at most, the first in the lowest.
    fileprivate var word: (UInt64, count: Int) {
        switch self {
        case .unknown: (0, 0)
        case .trace: (0x65_6361_7274, 5)
        case .debug: (0x67_7562_6564, 5)
        case .info: (0x6f66_6e69, 4)
        case .warning: (0x6e72_6177, 4)
        case .error: (0x72_6f72_7265, 5)
        case .fatal: (0x6c_6174_6166, 5)
        }
    }
}
