import TestSupport

/// Snappy's block format, read the plain way.
enum Unsnappy {
    /// - Returns: nil when the bytes are no whole block.
    static func unpack(_ bytes: [UInt8]) -> [UInt8]? {
        var at = 0
        guard let count = varint(bytes, &at) else { return nil }
        var out: [UInt8] = []
        while at < bytes.count {
            let tag = Int(bytes[at])
            at += 1
            var length = 0
            var offset = 0
            switch tag & 3 {
            case 0:
                length = (tag >> 2) + 1
                let extra = tag >> 2 - 59
                if tag >> 2 >= 60 {
                    guard at + extra <= bytes.count else { return nil }
                    length = (0..<extra).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } + 1
                    at += extra
                }
                guard at + length <= bytes.count else { return nil }
                out += bytes[at..<(at + length)]
                at += length
                continue
            case 1:
                guard at < bytes.count else { return nil }
                (length, offset) = (4 + (tag >> 2) & 7, (tag >> 5) << 8 | Int(bytes[at]))
                at += 1
            case 2:
                guard at + 2 <= bytes.count else { return nil }
                (length, offset) = ((tag >> 2) + 1, Int(bytes[at]) | Int(bytes[at + 1]) << 8)
                at += 2
            default: return nil
            }
            guard offset > 0, offset <= out.count else { return nil }
            for _ in 0..<length { out.append(out[out.count - offset]) }
        }
        return out.count == count ? out : nil
    }

    static func varint(_ bytes: [UInt8], _ at: inout Int) -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 63, by: 7) {
            guard at < bytes.count else { return nil }
            value |= Int(bytes[at] & 0x7f) << shift
            at += 1
            if bytes[at - 1] < 0x80 { return value }
        }
        return nil
    }
}

/// A push request, read the plain way.
struct PushRequest: Equatable {
    struct Entry: Equatable {
        var seconds = 0
        var nanos = 0
        var line = ""
        var metadata: [String: String] = [:]
    }

    struct Stream: Equatable {
        var labels = ""
        var entries: [Entry] = []
    }

    var streams: [Stream] = []

    /// - Returns: nil when the bytes are no snappy, or no protobuf.
    init?(_ packed: [UInt8]) {
        guard let plain = Unsnappy.unpack(packed), let fields = Self.fields(plain) else { return nil }
        for (number, _, bytes) in fields where number == 1 {
            var stream = Stream()
            guard let inner = Self.fields(bytes) else { return nil }
            for (number, _, bytes) in inner {
                if number == 1 { stream.labels = String(decoding: bytes, as: UTF8.self) }
                if number == 2 {
                    guard let entry = Self.entry(bytes) else { return nil }
                    stream.entries.append(entry)
                }
            }
            streams.append(stream)
        }
    }

    private static func entry(_ bytes: [UInt8]) -> Entry? {
        guard let fields = fields(bytes) else { return nil }
        var entry = Entry()
        for (number, _, bytes) in fields {
            guard number != 2 else {
                entry.line = String(decoding: bytes, as: UTF8.self)
                continue
            }
            guard let inner = Self.fields(bytes) else { return nil }
            if number == 1 {
                for (number, value, _) in inner {
                    if number == 1 { entry.seconds = value } else { entry.nanos = value }
                }
            } else if number == 3, inner.count == 2 {
                entry.metadata[String(decoding: inner[0].2, as: UTF8.self)] = String(
                    decoding: inner[1].2, as: UTF8.self)
            }
        }
        return entry
    }

    private static func fields(_ bytes: [UInt8]) -> [(Int, Int, [UInt8])]? {
        var fields: [(Int, Int, [UInt8])] = []
        var at = 0
        while at < bytes.count {
            guard let tag = Unsnappy.varint(bytes, &at), let value = Unsnappy.varint(bytes, &at) else { return nil }
            guard tag & 7 == 2 else {
                guard tag & 7 == 0 else { return nil }
                fields.append((tag >> 3, value, []))
                continue
            }
            guard at + value <= bytes.count else { return nil }
            fields.append((tag >> 3, 0, Array(bytes[at..<(at + value)])))
            at += value
        }
        return fields
    }
}
