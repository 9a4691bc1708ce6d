import ByteTools
import CShim
import EventModel
import Parsing

/// Calls `body` with the bytes in memory that has the padding of a slab behind it, filled with what harms most: bytes
/// that would go on with the line.
func withLine<Result>(
    _ bytes: [UInt8], padding: UInt8 = 0x31, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
) rethrows -> Result {
    let padded = bytes + [UInt8](repeating: padding, count: Slab.padding)
    return try unsafe padded.withUnsafeBufferPointer {
        try unsafe body(UnsafeBufferPointer(rebasing: $0[..<bytes.count]))
    }
}

/// What a parser says of a line, as a value.
enum Verdict: Equatable, CustomStringConvertible {
    case splice(String)
    /// Members in front and behind, joined, and the time that was cut out of them.
    case around(String, time: Int64?)
    case merge
    /// Written under other names: members at the root, and those of `log`.
    case rewrite(String, log: String, time: Int64?)
    case text
    case failed(String)

    var isValid: Bool {
        if case .failed = self { return false }
        return true
    }

    var description: String {
        switch self {
        case .splice(let members): "splice(\(members))"
        case .around(let members, let time): "around(\(members), \(time.map(String.init) ?? "no time"))"
        case .merge: "merge"
        case .rewrite(let members, let log, let time):
            "rewrite(\(members), \(log), \(time.map(String.init) ?? "no time"))"
        case .text: "text"
        case .failed(let error): "failed(\(error))"
        }
    }
}

extension NdjsonParser {
    func verdict(_ bytes: [UInt8], padding: UInt8 = 0x31) -> Verdict {
        let rewrite = UnsafeMutablePointer<LineRewrite>.allocate(capacity: 1)
        defer { unsafe rewrite.deallocate() }
        return unsafe withLine(bytes, padding: padding) { line in
            switch unsafe examine(line, rewrite: rewrite) {
            case .splice(let members): .splice(String(decoding: unsafe Array(members), as: UTF8.self))
            case .spliceAround(let members, let more, let time):
                .around(String(decoding: unsafe Array(members) + Array(more), as: UTF8.self), time: time)
            case .merge: .merge
            case .rewrite(let time):
                .rewrite(
                    text { unsafe writeMembers(of: rewrite, to: &$0) },
                    log: text { unsafe writeLogMembers(of: rewrite, to: &$0) }, time: time)
            case .text: .text
            case .failed(let error): .failed(error)
            }
        }
    }

    func merged(_ line: String, into event: String) -> String {
        unsafe withLine(Array(line.utf8)) { line in
            String(decoding: unsafe merge(line, into: Array(event.utf8)), as: UTF8.self)
        }
    }
}

/// What is written, as text.
private func text(_ write: (inout ByteCursor) -> Void) -> String {
    let room = 1 << 16
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: room))
        write(&cursor)
        count = room - cursor.room
    }
    return String(decoding: bytes, as: UTF8.self)
}

func parser(keys: EventKeys = EventKeys(), _ change: (inout NdjsonSettings) -> Void = { _ in }) -> NdjsonParser {
    var settings = NdjsonSettings()
    change(&settings)
    return NdjsonParser(settings, keys: keys)
}
