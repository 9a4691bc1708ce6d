package import ByteTools

/// Frames of Lumberjack, version 2. Numbers are big-endian.
///
/// | frame | bytes |
/// |---|---|
/// | window | `2` `W`, u32 count of events that follow |
/// | event | `2` `J`, u32 sequence, u32 length, JSON |
/// | compressed | `2` `C`, u32 length, zlib stream (RFC 1950) of whole event frames |
/// | acknowledgement | `2` `A`, u32 sequence of the last event taken |
///
/// Invariants: sequences run from 1 to the window's count, and start again in the next window. An acknowledgement covers
/// all events up to its sequence; one that is below the window's count says that more follows, and 0 that the
/// server is alive. There is no frame for "refused": a server that cannot take an event says nothing, or hangs up.
/// - Source: PROTOCOL.md of logstash-input-beats; elastic/go-lumber, the reference server and client.
package enum LumberjackFrame {
    package static let version: UInt8 = 0x32
    package static let windowCode: UInt8 = 0x57
    package static let eventCode: UInt8 = 0x4a
    package static let compressedCode: UInt8 = 0x43
    package static let acknowledgementCode: UInt8 = 0x41

    package static let windowBytes = 6
    package static let eventHeaderBytes = 10
    package static let compressedHeaderBytes = 6
    package static let acknowledgementBytes = 6

    package static func putWindow(count: Int, to cursor: inout ByteCursor) {
        putHeader(windowCode, UInt32(truncatingIfNeeded: count), &cursor)
    }

    package static func putEventHeader(sequence: Int, length: Int, to cursor: inout ByteCursor) {
        putHeader(eventCode, UInt32(truncatingIfNeeded: sequence), &cursor)
        cursor.putBigEndian(UInt32(truncatingIfNeeded: length))
    }

    package static func putCompressedHeader(length: Int, to cursor: inout ByteCursor) {
        putHeader(compressedCode, UInt32(truncatingIfNeeded: length), &cursor)
    }

    /// For servers.
    package static func acknowledgement(_ sequence: UInt32) -> [UInt8] {
        [version, acknowledgementCode] + (0..<4).map { UInt8(truncatingIfNeeded: sequence >> (24 - 8 * UInt32($0))) }
    }

    private static func putHeader(_ code: UInt8, _ number: UInt32, _ cursor: inout ByteCursor) {
        cursor.put(version)
        cursor.put(code)
        cursor.putBigEndian(number)
    }
}
