import EventModel

/// The name of a segment's file: `2026-11-23T084412-0001.db`, when it was begun (UTC) and its number.
///
/// - Shape: numbers count up over the store's life, so that they order the segments whatever the clock does.
package struct SegmentName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let number: UInt32
    /// `2026-11-23T084412`.
    let begun: String

    static let suffix = ".db"

    init(number: UInt32, created: Int64) {
        self.number = number
        begun = FileTime.text(created)
    }

    /// nil for the name of another file.
    init?(file: String) {
        let bytes = Array(file.utf8)
        guard file.hasSuffix(SegmentName.suffix), bytes.count >= 25, bytes[17] == 0x2d else { return nil }
        let shape = Array("dddd-dd-ddTdddddd".utf8)
        for (byte, wanted) in zip(bytes, shape) where wanted == 0x64 ? !(0x30...0x39).contains(byte) : byte != wanted {
            return nil
        }
        let digits = bytes[18..<(bytes.count - 3)]
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = UInt32(String(decoding: digits, as: UTF8.self))
        else { return nil }
        begun = String(decoding: bytes[..<17], as: UTF8.self)
        self.number = number
    }

    package var file: String { description + SegmentName.suffix }

    package var description: String { "\(begun)-\(SegmentName.padded(number))" }

    /// `20261123-0001`, as keys of events have it.
    var short: String { begun.prefix(10).filter { $0 != "-" } + "-" + SegmentName.padded(number) }

    package static func < (left: SegmentName, right: SegmentName) -> Bool { left.number < right.number }

    private static func padded(_ number: UInt32) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

/// Names one event for good: `20261123-0001.123456`, its segment and its sequence number.
package struct EventKey: Hashable, Sendable, CustomStringConvertible {
    package let segment: UInt32
    package let sequence: Int64
    private let short: String

    package init(_ segment: SegmentName, sequence: Int64) {
        self.segment = segment.number
        self.sequence = sequence
        short = segment.short
    }

    /// nil unless the text has that form.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let sequence = Int64(parts[1]), sequence >= 0 else { return nil }
        let names = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard names.count == 2, names[0].utf8.count == 8, let segment = UInt32(names[1]) else { return nil }
        self.segment = segment
        self.sequence = sequence
        short = String(parts[0])
    }

    package var description: String { "\(short).\(sequence)" }
}

/// Moments in the names of files.
enum FileTime {
    /// ns.
    static let day: Int64 = 86_400_000_000_000

    /// `2026-11-23T084412`, UTC.
    static func text(_ nanoseconds: Int64) -> String {
        TimeText(milliseconds: nanoseconds / 1_000_000).text.prefix(19).filter { $0 != ":" }
    }
}
