import EventModel

/// What tells the files of one output apart: the day on which a file was begun, and its number on that day.
struct FileName: Comparable {
    /// `yyyyMMdd`, UTC.
    let day: String
    let number: Int

    init(day: String, number: Int) {
        self.day = day
        self.number = number
    }

    /// - Returns: nil when it is not the name of a file of this output.
    init?(_ name: String, of filename: String) {
        guard name.hasPrefix(filename + "-"), name.hasSuffix(".ndjson") else { return nil }
        let parts = name.dropFirst(filename.count + 1).dropLast(7)
            .split(separator: "-", omittingEmptySubsequences: false)
        guard let day = parts.first, day.utf8.count == 8, day.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        self.day = String(day)
        switch parts.count {
        case 1: number = 0
        case 2:
            guard let number = Int(parts[1]), number > 0, String(number) == parts[1] else { return nil }
            self.number = number
        default: return nil
        }
    }

    func text(_ filename: String) -> String { "\(filename)-\(day)\(number > 0 ? "-\(number)" : "").ndjson" }

    static func day(milliseconds: Int64) -> String {
        String(TimeText(milliseconds: milliseconds).text.prefix(10).filter { $0 != "-" })
    }

    static func < (left: FileName, right: FileName) -> Bool {
        left.day == right.day ? left.number < right.number : left.day < right.day
    }
}
