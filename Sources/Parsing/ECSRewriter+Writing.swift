import ByteTools
import EventFields
import EventModel

/// Writes the fields: nested, as the event's own are, so that consumers find one object `log` and one of each other.
extension ECSRewriter {
    /// Bytes that a line's fields need besides their values.
    static let room = 512

    func writeLog(_ rewrite: UnsafePointer<LineRewrite>, to cursor: inout ByteCursor) {
        let level = unsafe rewrite.pointee.values[Int(ECSSlot.level)]
        if let severity = unsafe Severity(rawValue: rewrite.pointee.level), severity != .unknown {
            cursor.put(",\"level\":\"")
            let (word, count) = severity.word
            cursor.put(word: word, keeping: count)
            cursor.put(0x22)
        } else if !level.isEmpty {
            cursor.put(",\"level\":")
            unsafe cursor.putLowercase(rewrite.pointee.bytes(level))
        }
        unsafe put(",\"logger\":", ECSSlot.logger, of: rewrite, to: &cursor)
        let origin = unsafe rewrite.pointee.values[Int(ECSSlot.origin)]
        guard !origin.isEmpty else { return }
        cursor.put(",\"origin\":")
        let value = unsafe ECSValue(rewrite.pointee.bytes(origin))
        guard let colon = unsafe value.colon else {
            return unsafe cursor.put(value.bytes)
        }
        cursor.put("{\"file\":{\"name\":")
        unsafe cursor.put(UnsafeBufferPointer(rebasing: value.bytes[..<colon]))
        cursor.put("\",\"line\":")
        unsafe cursor.put(UnsafeBufferPointer(rebasing: value.bytes[(colon + 1)..<(value.bytes.count - 1)]))
        cursor.put("}}")
    }

    func writeRoot(_ rewrite: UnsafePointer<LineRewrite>, to cursor: inout ByteCursor) {
        for index in unsafe 0..<rewrite.pointee.keptCount {
            cursor.put(0x2c)
            unsafe cursor.putPiece(rewrite.pointee.bytes(rewrite.pointee.kept[index]))
        }
        unsafe put(",\"message\":", ECSSlot.message, of: rewrite, to: &cursor)
        unsafe writeError(rewrite, to: &cursor)
        unsafe put(",\"trace\":{\"id\":", ECSSlot.trace, of: rewrite, "}", to: &cursor)
        unsafe put(",\"span\":{\"id\":", ECSSlot.span, of: rewrite, "}", to: &cursor)
        unsafe put(",\"service\":{\"name\":", ECSSlot.service, of: rewrite, "}", to: &cursor)
        unsafe put(",\"http\":{\"request\":{\"id\":", ECSSlot.request, of: rewrite, "}}", to: &cursor)
        unsafe put(",\"process\":{\"pid\":", ECSSlot.process, of: rewrite, "}", to: &cursor)
        unsafe put(",\"host\":{\"name\":", ECSSlot.host, of: rewrite, "}", to: &cursor)
    }

    private func writeError(_ rewrite: UnsafePointer<LineRewrite>, to cursor: inout ByteCursor) {
        let hasMessage = unsafe !rewrite.pointee.values[Int(ECSSlot.errorMessage)].isEmpty
        guard unsafe hasMessage || !rewrite.pointee.values[Int(ECSSlot.stackTrace)].isEmpty else { return }
        unsafe put(",\"error\":{\"message\":", ECSSlot.errorMessage, of: rewrite, to: &cursor)
        if hasMessage {
            unsafe put(",\"stack_trace\":", ECSSlot.stackTrace, of: rewrite, to: &cursor)
        } else {
            unsafe put(",\"error\":{\"stack_trace\":", ECSSlot.stackTrace, of: rewrite, to: &cursor)
        }
        cursor.put(0x7d)
    }

    @inline(__always)
    private func put(
        _ before: StaticString, _ field: UInt8, of rewrite: UnsafePointer<LineRewrite>, _ behind: StaticString = "",
        to cursor: inout ByteCursor
    ) {
        let place = unsafe rewrite.pointee.values[Int(field)]
        if place.isEmpty { return }
        cursor.put(before)
        let isUnquoted = unsafe rewrite.pointee.unquoted & (1 << UInt16(field)) != 0
        if isUnquoted { cursor.put(0x22) }
        unsafe cursor.putPiece(rewrite.pointee.bytes(place))
        if isUnquoted { cursor.put(0x22) }
        cursor.put(behind)
    }
}

extension ByteCursor {
    /// Bytes of a line, which has a slab's padding behind it: a short piece is copied as if it were 32 bytes long.
    @inline(__always)
    fileprivate mutating func putPiece(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return }
        if bytes.count <= 32 {
            unsafe put(base, copying: 32, keeping: bytes.count)
        } else {
            unsafe put(base, count: bytes.count)
        }
    }

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
